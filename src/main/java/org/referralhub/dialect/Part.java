package org.referralhub.dialect;

import java.util.Arrays;

/**
 * One message of a document. A document of most dialects is one message; a spreadsheet's file holds one in each row.
 *
 * @param document a document of the same dialect that holds this message alone
 * @param origin where it stood
 */
public record Part(byte[] document, Origin origin) {

    /** A document that is not taken apart. */
    public static Part whole(byte[] document) {
        return new Part(document, Origin.WHOLE);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Part part && Arrays.equals(document, part.document) && origin.equals(part.origin);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(document) + origin.hashCode();
    }

    /** Size and place only: the bytes are personal. */
    @Override
    public String toString() {
        return "Part[%d bytes, row %d]".formatted(document.length, origin.row());
    }
}
