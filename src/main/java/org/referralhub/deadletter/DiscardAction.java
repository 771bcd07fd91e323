package org.referralhub.deadletter;

import java.sql.SQLException;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Obligations;
import org.referralhub.ledger.Rulebook;

/** Puts a letter away. What it was to bring is withdrawn; the recipient's clock goes on. */
final class DiscardAction implements DeskAction {
    private final Obligations obligations;

    DiscardAction(Obligations obligations) {
        this.obligations = obligations;
    }

    @Override
    public String name() {
        return "discard";
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        Letters.Row letter = Letters.find(transaction, order.subject());
        if (letter == null) {
            return DeskOutcome.unknown();
        }
        DeskOutcome refusal = Letters.refusal(order, letter, LetterState.OPEN);
        if (refusal != null) {
            return refusal;
        }
        if (letter.deliveryId() != null) {
            obligations.putAside(transaction, letter.deliveryId());
        }
        Letters.move(transaction, letter, LetterState.DISCARDED, order.actor(), null);
        return DeskOutcome.done();
    }
}
