package org.referralhub.dialect;

/**
 * Where a message stood in the document that its sender sent, when that held several. Findings are told with this place.
 *
 * @param row number of the row as a spreadsheet counts them, the header being 1; 0 when the document is the sender's own
 * @param line line of the row's first character in the sender's bytes, from 1; 0 when the document is the sender's own
 */
public record Origin(int row, int line) {
    /** The document is as its sender sent it. */
    public static final Origin WHOLE = new Origin(0, 0);

    /** True when the message was cut out of a longer document. */
    public boolean isPart() {
        return row > 0;
    }
}
