package org.referralhub.ledger;

/** The ledger can't be read now; asking again later may help. */
public final class LedgerUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param cause what the database said; not for callers outside */
    public LedgerUnavailableException(Throwable cause) {
        super("the ledger can't be read now", cause);
    }
}
