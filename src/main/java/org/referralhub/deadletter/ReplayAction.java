package org.referralhub.deadletter;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.referralhub.ledger.Emission;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Obligations;
import org.referralhub.ledger.Rulebook;
import org.referralhub.message.Headers;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;

/** Sends a letter again, once: a delivery from the ledger on, anything else from its dialect's intake on. */
final class ReplayAction implements DeskAction {
    private final Obligations obligations;

    ReplayAction(Obligations obligations) {
        this.obligations = obligations;
    }

    @Override
    public String name() {
        return "replay";
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
        Optional<Emission> emission = letter.deliveryId() == null
                ? fromTheStart(letter, transaction)
                : obligations.again(transaction, letter.deliveryId(), letter.id(), rules.agencies());
        // Whoever is not to be told any more: that has closed the letter.
        Letters.Row now = Letters.find(transaction, letter.id());
        if (now == null || now.state() != LetterState.OPEN) {
            return DeskOutcome.done(
                    Map.of("state", now == null ? "" : now.state().name()));
        }
        if (emission.isEmpty()) {
            // Nobody would ever get it or hear of it: it stays where somebody sees it.
            return Letters.refused(DeskOutcome.NOTHING_TO_SEND, now);
        }
        transaction.emit(emission.get());
        Letters.move(transaction, now, LetterState.REPLAYED, order.actor(), order.stamp());
        return DeskOutcome.done();
    }

    @Override
    public void again(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        Letters.Row letter = Letters.find(transaction, order.subject());
        if (letter == null
                || letter.state() != LetterState.REPLAYED
                || !order.stamp().equals(letter.replay())) {
            return;
        }
        Optional<Emission> emission = letter.deliveryId() == null
                ? fromTheStart(letter, transaction)
                : obligations.waiting(transaction, letter.deliveryId(), letter.id());
        emission.ifPresent(transaction::emit);
    }

    /** A message that never came to be a delivery goes to its dialect's intake, as its sender's own bytes. */
    private static Optional<Emission> fromTheStart(Letters.Row letter, LedgerTransaction transaction)
            throws SQLException {
        LetterContent content = Letters.content(transaction, letter.id());
        if (content == null) {
            return Optional.empty();
        }
        int priority = (letter.urgency() == null ? Urgency.URGENT : letter.urgency()).priority();
        if (letter.sender() != null && letter.dialect() != null && content.original().length > 0) {
            return Optional.of(new Emission(
                    Queues.intake(letter.dialect()),
                    priority,
                    Map.of(Headers.SENDER, letter.sender(), Headers.REPLAY_OF, letter.id()),
                    content.original()));
        }
        if (letter.origin().equals(Queues.LEDGER)) {
            Map<String, String> properties = new HashMap<>(content.headers());
            properties.keySet().removeIf(name -> name.startsWith("dead") || name.startsWith("_AMQ"));
            properties.put(Headers.REPLAY_OF, letter.id());
            return Optional.of(new Emission(Queues.LEDGER, priority, properties, content.original()));
        }
        return Optional.empty();
    }
}
