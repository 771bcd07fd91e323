package org.referralhub.deadletter;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;

/**
 * One place of a letter's content as a caller may see it.
 *
 * @param name as the document has it; null for the root, for entries of lists, and for a name that the dialect does not know,
 *     which may be anything
 * @param pointer JSON Pointer into the document, by which the field is unmasked and edited. A name that is not shown stands
 *     in it as {@code ~#} and its position among its siblings, from 0
 * @param kind what stands there
 * @param size characters of a text, digits of a number, entries of a list, fields of an object; 0 for the rest
 * @param value what stands there, when this caller may see it; null when it is masked, and for what holds fields
 * @param needs what it takes to see a masked value; null when it is not masked
 * @param findings what the checks say of this field
 * @param fields what it holds; not all of it when it is very long
 * @param left how many it holds besides
 */
public record Field(
        @Nullable String name,
        String pointer,
        Kind kind,
        int size,
        @Nullable String value,
        @Nullable Needs needs,
        List<Finding> findings,
        List<Field> fields,
        int left) {

    /** What stands at a place. */
    public enum Kind {
        OBJECT,
        LIST,
        TEXT,
        NUMBER,
        BOOLEAN,
        /** The document says that there is nothing. */
        NULL,
        /** It is not there, and the checks miss it. */
        MISSING
    }

    /** What it takes to unmask a value. */
    public enum Needs {
        /** An operator's reason. */
        REASON,
        /** The same, and a second person who agrees. */
        SECOND_PERSON
    }

    public Field {
        findings = List.copyOf(findings);
        fields = List.copyOf(fields);
    }

    /** True when something is there that the caller may not see. */
    public boolean masked() {
        return needs != null;
    }

    /** Without the value: it may be personal. */
    @Override
    public String toString() {
        return "Field[" + kind + ", size=" + size + "]";
    }
}
