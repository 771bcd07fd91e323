package org.referralhub.ledger;

/** A place where a test can make the ledger stop as if it had been killed. */
@FunctionalInterface
public interface Failpoint {
    /** Does nothing. */
    Failpoint NONE = place -> {};

    /** Where a failure can be made to happen. */
    enum Place {
        /** The database has the batch, the broker does not know yet. */
        AFTER_DATABASE_COMMIT,
        /** Emissions are sent in the session, which is not committed. */
        BEFORE_BROKER_COMMIT,
        /** Both have the batch. */
        AFTER_BROKER_COMMIT
    }

    /** Returns, or throws to stop here. */
    void pass(Place place);
}
