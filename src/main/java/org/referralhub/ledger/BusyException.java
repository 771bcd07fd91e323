package org.referralhub.ledger;

/** The hub does one of these at a time, and one is under way; asking again later helps. */
public final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BusyException() {
        super("one is under way");
    }
}
