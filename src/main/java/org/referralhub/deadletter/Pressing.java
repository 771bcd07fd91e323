package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;
import org.referralhub.message.Urgency;

/**
 * How pressing a letter is, which gives it its place at the desk. A referral that has become more urgent since is as pressing as
 * it is now.
 *
 * @param urgency null where nobody could tell; it counts as {@link Urgency#URGENT}
 * @param risk as the referral says it; null without one, as is the place
 * @param dueAt when somebody must have answered
 */
record Pressing(
        @Nullable Urgency urgency,
        @Nullable String risk,
        @Nullable String place,
        Instant dueAt) {
    private static final String FACTS = "select r.risk, r.place, r.urgency, (select min(c.due_at) from clock c"
            + " where c.opened_at = r.opened_at and c.referral_id = r.id and c.agency = ? and c.ended_at is null)"
            + " from referral r where r.id = ?";

    /**
     * By what the ledger knows of the referral.
     *
     * @param own the message's own urgency
     * @param since from when its time counts where no clock of the recipient runs
     */
    static Pressing of(
            @Nullable Urgency own,
            @Nullable String referral,
            @Nullable String recipient,
            Instant since,
            LedgerTransaction transaction,
            Rulebook rules)
            throws SQLException {
        PreparedStatement select = transaction.statement(FACTS);
        select.setString(1, recipient == null ? "" : recipient);
        select.setString(2, referral == null ? "" : referral);
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return new Pressing(own, null, null, dueAt(own, recipient, since, rules));
            }
            Urgency urgency = sooner(own, Urgency.valueOf(rows.getString(3)));
            long due = rows.getLong(4);
            Instant dueAt = rows.wasNull() ? dueAt(urgency, recipient, since, rules) : Instant.ofEpochMilli(due);
            return new Pressing(urgency, rows.getString(1), rows.getString(2), dueAt);
        }
    }

    private static Instant dueAt(@Nullable Urgency urgency, @Nullable String recipient, Instant since, Rulebook rules) {
        return rules.responseTimes()
                .acknowledgeBy(
                        urgency == null ? Urgency.URGENT : urgency,
                        rules.agencies().find(recipient),
                        since);
    }

    /** The more urgent of the two. */
    static @Nullable Urgency sooner(@Nullable Urgency one, @Nullable Urgency other) {
        return rank(other) < rank(one) || one == null && rank(other) == rank(one) ? other : one;
    }

    /** The desk's order by urgency only ascends: 9 minus the priority. */
    static int rank(@Nullable Urgency urgency) {
        return 9 - (urgency == null ? Urgency.URGENT : urgency).priority();
    }
}
