package org.referralhub.ledger;

/** Another room's part in the ledger. It is asked for its entry again whenever the configuration has changed. */
@FunctionalInterface
public interface LedgerRoom {
    /** The entry that goes by these rules. */
    LedgerEntry entry(Rulebook rules);
}
