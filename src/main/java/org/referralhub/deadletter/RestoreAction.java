package org.referralhub.deadletter;

import java.sql.SQLException;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Obligations;
import org.referralhub.ledger.Rulebook;

/** Brings back a letter that was put away, as long as its bytes are kept. */
final class RestoreAction implements DeskAction {
    private final Obligations obligations;

    RestoreAction(Obligations obligations) {
        this.obligations = obligations;
    }

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        Letters.Row letter = Letters.find(transaction, order.subject());
        if (letter == null) {
            return DeskOutcome.unknown();
        }
        DeskOutcome refusal = Letters.refusal(order, letter, LetterState.DISCARDED);
        if (refusal != null) {
            return refusal;
        }
        if (Letters.content(transaction, letter.id()) == null) {
            return Letters.refused("removed", letter);
        }
        if (letter.deliveryId() != null) {
            obligations.takeBack(transaction, letter.deliveryId());
        }
        Letters.move(transaction, letter, LetterState.OPEN, order.actor(), null);
        return DeskOutcome.done();
    }
}
