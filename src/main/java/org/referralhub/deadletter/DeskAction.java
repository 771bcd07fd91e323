package org.referralhub.deadletter;

import java.sql.SQLException;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;

/** One thing that can be ordered at the desk. Beans of this type are found by {@link DeskEntry}. */
public interface DeskAction {
    /** As orders name it, for example {@code replay}; also in the audit. */
    String name();

    /**
     * Carries the order out in the ledger's transaction, or refuses it and changes nothing. The order, its outcome and the
     * link of the audit chain are recorded by the caller.
     *
     * @param rules of the day
     */
    DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException;

    /**
     * The same order again after a crash: emits again what it had emitted and is still on its way, and changes nothing. Only
     * for an order that was carried out.
     */
    default void again(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {}
}
