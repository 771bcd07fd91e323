package org.referralhub.deadletter;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Runs as operators see them, and the orders that begin and end them. */
public final class Runs {
    /** Runs or letters on a page. */
    public static final int LARGEST_PAGE = 500;

    private static final String SELECT =
            "select r.id, r.state, r.cause, r.letter, r.actor, r.reason, r.target, r.phases,"
                    + " r.phase, r.rate, r.letters, r.begun_at, r.changed_at, r.changed_by, r.ended_at,"
                    + " (select count(*) from desk_run_item i where i.run = r.id and i.state = 'WAITING'),"
                    + " (select count(*) from desk_run_item i where i.run = r.id and i.state = 'SENT'),"
                    + " (select count(*) from desk_run_item i where i.run = r.id and i.state = 'RESOLVED'),"
                    + " (select count(*) from desk_run_item i where i.run = r.id and i.state = 'FAILED'),"
                    + " (select count(*) from desk_run_item i where i.run = r.id and i.state = 'SKIPPED') from desk_run r";

    private final DataSource readers;
    private final DeskOrders orders;

    Runs(DataSource readers, DeskOrders orders) {
        this.readers = readers;
        this.orders = orders;
    }

    /**
     * What a run is to be.
     *
     * @param to the recipient that its letters are redirected to; null when each goes where it was to go
     * @param canary letters that have gone at the end of each phase before all go; empty for all at once
     * @param perMinute letters a minute to one recipient at most
     */
    public record Plan(Selection selection, @Nullable String to, List<Integer> canary, int perMinute) {
        public Plan {
            canary = List.copyOf(canary);
            if (!selection.isClear()
                    || canary.size() > RunSettings.MOST_PHASES
                    || canary.stream().anyMatch(end -> end < 1)
                    || perMinute < 1
                    || perMinute > RunSettings.MOST_PER_MINUTE) {
                throw new IllegalArgumentException("not a plan for a run");
            }
            if (selection.letters() == null) {
                // Fails here what would fail in the ledger.
                selection.filter();
            }
        }
    }

    /**
     * What became of an order.
     *
     * @param run id of the run
     */
    public record Ordered(String run, DeskOrders.Answer answer) {}

    /** Begins a run. */
    public Ordered begin(Plan plan, String actor, String reason) {
        String run = UUID.randomUUID().toString();
        java.util.Map<String, Object> parameters = new java.util.HashMap<>();
        parameters.put(RunStart.SELECTION, plan.selection());
        parameters.put(RunStart.CANARY, plan.canary());
        parameters.put(RunStart.PER_MINUTE, plan.perMinute());
        if (plan.to() != null) {
            parameters.put(RunStart.TO, plan.to());
        }
        return new Ordered(run, orders.order(RunStart.NAME, run, null, actor, reason, parameters));
    }

    /** Lets a run wait; what is on its way arrives. */
    public DeskOrders.Answer pause(String run, String actor, String reason) {
        return orders.order(RunOrders.PAUSE, run, null, actor, reason, Map.of());
    }

    /** Lets a run go on that waits or has halted. */
    public DeskOrders.Answer resume(String run, String actor, String reason) {
        return orders.order(RunOrders.RESUME, run, null, actor, reason, Map.of());
    }

    /** Ends a run; what has not gone stays at the desk. */
    public DeskOrders.Answer stop(String run, String actor, String reason) {
        return orders.order(RunOrders.STOP, run, null, actor, reason, Map.of());
    }

    /**
     * The runs, the latest first.
     *
     * @param after id of the last one of the page before; null to begin
     */
    public List<Run> list(@Nullable String after, int size) {
        String page = after == null
                ? ""
                : " where (r.begun_at, r.id) < (select p.begun_at, p.id from desk_run p where p.id = ?)";
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        SELECT + page + " order by r.begun_at desc, r.id desc limit " + within(size))) {
            if (after != null) {
                select.setString(1, after);
            }
            return runs(select);
        } catch (SQLException e) {
            throw new DeskException("the runs can't be read now", e);
        }
    }

    /** One run; empty when there is none. */
    public Optional<Run> find(String id) {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT + " where r.id = ?")) {
            select.setString(1, id);
            return runs(select).stream().findFirst();
        } catch (SQLException e) {
            throw new DeskException("the runs can't be read now", e);
        }
    }

    /**
     * Letters of a run, in the order in which they go.
     *
     * @param state only of these; null for all
     * @param after number of the last one of the page before; 0 for the first page
     */
    public List<RunItem> letters(String id, RunItem.@Nullable State state, int after, int size) {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select number, letter, recipient, state, reason, sent_at, settled_at from desk_run_item"
                                + " where run = ? and number > ?" + (state == null ? "" : " and state = ?")
                                + " order by number limit " + within(size))) {
            select.setString(1, id);
            select.setInt(2, after);
            if (state != null) {
                select.setString(3, state.name());
            }
            List<RunItem> items = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    items.add(new RunItem(
                            rows.getInt(1),
                            rows.getString(2),
                            rows.getString(3),
                            RunItem.State.valueOf(rows.getString(4)),
                            rows.getString(5),
                            moment(rows, 6),
                            moment(rows, 7)));
                }
            }
            return items;
        } catch (SQLException e) {
            throw new DeskException("the runs can't be read now", e);
        }
    }

    private static int within(int size) {
        return Math.max(1, Math.min(size, LARGEST_PAGE + 1));
    }

    private static List<Run> runs(PreparedStatement select) throws SQLException {
        List<Run> runs = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                runs.add(new Run(
                        rows.getString(1),
                        RunState.valueOf(rows.getString(2)),
                        rows.getString(3),
                        rows.getString(4),
                        rows.getString(5),
                        rows.getString(6),
                        rows.getString(7),
                        Arrays.stream(rows.getString(8).split(","))
                                .map(Integer::valueOf)
                                .toList(),
                        rows.getInt(9) + 1,
                        rows.getInt(10),
                        rows.getInt(11),
                        new Run.Progress(
                                rows.getInt(16), rows.getInt(17), rows.getInt(18), rows.getInt(19), rows.getInt(20)),
                        Instant.ofEpochMilli(rows.getLong(12)),
                        Instant.ofEpochMilli(rows.getLong(13)),
                        rows.getString(14),
                        moment(rows, 15)));
            }
        }
        return runs;
    }

    private static @Nullable Instant moment(ResultSet row, int column) throws SQLException {
        long at = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(at);
    }
}
