package org.referralhub.validation;

import java.util.Collection;
import java.util.Map;

/** Finds where JSON Pointers stand in the bytes of a document, so that parsing itself need not keep track. */
public final class JsonLocator {
    /**
     * A place in a document.
     *
     * @param line from 1
     * @param column from 1, in characters
     */
    public record Place(int line, int column) {}

    private JsonLocator() {}

    /**
     * The place of each pointer, by one pass over the document. A pointer to what is not there takes the place of its
     * nearest existing parent; what is wrong JSON from some point on is searched up to that point.
     *
     * @param json UTF-8 JSON
     * @param pointers JSON Pointers (RFC 6901)
     * @return a place for every pointer given
     */
    public static Map<String, Place> locate(byte[] json, Collection<String> pointers) {
        throw new UnsupportedOperationException("not built yet");
    }
}
