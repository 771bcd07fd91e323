package org.referralhub.ledger;

import java.sql.SQLException;
import java.util.Set;
import org.referralhub.message.LedgerKind;

/**
 * What the ledger does with one kind of message. Other rooms add kinds by implementing it; their writes share the
 * transaction of the batch.
 */
public interface LedgerEntry {

    /** The kinds this entry handles; a message that the broker itself put on the dead-letter queue counts as DEAD. */
    Set<LedgerKind> kinds();

    /**
     * Records the message. Doing it again with the same input must change nothing and emit the same.
     *
     * @throws SQLException when the database fails; the whole batch is then rolled back
     */
    void record(LedgerInput input, LedgerTransaction transaction) throws SQLException;
}
