package org.referralhub.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;

/** An operator begins a run: which letters it is for is written down in the same moment, and does not change any more. */
final class RunStart implements DeskAction {
    static final String NAME = "run";
    static final String SELECTION = "selection";
    static final String TO = "to";
    static final String CANARY = "canary";
    static final String PER_MINUTE = "perMinute";

    /** Letters of one run. */
    static final int MOST = Rehearsals.MOST;

    private static final String INSERT =
            "insert into desk_run (id, state, actor, reason, target, phases, phase, quota, rate,"
                    + " letters, epoch, begun_at, changed_at, changed_by) values (?, 'RUNNING', ?, ?, ?, ?, 0, ?, ?, ?, 0, ?, ?, ?)";
    private static final String ITEM = "insert into desk_run_item (run, number, letter, recipient, lane, state)"
            + " values (?, ?, ?, ?, ?, 'WAITING')";
    private static final String KNOWN = "select 1 from desk_run where id = ?";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        PreparedStatement known = transaction.statement(KNOWN);
        known.setString(1, order.subject());
        try (ResultSet rows = known.executeQuery()) {
            if (rows.next()) {
                return new DeskOutcome(DeskOutcome.NOT_ALLOWED, Map.of());
            }
        }
        String to = order.parameter(TO);
        if (to != null && rules.agencies().find(to).isEmpty()) {
            return new DeskOutcome("unknown-agency", Map.of());
        }
        Selection selection;
        try {
            selection = MAPPER.convertValue(order.parameters().path(SELECTION), Selection.class);
        } catch (IllegalArgumentException e) {
            return DeskOutcome.unknown();
        }
        List<Selections.Chosen> chosen = new ArrayList<>(Selections.choose(transaction::statement, selection, MOST));
        if (chosen.isEmpty()) {
            return new DeskOutcome("no-letters", Map.of());
        }
        if (chosen.size() > MOST) {
            return new DeskOutcome("too-many", Map.of("most", Integer.toString(MOST)));
        }
        List<Integer> phases = phases(order.parameters().path(CANARY), chosen.size());
        insert(order, to, phases, chosen.size(), transaction);
        items(order.subject(), to, inOrder(chosen), transaction);
        return DeskOutcome.done(Map.of("run", order.subject(), "letters", Integer.toString(chosen.size())));
    }

    /** Letters that have gone at the end of each phase: ascending, and all in the last. */
    static List<Integer> phases(JsonNode canary, int letters) {
        TreeSet<Integer> ends = new TreeSet<>();
        canary.forEach(end -> {
            if (end.isInt() && end.intValue() > 0 && end.intValue() < letters) {
                ends.add(end.intValue());
            }
        });
        ends.add(letters);
        return List.copyOf(ends);
    }

    /**
     * In the order of the desk; but what one recipient is told of one referral stands together, in the order in which it
     * became owed, at the place of its most pressing letter.
     */
    private static List<Selections.Chosen> inOrder(List<Selections.Chosen> chosen) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < chosen.size(); i++) {
            places.putIfAbsent(chosen.get(i).lane(), i);
        }
        return chosen.stream()
                .sorted(Comparator.comparingInt((Selections.Chosen one) -> places.getOrDefault(one.lane(), 0))
                        .thenComparingLong(Selections.Chosen::owedSince)
                        .thenComparing(Selections.Chosen::id))
                .toList();
    }

    private static void insert(
            DeskOrder order, @Nullable String to, List<Integer> phases, int letters, LedgerTransaction transaction)
            throws SQLException {
        long now = transaction.now().toEpochMilli();
        PreparedStatement row = transaction.statement(INSERT);
        row.setString(1, order.subject());
        row.setString(2, order.actor());
        row.setString(3, order.reason());
        row.setString(4, to);
        row.setString(5, phases.stream().map(String::valueOf).collect(Collectors.joining(",")));
        row.setInt(6, phases.get(0));
        row.setInt(7, Math.max(1, order.parameters().path(PER_MINUTE).asInt(RunSettings.PER_MINUTE)));
        row.setInt(8, letters);
        row.setLong(9, now);
        row.setLong(10, now);
        row.setString(11, order.actor());
        row.executeUpdate();
    }

    /** @param to whose rate they count for when all go there */
    private static void items(
            String run, @Nullable String to, List<Selections.Chosen> letters, LedgerTransaction transaction)
            throws SQLException {
        PreparedStatement row = transaction.statement(ITEM);
        int number = 0;
        for (Selections.Chosen letter : letters) {
            row.setString(1, run);
            row.setInt(2, ++number);
            row.setString(3, letter.id());
            row.setString(4, to == null ? letter.pace() : to);
            row.setString(5, letter.lane());
            row.addBatch();
        }
        row.executeBatch();
    }
}
