package org.referralhub.validation;

import org.referralhub.validation.JsonLocator.Place;

/** Turns offsets into lines and columns, going forward only. A line ends at LF, CR or both; a column is a character. */
final class Lines {
    private final byte[] bytes;
    private int at;
    private int line = 1;
    private int column = 1;

    Lines(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The place of this offset, which is not before the one asked for last. */
    Place place(int offset) {
        int end = Math.min(offset, bytes.length);
        while (at < end) {
            byte here = bytes[at];
            if (here == '\n' || (here == '\r' && !(at + 1 < bytes.length && bytes[at + 1] == '\n'))) {
                line++;
                column = 1;
                at++;
            } else if (Utf8.isSurrogate(bytes, at)) {
                column++;
                at += 3;
            } else {
                column++;
                at += Math.abs(Utf8.sequence(bytes, at));
            }
        }
        return new Place(line, column);
    }
}
