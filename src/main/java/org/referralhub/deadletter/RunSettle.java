package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;

/**
 * The hub looks what has become of the letters of a run that are on their way: the run halts on the first that has failed
 * again, goes on to its next phase when all of the phase have arrived, and ends with its last letter.
 */
final class RunSettle implements DeskAction {
    static final String NAME = "run-settle";

    /** Nothing worth a line in anybody's history. */
    private static final DeskOutcome NOTED = new DeskOutcome("noted", Map.of());

    private static final String MOVED = "select i.number, i.letter, i.stamp, l.state, l.cause, l.replay, d.state"
            + " from desk_run_item i left join letter l on l.id = i.letter left join delivery d on d.id = i.delivery"
            + " where i.run = ? and i.state = 'SENT' order by i.number";
    private static final String SETTLE =
            "update desk_run_item set state = ?, reason = ?, settled_at = ? where run = ? and number = ?";
    private static final String LEFT = "select sum(case when state = 'SENT' then 1 else 0 end),"
            + " sum(case when state = 'WAITING' and number <= ? then 1 else 0 end),"
            + " sum(case when state = 'WAITING' then 1 else 0 end) from desk_run_item where run = ?"
            + " and state in ('SENT', 'WAITING')";
    private static final String PHASE = "update desk_run set phase = ?, quota = ?, changed_at = ?, changed_by = ?"
            + " where id = ? and state = 'RUNNING' and phase = ?";

    @Override
    public String name() {
        return NAME;
    }

    /** What has become of a letter; the state is null while it is on its way. */
    private record Fate(
            int number,
            String letter,
            RunItem.@Nullable State state,
            @Nullable String reason) {}

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        RunRows.Row run = RunRows.find(transaction, order.subject());
        if (run == null) {
            return DeskOutcome.unknown();
        }
        transaction.flush();
        RunRows.Halt halt = null;
        for (Fate fate : fates(run.id(), transaction)) {
            if (fate.state() != null) {
                settle(run.id(), fate, transaction);
                if (fate.state() == RunItem.State.FAILED && halt == null) {
                    halt = new RunRows.Halt(String.valueOf(fate.reason()), fate.letter());
                }
            }
        }
        if (run.state() != RunState.RUNNING) {
            return NOTED;
        }
        if (halt != null) {
            RunRows.move(transaction, run, RunState.HALTED, order.actor(), halt);
            return DeskOutcome.done(Map.of("state", RunState.HALTED.name(), "cause", halt.cause()));
        }
        return goOn(run, order, transaction);
    }

    private static List<Fate> fates(String run, LedgerTransaction transaction) throws SQLException {
        List<Fate> fates = new ArrayList<>();
        PreparedStatement select = transaction.statement(MOVED);
        select.setString(1, run);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                String letter = rows.getString(4);
                String delivery = rows.getString(7);
                fates.add(
                        delivery == null
                                ? ofLetter(rows, letter)
                                : ofDelivery(rows.getInt(1), rows.getString(2), delivery));
            }
        }
        return fates;
    }

    private static Fate ofLetter(ResultSet row, @Nullable String state) throws SQLException {
        int number = row.getInt(1);
        String id = row.getString(2);
        if (state == null) {
            return new Fate(number, id, RunItem.State.SKIPPED, DeskOutcome.UNKNOWN);
        }
        return switch (LetterState.valueOf(state)) {
            case RESOLVED -> new Fate(number, id, RunItem.State.RESOLVED, null);
            case OPEN -> new Fate(number, id, RunItem.State.FAILED, row.getString(5));
            case REPLAYED ->
                // Another order has sent it again since: it must have failed in between.
                row.getString(3).equals(row.getString(6))
                        ? new Fate(number, id, null, null)
                        : new Fate(number, id, RunItem.State.FAILED, row.getString(5));
            case WITHDRAWN, DISCARDED, RETURNED, SUPERSEDED ->
                new Fate(number, id, RunItem.State.SKIPPED, state.toLowerCase(Locale.ROOT));
        };
    }

    private static Fate ofDelivery(int number, String letter, String state) {
        return switch (state) {
            case "DELIVERED" -> new Fate(number, letter, RunItem.State.RESOLVED, null);
            case "DESK" -> new Fate(number, letter, RunItem.State.FAILED, "failed-at-the-other-recipient");
            case "WITHDRAWN" -> new Fate(number, letter, RunItem.State.SKIPPED, "withdrawn");
            default -> new Fate(number, letter, null, null);
        };
    }

    private static void settle(String run, Fate fate, LedgerTransaction transaction) throws SQLException {
        PreparedStatement update = transaction.statement(SETTLE);
        update.setString(1, String.valueOf(fate.state()));
        update.setString(2, fate.reason());
        update.setLong(3, transaction.now().toEpochMilli());
        update.setString(4, run);
        update.setInt(5, fate.number());
        update.executeUpdate();
    }

    private static DeskOutcome goOn(RunRows.Row run, DeskOrder order, LedgerTransaction transaction)
            throws SQLException {
        PreparedStatement left = transaction.statement(LEFT);
        left.setInt(1, run.quota());
        left.setString(2, run.id());
        int sent;
        int inPhase;
        int waiting;
        try (ResultSet rows = left.executeQuery()) {
            rows.next();
            sent = rows.getInt(1);
            inPhase = rows.getInt(2);
            waiting = rows.getInt(3);
        }
        if (sent > 0 || inPhase > 0) {
            return NOTED;
        }
        if (waiting == 0) {
            RunRows.move(transaction, run, RunState.DONE, order.actor(), null);
            return DeskOutcome.done(Map.of("state", RunState.DONE.name()));
        }
        String[] ends = run.phases().split(",");
        int next = Math.min(run.phase() + 1, ends.length - 1);
        PreparedStatement update = transaction.statement(PHASE);
        update.setInt(1, next);
        update.setInt(2, Integer.parseInt(ends[next]));
        update.setLong(3, transaction.now().toEpochMilli());
        update.setString(4, order.actor());
        update.setString(5, run.id());
        update.setInt(6, run.phase());
        update.executeUpdate();
        return DeskOutcome.done(Map.of("phase", Integer.toString(next + 1)));
    }
}
