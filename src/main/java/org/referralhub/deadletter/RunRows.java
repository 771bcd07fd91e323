package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.LedgerTransaction;

/** The rows of runs as orders read and change them within the ledger's transaction. */
final class RunRows {
    private static final String SELECT = "select state, actor, reason, target, phases, phase, quota, letters, epoch,"
            + " changed_at, changed_by from desk_run where id = ?";
    // Only from the state that was read: two nodes must not both have it their way.
    private static final String MOVE =
            "update desk_run set state = ?, cause = ?, letter = ?, epoch = ?, changed_at = ?,"
                    + " changed_by = ?, ended_at = ? where id = ? and state = ? and epoch = ?";

    private RunRows() {}

    /** A run as it stands in this transaction. */
    record Row(
            String id,
            RunState state,
            String actor,
            String reason,
            @Nullable String target,
            String phases,
            int phase,
            int quota,
            int letters,
            int epoch,
            Instant changedAt,
            String changedBy) {

        /** A refusal with what the run is by now. */
        DeskOutcome refused() {
            return new DeskOutcome(
                    DeskOutcome.NOT_ALLOWED,
                    Map.of("state", state.name(), "by", changedBy, "at", changedAt.toString()));
        }
    }

    /** What has halted a run. */
    record Halt(String cause, String letter) {}

    static @Nullable Row find(LedgerTransaction transaction, String id) throws SQLException {
        PreparedStatement select = transaction.statement(SELECT);
        select.setString(1, id);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? new Row(
                            id,
                            RunState.valueOf(rows.getString(1)),
                            rows.getString(2),
                            rows.getString(3),
                            rows.getString(4),
                            rows.getString(5),
                            rows.getInt(6),
                            rows.getInt(7),
                            rows.getInt(8),
                            rows.getInt(9),
                            Instant.ofEpochMilli(rows.getLong(10)),
                            rows.getString(11))
                    : null;
        }
    }

    /**
     * The run takes another state.
     *
     * @param halt what has halted it; null for every other state
     */
    static void move(LedgerTransaction transaction, Row run, RunState to, String by, @Nullable Halt halt)
            throws SQLException {
        PreparedStatement update = transaction.statement(MOVE);
        long now = transaction.now().toEpochMilli();
        update.setString(1, to.name());
        update.setString(2, halt == null ? null : halt.cause());
        update.setString(3, halt == null ? null : halt.letter());
        update.setInt(4, to == RunState.RUNNING ? run.epoch() + 1 : run.epoch());
        update.setLong(5, now);
        update.setString(6, by);
        if (to.isOver()) {
            update.setLong(7, now);
        } else {
            update.setNull(7, java.sql.Types.BIGINT);
        }
        update.setString(8, run.id());
        update.setString(9, run.state().name());
        update.setInt(10, run.epoch());
        if (update.executeUpdate() == 0) {
            throw new java.sql.SQLTransientException("another node changed the run", "40001");
        }
    }
}
