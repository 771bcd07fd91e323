package org.referralhub.deadletter;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Urgency;

/** What operators see of the dead letters. */
public class Desk {
    /** The most letters or groups on a page. */
    public static final int LARGEST_PAGE = 500;

    /** More than this is not counted. */
    public static final int MOST_COUNTED = 100_000;

    /** Causes with a row on the page of failures, which a test holds to them. */
    static final Set<String> EXPLAINED = Set.of(
            "refused",
            "conflict",
            "lifecycle",
            "no-recipient",
            "translation-failed",
            "unknown-agency",
            "broker-failed",
            "ledger-failed",
            "attempts-used-up",
            "expired",
            "no-queue",
            "process-ended",
            "unexpected-failure",
            "unknown");

    private static final int LONGEST_HISTORY = 200;
    private static final int MOST_SIBLINGS = 50;
    private static final int MOST_OFFERED = 200;

    private static final String SUMMARY =
            "select id, state, revision, origin, stage, cause, failure, urgency, risk, due_at, sender, recipient, dialect,"
                    + " referral_id, message_id, delivery_id, place, fingerprint, configuration, attempts, owner, note,"
                    + " parent, captured_at, changed_at, changed_by, rank, exception from letter";
    private static final int RANK = 27;
    private static final int EXCEPTION = 28;
    private static final String ORDER = " order by rank, due_at, id";
    /** The same where few match: neither database shall then walk through all letters in this order. */
    private static final String ORDER_OF_FEW = " order by +rank, due_at, id";

    private final DataSource readers;
    private final GroupReader groups;

    public Desk(DataSource readers, Clock clock) {
        this.readers = readers;
        this.groups = new GroupReader(clock);
    }

    /** Reads with a connection of its own. */
    private interface Reading<T> {
        T from(Connection connection) throws SQLException;
    }

    private <T> T read(Reading<T> reading) {
        try (Connection connection = readers.getConnection()) {
            return reading.from(connection);
        } catch (SQLException e) {
            throw new DeskException("the dead letters can't be read now", e);
        }
    }

    /**
     * The letters that match: the most urgent first, of these the ones that must be answered first.
     *
     * @param after {@link Page#next} of the page before; null to begin
     * @param size 1 to 500
     * @throws IllegalArgumentException when {@code after} is none
     */
    public Page<LetterSummary> list(DeskFilter filter, @Nullable String after, int size) {
        int most = Math.max(1, Math.min(size, LARGEST_PAGE));
        String limit = " limit " + (most + 1);
        // Sender and recipient have an index each, in the order of the desk: the first of both hold the first of all.
        List<Where> parts = filter.agency() != null && filter.sender() == null && filter.recipient() == null
                ? List.of(new Where(filter.from(filter.agency())), new Where(filter.to(filter.agency())))
                : List.of(new Where(filter));
        String order = filter.referral() == null
                        && filter.q() == null
                        && filter.detail().note() == null
                ? ORDER
                : ORDER_OF_FEW;
        if (after != null) {
            parts.forEach(part -> part.after(after));
        }
        String sql = parts.size() == 1
                ? SUMMARY + parts.get(0) + order + limit
                : parts.stream()
                                .map(part -> "select * from (" + SUMMARY + part + order + limit + ") part")
                                .collect(Collectors.joining(" union "))
                        + ORDER
                        + limit;
        return read(connection -> {
            List<LetterSummary> letters = new ArrayList<>();
            String last = null;
            boolean more = false;
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                int index = 1;
                for (Where part : parts) {
                    index = part.set(select, index);
                }
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        if (letters.size() == most) {
                            more = true;
                            break;
                        }
                        LetterSummary letter = summary(rows);
                        letters.add(letter);
                        last = rows.getInt(RANK) + "." + letter.dueAt().toEpochMilli() + "." + letter.id();
                    }
                }
            }
            return new Page<>(letters, more ? last : null);
        });
    }

    /** How many letters match; {@link #MOST_COUNTED} when there are more. */
    public long count(DeskFilter filter) {
        Where where = new Where(filter);
        return read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "select count(*) from (select 1 from letter" + where + " limit " + MOST_COUNTED + ") matching")) {
                where.set(select, 1);
                return number(select);
            }
        });
    }

    /** One letter with all that is known of it but its content. */
    public Optional<Letter> show(String id) {
        return read(connection -> {
            LetterSummary summary;
            String exception;
            try (PreparedStatement select = connection.prepareStatement(SUMMARY + " where id = ?")) {
                select.setString(1, id);
                try (ResultSet rows = select.executeQuery()) {
                    if (!rows.next()) {
                        return Optional.empty();
                    }
                    summary = summary(rows);
                    exception = rows.getString(EXCEPTION);
                }
            }
            Optional<LetterContent> content = content(connection, id, false);
            byte[] findings = content.map(LetterContent::findings).orElse(new byte[0]);
            return Optional.of(new Letter(
                    summary,
                    exception,
                    content.map(LetterContent::headers).orElse(Map.of()),
                    findings.length == 0 ? "[]" : new String(findings, StandardCharsets.UTF_8),
                    content.isPresent(),
                    history(connection, id),
                    siblings(connection, summary),
                    children(connection, summary)));
        });
    }

    /**
     * What the letter holds; empty when there is no such letter, or when its time is over. Personal: whoever asks must mask it,
     * or note that somebody has seen it.
     */
    public Optional<LetterContent> content(String id) {
        return read(connection -> content(connection, id, true));
    }

    private static Optional<LetterContent> content(Connection connection, String id, boolean whole)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select headers, findings" + (whole ? ", original" : "") + " from letter_content where id = ?")) {
            select.setString(1, id);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next()
                        ? Optional.of(new LetterContent(
                                Letters.headers(rows.getString(1)),
                                whole ? rows.getBytes(3) : new byte[0],
                                rows.getBytes(2)))
                        : Optional.empty();
            }
        }
    }

    /** What was ordered about a letter, a group or a run, and what the hub did by itself; the latest first. */
    public List<Letter.Event> history(String subject) {
        return read(connection -> history(connection, subject));
    }

    private static List<Letter.Event> history(Connection connection, String subject) throws SQLException {
        List<Letter.Event> history = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement("select stamp, action, subject, actor, reason, outcome,"
                        + " at, detail from desk_order where subject = ? order by at desc, stamp limit "
                        + LONGEST_HISTORY)) {
            select.setString(1, subject);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    history.add(new Letter.Event(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getString(3),
                            rows.getString(4),
                            rows.getString(5),
                            rows.getString(6),
                            Instant.ofEpochMilli(rows.getLong(7)),
                            Letters.headers(rows.getString(8)).getOrDefault(CorrectAction.FIELDS, "")));
                }
            }
        }
        return history;
    }

    /** The same referral's other letters. */
    private static List<LetterSummary> siblings(Connection connection, LetterSummary letter) throws SQLException {
        List<LetterSummary> siblings = new ArrayList<>();
        if (letter.referralId() != null) {
            try (PreparedStatement select = connection.prepareStatement(
                    SUMMARY + " where referral_id = ? and id <> ?" + ORDER + " limit " + MOST_SIBLINGS)) {
                select.setString(1, letter.referralId());
                select.setString(2, letter.id());
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        siblings.add(summary(rows));
                    }
                }
            }
        }
        return siblings;
    }

    /** Letters that correct this one; they have its sender. */
    private static List<String> children(Connection connection, LetterSummary letter) throws SQLException {
        List<String> children = new ArrayList<>();
        if (letter.state() == LetterState.SUPERSEDED) {
            try (PreparedStatement select =
                    connection.prepareStatement("select id from letter where parent = ? order by captured_at, id")) {
                select.setString(1, letter.id());
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        children.add(rows.getString(1));
                    }
                }
            }
        }
        return children;
    }

    /**
     * Letters that failed alike, the most pressing group first.
     *
     * @param all also groups of which nothing is open any more, the latest of them first
     */
    public List<LetterGroup> groups(boolean all, int size) {
        int most = Math.max(1, Math.min(size, LARGEST_PAGE));
        return read(connection -> groups.of(connection, all, most));
    }

    /** One group; empty when there is none with this fingerprint. */
    public Optional<LetterGroup> group(String fingerprint) {
        return read(connection -> groups.of(connection, fingerprint));
    }

    /**
     * What occurs in open groups, for somebody who looks for letters.
     *
     * @param findings codes
     */
    public record Occurring(
            SortedSet<String> causes,
            SortedSet<String> stages,
            SortedSet<String> findings,
            SortedSet<String> exceptions) {}

    /** What occurs in the groups that were seen last. */
    public Occurring occurring() {
        return read(connection -> {
            Occurring occurring = new Occurring(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
            try (PreparedStatement select = connection.prepareStatement("select cause, stage, findings, exception"
                            + " from letter_group where open > 0 order by last_seen desc limit " + MOST_OFFERED);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    occurring.causes().add(rows.getString(1));
                    occurring.stages().add(rows.getString(2));
                    for (String finding : rows.getString(3).split(" ")) {
                        if (finding.indexOf('@') > 0) {
                            occurring.findings().add(finding.substring(0, finding.indexOf('@')));
                        }
                    }
                    if (rows.getString(4) != null) {
                        occurring.exceptions().add(rows.getString(4));
                    }
                }
            }
            return occurring;
        });
    }

    /** Where the documentation says what to do about a cause; what a courier's agency answered has a page of its own. */
    public static String remedy(String cause) {
        return EXPLAINED.contains(cause) ? "docs/failures.md#" + cause : "docs/couriers.md";
    }

    /** How many open letters there are for each recipient of this group's cause and stage: who else is affected. */
    public Map<String, Long> affected(LetterGroup group) {
        return read(connection -> {
            Map<String, Long> affected = new HashMap<>();
            try (PreparedStatement select = connection.prepareStatement("select coalesce(recipient, ''), sum(open)"
                    + " from letter_group where open > 0 and cause = ? and stage = ? group by recipient")) {
                select.setString(1, group.cause());
                select.setString(2, group.stage());
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        affected.put(rows.getString(1), rows.getLong(2));
                    }
                }
            }
            return affected;
        });
    }

    private static long number(PreparedStatement select) throws SQLException {
        try (ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static LetterSummary summary(ResultSet row) throws SQLException {
        String urgency = row.getString(8);
        return new LetterSummary(
                row.getString(1),
                LetterState.valueOf(row.getString(2)),
                row.getInt(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                urgency == null ? null : Urgency.valueOf(urgency),
                row.getString(9),
                Instant.ofEpochMilli(row.getLong(10)),
                row.getString(11),
                row.getString(12),
                row.getString(13),
                row.getString(14),
                row.getString(15),
                row.getString(16),
                row.getString(17),
                row.getString(18),
                row.getString(19),
                row.getInt(20),
                row.getString(21),
                row.getString(22),
                row.getString(23),
                Instant.ofEpochMilli(row.getLong(24)),
                Instant.ofEpochMilli(row.getLong(25)),
                row.getString(26));
    }

    /** The condition of a filter with its values. */
    static final class Where {
        private final StringBuilder sql = new StringBuilder(" where 1 = 1");
        private final List<Object> values = new ArrayList<>();

        Where(DeskFilter filter) {
            is("state", filter.state() == null ? null : filter.state().name());
            is("cause", filter.cause());
            is("fingerprint", filter.group());
            if (filter.agency() != null) {
                add(" and (sender = ? or recipient = ?)", filter.agency(), filter.agency());
            }
            is("sender", filter.sender());
            is("recipient", filter.recipient());
            is("dialect", filter.dialect());
            is("stage", filter.stage());
            if (filter.urgency() != null) {
                // The rank follows from it, and the index of the desk's order begins with that.
                add(
                        " and rank = ? and urgency = ?",
                        9 - filter.urgency().priority(),
                        filter.urgency().name());
            }
            is("failure", filter.failure());
            if (filter.referral() != null) {
                referral(filter.referral());
            }
            moment("captured_at >= ?", filter.since());
            moment("captured_at < ?", filter.until());
            moment("due_at < ?", filter.dueBefore());
            if ("-".equals(filter.owner())) {
                sql.append(" and owner is null");
            } else {
                is("owner", filter.owner());
            }
            detail(filter.detail());
            if (filter.q() != null && !filter.q().isBlank()) {
                anywhere(filter.q().strip());
            }
        }

        private void detail(DeskFilter.Detail detail) {
            is("risk", detail.risk());
            is("configuration", detail.configuration());
            String place = detail.place();
            if (place != null) {
                // Not by a range: the order of texts is the database's own.
                add(" and substr(place, 1, ?) = ?", place.codePointCount(0, place.length()), place);
            }
            // There are few groups, and few notes.
            if (detail.finding() != null) {
                add(
                        " and fingerprint in (select fingerprint from letter_group where ' ' || findings like ? escape '!')",
                        "% " + literal(detail.finding()) + "@%");
            }
            if (detail.exception() != null) {
                add(
                        " and fingerprint in (select fingerprint from letter_group where exception like ? escape '!')",
                        "%" + literal(detail.exception()) + "%");
            }
            if (detail.note() != null) {
                add(
                        " and id in (select id from letter where note is not null and note like ? escape '!')",
                        "%" + literal(detail.note()) + "%");
            }
        }

        private static String literal(String typed) {
            return typed.replaceAll("[!%_]", "!$0");
        }

        private void referral(String referral) {
            String reference = reference(referral);
            if (reference == null) {
                is("referral_id", referral);
            } else {
                add(" and referral_id in (select r.id from referral r where r.reference = ?)", reference);
            }
        }

        private void anywhere(String q) {
            String reference = reference(q);
            if (reference == null) {
                // Each half by an index of its own.
                add(
                        " and id in (select id from letter where id = ? union select id from letter where message_id = ?"
                                + " union select id from letter where referral_id = ?"
                                + " union select id from letter where delivery_id = ?)",
                        q,
                        q,
                        q,
                        q);
            } else {
                referral(q);
            }
        }

        private static @Nullable String reference(String typed) {
            try {
                return Identifiers.normaliseReference(typed);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        private void is(String column, @Nullable String value) {
            if (value != null) {
                add(" and " + column + " = ?", value);
            }
        }

        private void moment(String condition, @Nullable Instant at) {
            if (at != null) {
                add(" and " + condition, at.toEpochMilli());
            }
        }

        private void add(String condition, Object... parameters) {
            sql.append(condition);
            values.addAll(List.of(parameters));
        }

        void after(String cursor) {
            String[] parts = cursor.split("\\.", 3);
            if (parts.length != 3) {
                throw new IllegalArgumentException("not the beginning of a page");
            }
            try {
                add(" and (rank, due_at, id) > (?, ?, ?)", Integer.valueOf(parts[0]), Long.valueOf(parts[1]), parts[2]);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("not the beginning of a page", e);
            }
        }

        /** @return the index after its own */
        @CanIgnoreReturnValue
        int set(PreparedStatement statement, int from) throws SQLException {
            int index = from;
            for (Object value : values) {
                if (value instanceof Long number) {
                    statement.setLong(index++, number);
                } else if (value instanceof Integer number) {
                    statement.setInt(index++, number);
                } else {
                    statement.setString(index++, (String) value);
                }
            }
            return index;
        }

        @Override
        public String toString() {
            return sql.toString();
        }
    }
}
