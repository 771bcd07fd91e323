package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;

/** An operator wants to see what is masked: granted for a while, or kept until a second person has agreed. */
final class UnmaskAction implements DeskAction {
    static final String NAME = "unmask";
    static final String FIELDS = "fields";
    static final String SENSITIVE = "sensitive";
    /** The asker gave none, and nobody could tell later why it was shown. */
    static final String NO_REASON = "no-reason";

    private static final String INSERT = "insert into unmasking (id, letter, fields, sensitive, state, asker, reason,"
            + " asked_at, decided_at, until) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** What is done with is nobody's to read. */
    static final Set<LetterState> SHOWN =
            Set.of(LetterState.OPEN, LetterState.REPLAYED, LetterState.DISCARDED, LetterState.RETURNED);

    private final Duration time;

    /** @param time how long it is shown */
    UnmaskAction(Duration time) {
        this.time = time;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Why nobody needs to see more of this letter; null when somebody may. */
    static @Nullable DeskOutcome refusal(DeskOrder order, Letters.Row letter) {
        return Letters.refusal(order, letter, SHOWN);
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        Letters.Row letter = Letters.find(transaction, order.subject());
        if (letter == null || Letters.content(transaction, letter.id()) == null) {
            return DeskOutcome.unknown();
        }
        DeskOutcome refusal = refusal(order, letter);
        if (refusal != null) {
            return refusal;
        }
        if (order.reason().isBlank()) {
            return Letters.refused(NO_REASON, letter);
        }
        // Without a word about it, it is sensitive.
        boolean sensitive = !"false".equals(order.parameter(SENSITIVE));
        Instant until = transaction.now().plus(time);
        PreparedStatement row = transaction.statement(INSERT);
        row.setString(1, order.stamp());
        row.setString(2, letter.id());
        row.setString(3, order.parameters().path(FIELDS).toString());
        row.setInt(4, sensitive ? 1 : 0);
        row.setString(5, (sensitive ? Unmasking.State.ASKED : Unmasking.State.GRANTED).name());
        row.setString(6, order.actor());
        row.setString(7, order.reason());
        row.setLong(8, transaction.now().toEpochMilli());
        if (sensitive) {
            row.setNull(9, Types.BIGINT);
            row.setNull(10, Types.BIGINT);
        } else {
            row.setLong(9, transaction.now().toEpochMilli());
            row.setLong(10, until.toEpochMilli());
        }
        row.executeUpdate();
        Map<String, String> detail = new HashMap<>();
        detail.put("unmasking", order.stamp());
        detail.put("state", (sensitive ? Unmasking.State.ASKED : Unmasking.State.GRANTED).name());
        if (!sensitive) {
            detail.put("until", until.toString());
        }
        return DeskOutcome.done(detail);
    }
}
