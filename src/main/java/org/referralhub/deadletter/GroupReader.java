package org.referralhub.deadletter;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Urgency;

/** Reads groups of letters that failed alike, with what is most pressing in each and how many came in each hour of a day. */
final class GroupReader {
    private static final int HOURS = 24;
    private static final int RANK = 16;
    private static final int DUE = 17;

    /** Of each group's letters the most pressing: the index of groups has them in the desk's order, so this is its first. */
    private static final String FIRST =
            " from letter l where l.fingerprint = g.fingerprint and l.state = 'OPEN' order by l.rank, l.due_at limit 1)";

    private static final String GROUP =
            "select g.fingerprint, g.stage, g.cause, g.failure, g.exception, g.dialect, g.recipient, g.findings,"
                    + " g.first_seen, g.last_seen, g.open, g.total, g.note, g.owner, g.revision,"
                    + " (select l.rank" + FIRST + ", (select l.due_at" + FIRST + " from letter_group g";

    private static final String OPEN_ONES = " where g.open > 0 order by 16, 17, g.fingerprint limit ?";
    private static final String OPEN_ONES_FIRST =
            " order by case when g.open > 0 then 0 else 1 end, 16, 17, g.last_seen desc, g.fingerprint limit ?";

    private final Clock clock;

    GroupReader(Clock clock) {
        this.clock = clock;
    }

    /**
     * The most pressing first.
     *
     * @param all also those of which nothing is open any more, the latest of them first
     */
    List<LetterGroup> of(Connection connection, boolean all, int most) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(GROUP + (all ? OPEN_ONES_FIRST : OPEN_ONES))) {
            select.setInt(1, most);
            return withTrends(connection, select);
        }
    }

    /** One group; empty when there is none with this fingerprint. */
    Optional<LetterGroup> of(Connection connection, String fingerprint) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(GROUP + " where g.fingerprint = ?")) {
            select.setString(1, fingerprint);
            return withTrends(connection, select).stream().findFirst();
        }
    }

    private List<LetterGroup> withTrends(Connection connection, PreparedStatement select) throws SQLException {
        List<LetterGroup> groups = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                groups.add(group(rows));
            }
        }
        Map<String, Long[]> trends =
                trends(connection, groups.stream().map(LetterGroup::fingerprint).toList());
        return groups.stream()
                .map(group -> group.with(List.of(trends.getOrDefault(group.fingerprint(), quiet()))))
                .toList();
    }

    /** Of these groups alone: those of which nothing is shown would cost most. */
    private Map<String, Long[]> trends(Connection connection, List<String> groups) throws SQLException {
        if (groups.isEmpty()) {
            return Map.of();
        }
        long thisHour = Math.floorDiv(clock.millis(), Groups.HOUR) * Groups.HOUR;
        Map<String, Long[]> trends = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select fingerprint, hour, captured from letter_group_hour where fingerprint in ("
                        + String.join(", ", Collections.nCopies(groups.size(), "?")) + ") and hour > ?")) {
            int index = 1;
            for (String group : groups) {
                select.setString(index++, group);
            }
            select.setLong(index, thisHour - HOURS * Groups.HOUR);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    int hour = HOURS - 1 - (int) ((thisHour - rows.getLong(2)) / Groups.HOUR);
                    if (hour >= 0 && hour < HOURS) {
                        trends.computeIfAbsent(rows.getString(1), group -> quiet())[hour] = rows.getLong(3);
                    }
                }
            }
        }
        return trends;
    }

    private static Long[] quiet() {
        Long[] hours = new Long[HOURS];
        Arrays.fill(hours, 0L);
        return hours;
    }

    private static LetterGroup group(ResultSet row) throws SQLException {
        int rank = row.getInt(RANK);
        Urgency urgency = row.wasNull() ? null : urgency(rank);
        long due = row.getLong(DUE);
        Instant dueAt = row.wasNull() ? null : Instant.ofEpochMilli(due);
        return new LetterGroup(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                Instant.ofEpochMilli(row.getLong(9)),
                Instant.ofEpochMilli(row.getLong(10)),
                row.getLong(11),
                row.getLong(12),
                urgency,
                dueAt,
                List.of(),
                Desk.remedy(row.getString(3)),
                row.getString(13),
                row.getString(14),
                row.getInt(15));
    }

    private static @Nullable Urgency urgency(int rank) {
        for (Urgency urgency : Urgency.values()) {
            if (9 - urgency.priority() == rank) {
                return urgency;
            }
        }
        return null;
    }
}
