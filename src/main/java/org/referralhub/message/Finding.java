package org.referralhub.message;

/**
 * One thing that a check found in a message. It never holds a value of the message, only where the value stands.
 *
 * @param severity how bad it is
 * @param code stable code, dotted lower case, for example {@code schema.required} or {@code register-number.homoglyph}
 * @param pointer JSON Pointer (RFC 6901) of the exact field in the document that the sender sent; for XML and other formats
 *     the pointer into the tree its codec reads; empty for the whole document
 * @param line line in the sender's bytes, from 1; 0 when there is no place
 * @param column column in the sender's bytes, from 1, in characters; 0 when there is no place
 * @param message what is wrong and what to do, in words a clerk understands
 */
public record Finding(Severity severity, String code, String pointer, int line, int column, Text message) {

    /** The same finding at a place in the sender's bytes. */
    public Finding at(String newPointer, int newLine, int newColumn) {
        return new Finding(severity, code, newPointer, newLine, newColumn, message);
    }

    /** The same finding with another severity. */
    public Finding as(Severity newSeverity) {
        return new Finding(newSeverity, code, pointer, line, column, message);
    }

    /** True when a message with this finding may not pass. */
    public boolean refuses() {
        return severity == Severity.FATAL || severity == Severity.ERROR;
    }
}
