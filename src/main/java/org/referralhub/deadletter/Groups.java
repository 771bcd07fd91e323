package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.LedgerTransaction;

/** The counts of letters that failed alike, kept in the transaction that moves a letter. */
final class Groups {
    static final long HOUR = Duration.ofHours(1).toMillis();

    private static final String JOIN =
            "insert into letter_group (fingerprint, stage, cause, failure, exception, dialect, recipient, findings,"
                    + " first_seen, last_seen, open, total, revision, changed_at, changed_by)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0, ?, 'hub') on conflict (fingerprint) do update set"
                    + " last_seen = excluded.last_seen, open = letter_group.open + excluded.open,"
                    + " total = letter_group.total + 1";
    private static final String HOURLY = "insert into letter_group_hour (fingerprint, hour, captured) values (?, ?, 1)"
            + " on conflict (fingerprint, hour) do update set captured = letter_group_hour.captured + 1";
    private static final String OPEN = "update letter_group set open = open + ? where fingerprint = ?";

    private Groups() {}

    /** What letters of a group have in common. */
    record Likeness(
            String fingerprint,
            String stage,
            String cause,
            String failure,
            @Nullable String exception,
            @Nullable String dialect,
            @Nullable String recipient,
            String findings) {}

    /** A letter has come to the group, new or again. */
    static void joined(LedgerTransaction transaction, Likeness group, boolean open) throws SQLException {
        long now = transaction.now().toEpochMilli();
        PreparedStatement row = transaction.statement(JOIN);
        row.setString(1, group.fingerprint());
        row.setString(2, group.stage());
        row.setString(3, group.cause());
        row.setString(4, group.failure());
        row.setString(5, group.exception());
        row.setString(6, group.dialect());
        row.setString(7, group.recipient());
        row.setString(8, group.findings());
        row.setLong(9, now);
        row.setLong(10, now);
        row.setLong(11, open ? 1 : 0);
        row.setLong(12, now);
        row.executeUpdate();
        PreparedStatement hour = transaction.statement(HOURLY);
        hour.setString(1, group.fingerprint());
        hour.setLong(2, Math.floorDiv(now, HOUR) * HOUR);
        hour.executeUpdate();
    }

    /** A letter of the group has taken another state. */
    static void moved(LedgerTransaction transaction, String fingerprint, LetterState from, LetterState to)
            throws SQLException {
        int change = (to == LetterState.OPEN ? 1 : 0) - (from == LetterState.OPEN ? 1 : 0);
        if (change != 0) {
            PreparedStatement update = transaction.statement(OPEN);
            update.setInt(1, change);
            update.setString(2, fingerprint);
            update.executeUpdate();
        }
    }
}
