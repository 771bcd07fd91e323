package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;

/** A second person agrees that something sensitive is shown, or refuses it. Nobody decides what they have asked for. */
final class DecideUnmaskingAction implements DeskAction {
    static final String APPROVE = "approve-unmasking";
    static final String REFUSE = "refuse-unmasking";
    /** The asker and the decider are one person. */
    static final String SAME_PERSON = "same-person";

    private static final String SELECT =
            "select state, asker, decider, asked_at, decided_at, letter from unmasking where id = ?";
    private static final String UPDATE = "update unmasking set state = ?, decider = ?, decision = ?, decided_at = ?,"
            + " until = ? where id = ? and state = 'ASKED'";

    private final boolean approve;
    private final Duration time;

    /** @param time how long it is shown from the approval on */
    DecideUnmaskingAction(boolean approve, Duration time) {
        this.approve = approve;
        this.time = time;
    }

    @Override
    public String name() {
        return approve ? APPROVE : REFUSE;
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        PreparedStatement select = transaction.statement(SELECT);
        select.setString(1, order.subject());
        String state;
        String asker;
        String last;
        long at;
        String id;
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return DeskOutcome.unknown();
            }
            state = rows.getString(1);
            asker = rows.getString(2);
            String decider = rows.getString(3);
            last = decider == null ? asker : decider;
            long decided = rows.getLong(5);
            at = rows.wasNull() ? rows.getLong(4) : decided;
            id = rows.getString(6);
        }
        Map<String, String> now = Map.of(
                "state", state, "by", last, "at", Instant.ofEpochMilli(at).toString());
        if (!Unmasking.State.ASKED.name().equals(state)) {
            return new DeskOutcome(DeskOutcome.CHANGED, now);
        }
        if (asker.equals(order.actor())) {
            return new DeskOutcome(SAME_PERSON, now);
        }
        Letters.Row letter = Letters.find(transaction, id);
        DeskOutcome refusal = letter == null ? DeskOutcome.unknown() : UnmaskAction.refusal(order, letter);
        if (approve && refusal != null) {
            return refusal;
        }
        Instant until = transaction.now().plus(time);
        PreparedStatement update = transaction.statement(UPDATE);
        update.setString(1, (approve ? Unmasking.State.GRANTED : Unmasking.State.REFUSED).name());
        update.setString(2, order.actor());
        update.setString(3, order.reason());
        update.setLong(4, transaction.now().toEpochMilli());
        if (approve) {
            update.setLong(5, until.toEpochMilli());
        } else {
            update.setNull(5, Types.BIGINT);
        }
        update.setString(6, order.subject());
        Letters.changed(update.executeUpdate());
        return approve ? DeskOutcome.done(Map.of("until", until.toString())) : DeskOutcome.done();
    }
}
