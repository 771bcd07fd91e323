package org.referralhub.counts;

/** The table can't be shown: what few stand behind would follow from other tables, or almost everything would be hidden. */
public final class TooFineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooFineException() {
        super("too many small figures");
    }
}
