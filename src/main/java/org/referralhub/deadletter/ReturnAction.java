package org.referralhub.deadletter;

import java.sql.SQLException;
import java.util.Optional;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Obligations;
import org.referralhub.ledger.Rulebook;
import org.referralhub.message.Urgency;

/** Gives a letter back to its sender, who gets a receipt with what was found at which places and the operator's words. */
final class ReturnAction implements DeskAction {
    private final Obligations obligations;

    ReturnAction(Obligations obligations) {
        this.obligations = obligations;
    }

    @Override
    public String name() {
        return "return";
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
        Urgency urgency = letter.urgency() == null ? Urgency.URGENT : letter.urgency();
        if (letter.deliveryId() == null) {
            if (letter.sender() == null
                    || rules.agencies().find(letter.sender()).isEmpty()) {
                return Letters.refused("no-sender", letter);
            }
            LetterContent content = Letters.content(transaction, letter.id());
            obligations.giveBack(
                    transaction,
                    order.stamp(),
                    letter.sender(),
                    letter.messageId(),
                    null,
                    null,
                    urgency,
                    content == null ? new byte[0] : content.findings(),
                    order.reason());
        } else {
            Optional<Obligations.Author> author = obligations.author(transaction, letter.deliveryId());
            if (author.isEmpty() || rules.agencies().find(author.get().sender()).isEmpty()) {
                return Letters.refused("no-sender", letter);
            }
            obligations.putAside(transaction, letter.deliveryId());
            obligations.giveBack(
                    transaction,
                    order.stamp(),
                    author.get().sender(),
                    author.get().messageId(),
                    author.get().referralId(),
                    author.get().recipient(),
                    urgency,
                    new byte[0],
                    order.reason());
        }
        Letters.move(transaction, letter, LetterState.RETURNED, order.actor(), null);
        return DeskOutcome.done();
    }

    @Override
    public void again(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        obligations.giveBackAgain(transaction, order.stamp());
    }
}
