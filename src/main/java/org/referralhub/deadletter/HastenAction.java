package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;

/** The referral of a letter has become more urgent, or the risk to the child another: the letter moves up. It never moves down. */
final class HastenAction implements DeskAction {
    private static final String HASTEN = "update letter set rank = ?, urgency = ?, risk = coalesce(?, risk),"
            + " due_at = case when due_at < ? then due_at else ? end, revision = revision + 1, changed_at = ?, changed_by = ?"
            + " where id = ? and revision = ?";

    @Override
    public String name() {
        return "hasten";
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        Letters.Row letter = Letters.find(transaction, order.subject());
        if (letter == null) {
            return DeskOutcome.unknown();
        }
        Pressing now = Pressing.of(
                letter.urgency(), letter.referralId(), letter.recipient(), transaction.now(), transaction, rules);
        PreparedStatement update = transaction.statement(HASTEN);
        update.setInt(1, Pressing.rank(now.urgency()));
        update.setString(2, now.urgency() == null ? null : now.urgency().name());
        update.setString(3, now.risk());
        update.setLong(4, now.dueAt().toEpochMilli());
        update.setLong(5, now.dueAt().toEpochMilli());
        update.setLong(6, transaction.now().toEpochMilli());
        update.setString(7, order.actor());
        update.setString(8, letter.id());
        update.setInt(9, letter.revision());
        Letters.changed(update.executeUpdate());
        return DeskOutcome.done(
                now.urgency() == null
                        ? Map.of()
                        : Map.of("urgency", now.urgency().name()));
    }
}
