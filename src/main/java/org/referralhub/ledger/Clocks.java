package org.referralhub.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines that one batch starts and stops. They are rows of the ledger, in the transaction of what starts or stops
 * them; what has run out is announced by the {@link Ticker}.
 */
final class Clocks {
    private static final String START =
            "insert into clock (opened_at, referral_id, agency, kind, state, started_at, due_at, ended_at, ladder_end)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, 0)"
                    + " on conflict (opened_at, referral_id, agency, kind) do update set"
                    + " state = excluded.state, started_at = excluded.started_at, due_at = excluded.due_at,"
                    + " fired_at = null, fired_by = null, ended_at = excluded.ended_at, escalated_to = null, ladder_end = 0,"
                    + " announced_at = null";
    private static final String STOP =
            "update clock set state = case state when 'OVERDUE' then 'LATE' else 'MET' end, ended_at = ? where"
                    + " opened_at = ? and referral_id = ? and agency = ? and kind = ? and ended_at is null";

    private static final String SHORTEN = "update clock set due_at = ?, announced_at = null where " + Referral.ROWS
            + " and agency = ? and kind = ? and state = 'RUNNING' and due_at > ?";
    private static final String DUE = "select due_at from clock where " + Referral.ROWS + " and agency = ? and kind = ?"
            + " and state = 'RUNNING'";

    private final LedgerTransaction transaction;
    private final Openings openings;
    private final Map<Key, Change> changes = new LinkedHashMap<>();

    /** What the agency has to do in time. */
    enum Kind {
        /** Say that it has seen the referral. */
        ACKNOWLEDGE,
        /** Take the referral on or decline it. */
        ACCEPT,
        /** Say that it has seen that the referral was called off. */
        RECALL
    }

    /** Where a clock stands. */
    enum State {
        RUNNING,
        /** Stopped in time, or because it had become moot. */
        MET,
        /** Ran out; the ledger has escalated, and the answer is still missing. */
        OVERDUE,
        /** Ran out, and ended afterwards. */
        LATE
    }

    private record Key(String referralId, String agency, Kind kind) {}

    /** What the batch does to one clock in the end: due at null only stops it. */
    private record Change(@Nullable Instant dueAt, boolean runs) {}

    /** Knows when referrals were opened. */
    interface Openings {
        /** In milliseconds since 1970 UTC. */
        long openedAt(String referralId) throws SQLException;
    }

    Clocks(LedgerTransaction transaction, Openings openings) {
        this.transaction = transaction;
        this.openings = openings;
    }

    /** Starts the clock, or starts it again with another deadline. The referral must be known to the batch. */
    void start(String referralId, String agency, Kind kind, Instant dueAt) {
        changes.put(new Key(referralId, agency, kind), new Change(dueAt, true));
    }

    /** Stops the clock if it runs or is overdue; harmless when there is none. */
    void stop(String referralId, String agency, Kind kind) {
        changes.compute(
                new Key(referralId, agency, kind),
                (key, before) -> new Change(before == null ? null : before.dueAt(), false));
    }

    /**
     * Brings the deadline of a running clock forward; it never moves back. Of a clock that does not run nothing changes.
     *
     * @return when it runs out now; null when it does not run
     */
    @Nullable
    Instant shorten(String referralId, String agency, Kind kind, Instant dueAt) throws SQLException {
        transaction.flush();
        PreparedStatement update = transaction.statement(SHORTEN);
        update.setLong(1, dueAt.toEpochMilli());
        update.setString(2, referralId);
        update.setString(3, referralId);
        update.setString(4, agency);
        update.setString(5, kind.name());
        update.setLong(6, dueAt.toEpochMilli());
        update.executeUpdate();
        PreparedStatement select = transaction.statement(DUE);
        select.setString(1, referralId);
        select.setString(2, referralId);
        select.setString(3, agency);
        select.setString(4, kind.name());
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? Instant.ofEpochMilli(rows.getLong(1)) : null;
        }
    }

    /** Starts both clocks of an assignment that begins. */
    void begin(String referralId, String agency, ResponseTimes.Deadlines deadlines) {
        start(referralId, agency, Kind.ACKNOWLEDGE, deadlines.acknowledgeBy());
        start(referralId, agency, Kind.ACCEPT, deadlines.acceptBy());
    }

    /** Stops what this state of an assignment makes moot. */
    void follow(String referralId, String agency, Lifecycle.State state) {
        if (!isAwaited(Kind.ACKNOWLEDGE, state)) {
            stop(referralId, agency, Kind.ACKNOWLEDGE);
        }
        if (!isAwaited(Kind.ACCEPT, state)) {
            stop(referralId, agency, Kind.ACCEPT);
        }
    }

    /** True while an agency in this state still owes what the clock measures. */
    static boolean isAwaited(Kind kind, Lifecycle.State state) {
        return switch (kind) {
            case ACKNOWLEDGE -> state == Lifecycle.State.REQUESTED;
            case ACCEPT -> state == Lifecycle.State.REQUESTED || state == Lifecycle.State.RECEIVED;
            case RECALL -> true;
        };
    }

    /** Writes what was collected; the referrals must be in the database by now. */
    void flush() throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        PreparedStatement starts = transaction.statement(START);
        PreparedStatement stops = transaction.statement(STOP);
        boolean anyStart = false;
        boolean anyStop = false;
        long now = transaction.now().toEpochMilli();
        for (Map.Entry<Key, Change> entry : changes.entrySet()) {
            Key key = entry.getKey();
            Instant dueAt = entry.getValue().dueAt();
            if (dueAt == null) {
                stops.setLong(1, now);
                stops.setLong(2, openings.openedAt(key.referralId()));
                stops.setString(3, key.referralId());
                stops.setString(4, key.agency());
                stops.setString(5, key.kind().name());
                stops.addBatch();
                anyStop = true;
                continue;
            }
            boolean runs = entry.getValue().runs();
            starts.setLong(1, openings.openedAt(key.referralId()));
            starts.setString(2, key.referralId());
            starts.setString(3, key.agency());
            starts.setString(4, key.kind().name());
            starts.setString(5, (runs ? State.RUNNING : State.MET).name());
            starts.setLong(6, now);
            starts.setLong(7, dueAt.toEpochMilli());
            if (runs) {
                starts.setNull(8, java.sql.Types.BIGINT);
            } else {
                starts.setLong(8, now);
            }
            starts.addBatch();
            anyStart = true;
        }
        changes.clear();
        if (anyStart) {
            starts.executeBatch();
        }
        if (anyStop) {
            stops.executeBatch();
        }
    }
}
