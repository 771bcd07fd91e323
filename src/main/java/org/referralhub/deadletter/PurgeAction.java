package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;

/** Removes the bytes of a letter whose time is over; the letter itself stays, and can't be restored any more. */
final class PurgeAction implements DeskAction {
    private final Duration retention;

    PurgeAction(Duration retention) {
        this.retention = retention;
    }

    @Override
    public String name() {
        return "purge";
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        Letters.Row letter = Letters.find(transaction, order.subject());
        if (letter == null) {
            return DeskOutcome.unknown();
        }
        Instant closed = letter.closedAt();
        if (closed == null || closed.plus(retention).isAfter(transaction.now())) {
            return Letters.refused(DeskOutcome.NOT_ALLOWED, letter);
        }
        PreparedStatement delete = transaction.statement("delete from letter_content where id = ?");
        delete.setString(1, letter.id());
        return delete.executeUpdate() == 0 ? Letters.refused("removed", letter) : DeskOutcome.done();
    }
}
