package org.referralhub.deadletter;

import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;

/** What the hub itself does to a letter that needs nobody any more: only the letter's state changes. */
final class CloseAction implements DeskAction {
    private final String name;
    private final LetterState to;
    private final Set<LetterState> from;

    CloseAction(String name, LetterState to, LetterState from, LetterState... others) {
        this.name = name;
        this.to = to;
        this.from = EnumSet.of(from, others);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        Letters.Row letter = Letters.find(transaction, order.subject());
        if (letter == null) {
            return DeskOutcome.unknown();
        }
        if (!from.contains(letter.state())) {
            return Letters.refused(DeskOutcome.NOT_ALLOWED, letter);
        }
        Letters.move(transaction, letter, to, order.actor(), null);
        return DeskOutcome.done();
    }
}
