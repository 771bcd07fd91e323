package org.referralhub.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.MessageType;

/** Everything that happened to one referral, in order. Reads only, and holds nothing personal. */
public final class ReferralTimeline {
    /** What an entry tells; the order for what happened in the same millisecond. */
    public enum Kind {
        /** A message came from the agency. */
        MESSAGE,
        /** A message came from the agency and was refused; told of an exercise alone, to whom it is for. */
        REFUSED,
        /** The agency's part of the referral took the state. */
        STATE,
        /** A message is owed to the agency. */
        OWED,
        /** The message is in the agency's inbox: after so many attempts and, where fields are limited, on this basis. */
        DELIVERED,
        /** The message to the agency could not go on and went to the desk, for this cause. */
        DESK,
        /** The agency's time to acknowledge the referral ends; {@code state} says whether it is running, met, overdue or late. */
        ACKNOWLEDGE_BY,
        /** The agency's time to accept or decline ends; {@code state} as above. */
        ACCEPT_BY,
        /** The agency's time to acknowledge a recall ends; {@code state} as above. */
        RECALL_BY
    }

    /**
     * One thing that happened, or that is due.
     *
     * @param agency whose part it is; for a message its sender
     * @param messageId as its sender gave it
     * @param cause why a message went to the desk, a code
     * @param configuration version of the configuration by which a message was checked, decided that it is owed, or was
     *     written
     * @param fields what the delivery showed the agency, by the names of fields; null when that was not recorded
     * @param message key of the message that this belongs to, for telling who may see it
     * @param signal true for what the hub tells a joint team about the child, which is of no concern to the parties
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Entry(
            Instant at,
            Kind kind,
            String agency,
            @Nullable MessageType messageType,
            @Nullable String messageId,
            @Nullable String state,
            @Nullable Integer attempts,
            @Nullable String basis,
            @Nullable String cause,
            @Nullable String configuration,
            @Nullable List<String> fields,
            @com.fasterxml.jackson.annotation.JsonIgnore String message,
            @com.fasterxml.jackson.annotation.JsonIgnore boolean signal) {
        /** As its recipient may see it: basis and fields would tell an agency that somebody wants it not to know. */
        Entry withoutBasis() {
            return new Entry(
                    at,
                    kind,
                    agency,
                    messageType,
                    messageId,
                    state,
                    attempts,
                    null,
                    cause,
                    configuration,
                    null,
                    message,
                    signal);
        }
    }

    private static final String DELIVERY = " d.recipient, d.type, d.message_id, d.state, d.created_at, d.settled_at,"
            + " d.attempts, d.basis, l.captured_at, l.attempts, l.cause, written.version";
    private static final String JOINED =
            " left join letter l on l.delivery_id = d.id left join edition written on written.id = d.written_by"
                    + " left join field_set shown on shown.id = d.shown";

    /** What the hub itself tells the parties: that one is late, and that one has not been reached. */
    private static final String NOTICES = "select d.cause, null, null, null, null," + DELIVERY
            + ", null, null, null, shown.names from delivery d" + JOINED
            + " where d.referral_id = ? and d.content is null and d.type <> 'RECEIPT'"
            + " and not exists (select 1 from message m where m.id = d.cause)"
            + " order by d.created_at, d.recipient";

    private static final String NOT_REACHED =
            "select d.cause, null, null, null, null," + DELIVERY + ", null, null, null, shown.names from delivery d"
                    + JOINED + " where d.id between ? and ? and d.cause = ?";

    private static final Comparator<Entry> ORDER =
            Comparator.comparing(Entry::at).thenComparing(Entry::kind);

    private final DataSource readers;
    private final Clock clock;
    private final Predicate<String> exercise;

    /** @param exercise whether all that an agency sends is an exercise */
    public ReferralTimeline(DataSource readers, Clock clock, Predicate<String> exercise) {
        this.readers = readers;
        this.clock = clock;
        this.exercise = exercise;
    }

    /** The whole timeline, for operators; empty for an unknown referral. */
    public List<Entry> whole(String referralId) {
        try (Connection connection = readers.getConnection()) {
            List<Entry> entries = new ArrayList<>();
            messages(connection, referralId, entries);
            notices(connection, referralId, entries);
            steps(connection, referralId, entries);
            deadlines(connection, referralId, entries);
            entries.sort(ORDER);
            return List.copyOf(entries);
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /**
     * What a party may see: the sender everything that its referral came to, a recipient its own part and the messages it sent
     * or received. What is between the hub and its operators, or between the hub and another agency, is neither's. The sender of
     * an exercise sees what others said about it that was refused, too: it is about nobody, and tells how their systems do.
     */
    public List<Entry> forParty(String referralId, String sender, String agency) {
        List<Entry> all = new ArrayList<>(whole(referralId));
        if (agency.equals(sender) && exercise.test(sender)) {
            refused(referralId, all);
            all.sort(ORDER);
        }
        Set<String> seen = new HashSet<>();
        for (Entry entry : all) {
            if (entry.agency().equals(agency) && !entry.signal()) {
                seen.add(entry.message());
            }
        }
        return all.stream()
                .filter(entry -> entry.kind() != Kind.DESK && !entry.signal())
                .filter(entry -> entry.agency().equals(agency)
                        || agency.equals(sender)
                        || entry.kind() == Kind.MESSAGE && seen.contains(entry.message()))
                .map(entry -> agency.equals(sender) ? entry : entry.withoutBasis())
                .toList();
    }

    private void refused(String referralId, List<Entry> entries) {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select m.id, m.message_id, m.type, m.sender, m.recorded_at from message m"
                                + " where m.referral_id = ? and m.status = 'refused'")) {
            select.setString(1, referralId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    entries.add(new Entry(
                            Instant.ofEpochMilli(row.getLong(5)),
                            Kind.REFUSED,
                            row.getString(4),
                            MessageType.valueOf(row.getString(3)),
                            row.getString(2),
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            row.getString(1),
                            false));
                }
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    private static void messages(Connection connection, String referralId, List<Entry> entries) throws SQLException {
        String last = "";
        Set<String> failed = new LinkedHashSet<>();
        // What was refused says nothing about the referral, and may come from a stranger to it.
        try (PreparedStatement select =
                connection.prepareStatement("select m.id, m.message_id, m.type, m.sender, m.recorded_at," + DELIVERY
                        + ", checked.version, decided.version, d.id, shown.names"
                        + " from message m left join delivery d on " + Delivery.OF_MESSAGE
                        + JOINED
                        + " left join edition checked on checked.id = m.checked_by"
                        + " left join edition decided on decided.id = m.decided_by"
                        + " where m.referral_id = ? and m.status = 'accepted'"
                        + " order by m.recorded_at, m.arrived_at, m.id, d.created_at, d.recipient, d.type")) {
            select.setString(1, referralId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String message = row.getString(1);
                    if (!message.equals(last)) {
                        last = message;
                        entries.add(new Entry(
                                Instant.ofEpochMilli(row.getLong(5)),
                                Kind.MESSAGE,
                                row.getString(4),
                                MessageType.valueOf(row.getString(3)),
                                row.getString(2),
                                null,
                                null,
                                null,
                                null,
                                row.getString(18),
                                null,
                                message,
                                false));
                    }
                    if (row.getString(6) != null) {
                        deliveries(row, message, entries);
                    }
                    if (instant(row, 14) != null) {
                        failed.add(row.getString(20));
                    }
                }
            }
        }
        try (PreparedStatement select = connection.prepareStatement(NOT_REACHED)) {
            for (String delivery : failed) {
                String cause = Obligations.notReached(delivery);
                select.setString(1, Delivery.first(cause));
                select.setString(2, Delivery.last(cause));
                select.setString(3, cause);
                notices(select, entries);
            }
        }
    }

    private static void notices(Connection connection, String referralId, List<Entry> entries) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(NOTICES)) {
            select.setString(1, referralId);
            notices(select, entries);
        }
    }

    private static void notices(PreparedStatement select, List<Entry> entries) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                deliveries(row, row.getString(1), entries);
            }
        }
    }

    private static void deliveries(ResultSet row, String message, List<Entry> entries) throws SQLException {
        String recipient = row.getString(6);
        MessageType type = MessageType.valueOf(row.getString(7));
        boolean signal = type == MessageType.FEEDBACK && !type.name().equals(row.getString(3));
        String messageId = row.getString(8);
        entries.add(new Entry(
                Instant.ofEpochMilli(row.getLong(10)),
                Kind.OWED,
                recipient,
                type,
                messageId,
                null,
                null,
                null,
                null,
                row.getString(19),
                null,
                message,
                signal));
        Instant settled = instant(row, 11);
        if (settled != null && row.getString(9).equals(DeliveryState.DELIVERED.name())) {
            entries.add(new Entry(
                    settled,
                    Kind.DELIVERED,
                    recipient,
                    type,
                    messageId,
                    null,
                    number(row, 12),
                    row.getString(13),
                    null,
                    row.getString(17),
                    names(row.getString(21)),
                    message,
                    signal));
        }
        Instant captured = instant(row, 14);
        if (captured != null) {
            entries.add(new Entry(
                    captured,
                    Kind.DESK,
                    recipient,
                    type,
                    messageId,
                    null,
                    number(row, 15),
                    null,
                    row.getString(16),
                    null,
                    null,
                    message,
                    signal));
        }
    }

    private static void steps(Connection connection, String referralId, List<Entry> entries) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select recipient, state, at, cause from progress where " + Referral.ROWS + " order by at, seq")) {
            select.setString(1, referralId);
            select.setString(2, referralId);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    entries.add(new Entry(
                            Instant.ofEpochMilli(rows.getLong(3)),
                            Kind.STATE,
                            rows.getString(1),
                            null,
                            null,
                            rows.getString(2),
                            null,
                            null,
                            null,
                            null,
                            null,
                            rows.getString(4),
                            false));
                }
            }
        }
    }

    private void deadlines(Connection connection, String referralId, List<Entry> entries) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select agency, kind, state, due_at from clock where " + Referral.ROWS)) {
            select.setString(1, referralId);
            select.setString(2, referralId);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Instant due = Instant.ofEpochMilli(rows.getLong(4));
                    String state = rows.getString(3);
                    if (state.equals("RUNNING") && clock.instant().isAfter(due)) {
                        // The ledger is about to find out.
                        state = "OVERDUE";
                    }
                    entries.add(new Entry(
                            due,
                            Kind.valueOf(rows.getString(2) + "_BY"),
                            rows.getString(1),
                            null,
                            null,
                            state.toLowerCase(Locale.ROOT),
                            null,
                            null,
                            null,
                            null,
                            null,
                            "",
                            false));
                }
            }
        }
    }

    private static @Nullable List<String> names(@Nullable String lines) {
        return lines == null ? null : lines.lines().toList();
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    private static @Nullable Integer number(ResultSet row, int column) throws SQLException {
        int number = row.getInt(column);
        return row.wasNull() ? null : number;
    }
}
