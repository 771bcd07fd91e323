package org.referralhub.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads the audit chain, the latest first, and follows it in steps. A page costs little however long the chain is: when it takes
 * more than {@link #LOOKED_AT} rows, it answers what it has found so far and where to go on.
 */
public final class AuditTrail {
    /** Rows that one page looks at. */
    public static final int LOOKED_AT = 100_000;
    /** Rows on a page at most. */
    public static final int LARGEST_PAGE = 500;
    /** Rows that one step of the verification follows at most. */
    public static final int LARGEST_STEP = 100_000;

    /** Clocks of nodes differ, so rows are not strictly in the order of their times. */
    private static final int OUT_OF_ORDER = 1_000;

    private final DataSource readers;

    /**
     * Which rows; null means any. What is given must all be true.
     *
     * @param from done at this moment or later
     * @param to done before this moment
     */
    public record Query(
            @Nullable String actor,
            @Nullable String action,
            @Nullable String subject,
            @Nullable Instant from,
            @Nullable Instant to) {
        /** Every row. */
        public static final Query ANY = new Query(null, null, null, null, null);
    }

    /**
     * Somebody did something.
     *
     * @param number of the row in the chain, from 1
     * @param actor opaque id of a person or program
     * @param action a code
     * @param subject to what, an opaque id
     * @param reason in the actor's words; null for what needs none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Row(
            long number,
            Instant at,
            String actor,
            String action,
            String subject,
            @Nullable String reason) {}

    /**
     * One page.
     *
     * @param next what to name as {@code after} for the page after this one; null on the last. A page may hold fewer rows than
     *     were asked for, even none, and still have a next one.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(List<Row> items, @Nullable Long next) {}

    /**
     * What one step of the verification has found.
     *
     * @param whole true when every row of this step fits
     * @param from the first row of this step
     * @param to the last row of this step; one less than {@code from} when there was none
     * @param broken number of the first row that does not fit; null when all do
     * @param next where the next step begins; null when the end of the chain is reached, or a row is broken
     * @param last number of the last row that was followed; whoever notes it with its hash elsewhere can tell later that nothing
     *     was cut off at the end
     * @param hash of that row; null while there is none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Verification(
            boolean whole,
            long from,
            long to,
            @Nullable Long broken,
            @Nullable Long next,
            long last,
            @Nullable String hash) {}

    public AuditTrail(DataSource readers) {
        this.readers = readers;
    }

    /**
     * A page of the rows that match, the latest first.
     *
     * @param after {@link Page#next} of the page before; null for the first
     * @param size rows on the page, 1 to {@link #LARGEST_PAGE}
     * @throws LedgerUnavailableException when the ledger can't be read now
     */
    public Page page(Query query, @Nullable Long after, int size) {
        try (Connection connection = readers.getConnection()) {
            long below = after == null ? Long.MAX_VALUE : after;
            long last = number(connection, "select max(seq) from audit", null, 0) + 1;
            below = Math.min(below, last);
            if (query.to() != null) {
                below = Math.min(below, first(connection, query.to(), last) + OUT_OF_ORDER);
            }
            long lowest = query.from() == null ? 1 : first(connection, query.from(), last) - OUT_OF_ORDER;
            long bottom = Math.max(Math.max(1, lowest), below - LOOKED_AT);
            return page(connection, query, below, bottom, Math.max(1, lowest), size);
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    private static Page page(Connection connection, Query query, long below, long bottom, long lowest, int size)
            throws SQLException {
        List<Row> rows = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        StringBuilder sql = new StringBuilder(
                "select seq, at, actor, action, subject, reason from audit where seq < ? and seq >= ?");
        equal(sql, texts, "actor", query.actor());
        equal(sql, texts, "action", query.action());
        String subject = query.subject();
        if (subject != null && !subject.isBlank()) {
            // Who was shown something is noted as what it was and a number, see AccessLog. Not by a range: the order of
            // texts is the database's own.
            sql.append(" and (subject = ? or substr(subject, 1, ")
                    .append(subject.strip().codePointCount(0, subject.strip().length()) + 1)
                    .append(") = ?)");
            texts.add(subject.strip());
            texts.add(subject.strip() + '/');
        }
        if (query.from() != null) {
            sql.append(" and at >= ").append(query.from().toEpochMilli());
        }
        if (query.to() != null) {
            sql.append(" and at < ").append(query.to().toEpochMilli());
        }
        sql.append(" order by seq desc limit ?");
        try (PreparedStatement select = connection.prepareStatement(sql.toString())) {
            int i = 1;
            select.setLong(i++, below);
            select.setLong(i++, bottom);
            for (String text : texts) {
                select.setString(i++, text);
            }
            select.setInt(i, size + 1);
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    if (rows.size() == size) {
                        // One more than fits: there is a next page, and it begins after the last that fits.
                        return new Page(List.copyOf(rows), rows.get(size - 1).number());
                    }
                    rows.add(new Row(
                            found.getLong(1),
                            Instant.ofEpochMilli(found.getLong(2)),
                            found.getString(3),
                            found.getString(4),
                            found.getString(5),
                            found.getString(6)));
                }
            }
        }
        return new Page(List.copyOf(rows), bottom > lowest ? bottom : null);
    }

    private static void equal(StringBuilder sql, List<String> texts, String column, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            sql.append(" and ").append(column).append(" = ?");
            texts.add(value.strip());
        }
    }

    /** Number of a row at this moment or later, or what comes after the last one. */
    private static long first(Connection connection, Instant at, long otherwise) throws SQLException {
        return number(
                connection,
                "select seq from audit where at >= ? order by at, seq limit 1",
                at.toEpochMilli(),
                otherwise);
    }

    private static long number(Connection connection, String sql, @Nullable Long parameter, long otherwise)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            if (parameter != null) {
                select.setLong(1, parameter);
            }
            try (ResultSet rows = select.executeQuery()) {
                if (rows.next()) {
                    long found = rows.getLong(1);
                    return rows.wasNull() ? otherwise : found;
                }
                return otherwise;
            }
        }
    }

    /**
     * Follows some of the chain. From 1, then from each answer's {@link Verification#next}, it is the whole of it.
     *
     * @param from number of the first row to follow, from 1
     * @param most rows to follow at most, 1 to {@link #LARGEST_STEP}
     * @throws LedgerUnavailableException when the ledger can't be read now
     */
    public Verification verify(long from, int most) {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select " + AuditChain.COLUMNS + " from audit where seq >= ? order by seq limit ?")) {
            String previous = from == 1 ? AuditChain.START : hash(connection, from - 1);
            if (previous == null) {
                return new Verification(false, from, from - 1, from - 1, null, from - 1, null);
            }
            select.setLong(1, from);
            select.setInt(2, most);
            long expected = from;
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    if (!AuditChain.fits(row, expected, previous)) {
                        return new Verification(false, from, expected - 1, expected, null, expected - 1, previous);
                    }
                    expected++;
                    previous = row.getString(8);
                }
            }
            boolean more = expected - from == most;
            return new Verification(
                    true,
                    from,
                    expected - 1,
                    null,
                    more ? expected : null,
                    expected - 1,
                    expected == 1 ? null : previous);
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /** Of one row; null when there is no such row. */
    private static @Nullable String hash(Connection connection, long number) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select hash from audit where seq = ?")) {
            select.setLong(1, number);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }
}
