package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * One change to a sender's document.
 *
 * @param act what is done
 * @param pointer JSON Pointer (RFC 6901) into the tree of the document
 * @param value what is to stand there; null when it is removed
 */
public record Edit(Act act, String pointer, @Nullable JsonNode value) {
    /** What is done at the pointer. */
    public enum Act {
        /** The value takes the place of the one that is there; what is missing is made, and the objects on the way to it. */
        SET,
        /** A new field, or a new entry of a list at this index; a last segment {@code -} means the end of the list. */
        ADD,
        /** The field or entry goes; a list closes ranks. */
        REMOVE
    }

    /** @throws IllegalArgumentException when there is a value where there can be none, or none where one is needed */
    public Edit {
        if ((act == Act.REMOVE) == (value != null)) {
            throw new IllegalArgumentException("an edit has a value exactly when it does not remove");
        }
    }

    /** Without pointer and value: both are personal, or may be. */
    @Override
    public String toString() {
        return "Edit[" + act + "]";
    }
}
