package org.referralhub.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What passed between the hub and one agency in some time: each message that the hub took from it, and each that it put into
 * its inbox, with the digests of what either side had in hand. Who compares it with its own list finds every gap.
 */
public final class Manifests {
    /** Lines on a page at most. */
    public static final int LARGEST_PAGE = 1000;

    /** Which way a message went. */
    public enum Way {
        /** From the agency to the hub. */
        FROM,
        /** From the hub to the agency. */
        TO;

        /** As it is written. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One message.
     *
     * @param at when the hub took it, or put it into the inbox
     * @param id the hub's own: of the delivery, as the inbox has it, or of the message
     * @param messageId as its author gave it
     * @param referralId as the message names it
     * @param state accepted or refused; delivered
     * @param digest SHA-256 of the agency's own bytes, or of the document in its inbox; null for what was delivered before
     *     digests were kept
     */
    public record Line(
            Way way,
            Instant at,
            String id,
            String messageId,
            String messageType,
            @Nullable String referralId,
            String state,
            @Nullable String digest) {}

    /**
     * Some lines: first those from the agency and then those to it, each in the order in which the hub took them on.
     *
     * @param next what to name as {@code after} for the next page; null on the last
     */
    public record Page(List<Line> lines, @Nullable String next) {}

    /** Where a page begins: after this row, {@code step} being the index of the query. */
    private record Position(int step, long at, String id) {
        static final Position START = new Position(0, Long.MIN_VALUE, "");

        private static final Pattern WRITTEN = Pattern.compile("([012])-(-?\\d{1,19})-(.{0,40})");

        static Position of(String written) {
            Matcher parts = WRITTEN.matcher(written);
            if (!parts.matches()) {
                throw new IllegalArgumentException("not the next of a page");
            }
            return new Position(Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2)), parts.group(3));
        }

        String written() {
            return step + "-" + at + "-" + id;
        }
    }

    /** Most deliveries arrive within this time; {@code delivery_late} is the index of the others. */
    private static final long SOON = 3_600_000;

    private static final String FROM = "select recorded_at, recorded_at, id, message_id, type, referral_id, status,"
            + " original_digest from message where recorded_at < ? and sender = ?"
            + " and (recorded_at, id) > (?, ?) order by recorded_at, id limit ?";
    private static final String TO = "select created_at, settled_at, id, message_id, type, referral_id, state, digest"
            + " from delivery where settled_at < ? and recipient = ? and (created_at, id) > (?, ?)"
            + " and settled_at >= ? and state = 'DELIVERED' and created_at < ?";
    private static final String ORDER = " order by created_at, id limit ?";
    /**
     * What had waited for long is first, since it became owed first. A sum is not looked up in an index: by {@code created_at}
     * the database would begin with all that was ever owed.
     */
    static final String TO_LATE =
            TO.replace("created_at <", "created_at + 0 <").replace("(created_at,", "(created_at + 0,")
                    + " and settled_at - created_at >= 3600000" + ORDER;

    private static final String TO_SOON = TO + ORDER;
    private static final List<String> STEPS = List.of(FROM, TO_LATE, TO_SOON);

    private final DataSource readers;

    public Manifests(DataSource readers) {
        this.readers = readers;
    }

    /** True when the books have an account of this agency, also when it takes part no longer. */
    public boolean knows(String agency) {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement("select 1 from account where agency = ?")) {
            select.setString(1, agency);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /**
     * A page of the manifest. What is over stays as it is, unless an agency gives a delivery back.
     *
     * @param to the first moment that is not wanted
     * @param after {@link Page#next} of the page before; null for the first
     * @param size lines on the page, 1 to {@link #LARGEST_PAGE}
     * @throws IllegalArgumentException when after is nothing that was a page's next
     */
    public Page page(String agency, Instant from, Instant to, @Nullable String after, int size) {
        Position position = after == null ? Position.START : Position.of(after);
        List<Line> lines = new ArrayList<>();
        try (Connection connection = readers.getConnection()) {
            for (int step = position.step(); step < STEPS.size(); step++) {
                Position start = step == position.step() ? position : new Position(step, Long.MIN_VALUE, "");
                Position last = read(connection, agency, from, to, start, size - lines.size(), lines);
                if (lines.size() == size) {
                    return new Page(List.copyOf(lines), last.written());
                }
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
        return new Page(List.copyOf(lines), null);
    }

    private static Position read(
            Connection connection, String agency, Instant from, Instant to, Position start, int most, List<Line> lines)
            throws SQLException {
        String sql = STEPS.get(start.step());
        Way way = sql.equals(FROM) ? Way.FROM : Way.TO;
        long soon = from.toEpochMilli() - SOON;
        // One lower bound and no second one beside it: the database would begin with the wrong one.
        long lowest = way == Way.FROM ? from.toEpochMilli() : sql.equals(TO_SOON) ? soon : Long.MIN_VALUE;
        boolean tooLow = start.at() < lowest;
        Position last = start;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int i = 1;
            select.setLong(i++, to.toEpochMilli());
            select.setString(i++, agency);
            select.setLong(i++, tooLow ? lowest : start.at());
            select.setString(i++, tooLow ? "" : start.id());
            if (way == Way.TO) {
                select.setLong(i++, from.toEpochMilli());
                select.setLong(i++, sql.equals(TO_SOON) ? to.toEpochMilli() : soon);
            }
            select.setInt(i, most);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    last = new Position(start.step(), rows.getLong(1), rows.getString(3));
                    lines.add(new Line(
                            way,
                            Instant.ofEpochMilli(rows.getLong(2)),
                            rows.getString(3),
                            rows.getString(4),
                            rows.getString(5),
                            rows.getString(6),
                            rows.getString(7).toLowerCase(Locale.ROOT),
                            rows.getString(8)));
                }
            }
        }
        return last;
    }
}
