package org.referralhub.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;

/**
 * Holds the entries of some hours against the rows they stand for, and each row against what must belong to it. What does not
 * agree is named: agency, hour, and the row where one alone is wrong.
 */
final class Verification {
    /** Rows that one kind of fault names in the hours that are looked at; more would not help anybody. */
    static final int NAMED = 20;

    /** The ledger itself rewrites these before it passes them on: to what the child's consent allows. */
    private static final Set<MessageType> REWRITTEN =
            Set.of(MessageType.AMEND, MessageType.RECALL, MessageType.VOID, MessageType.ESCALATE);

    private static final List<String> COLUMNS = Accounts.COLUMN_NAMES;
    private static final int OWED = COLUMNS.indexOf("owed");
    private static final int FETCH = 500;

    private static final String ENTRIES =
            "select hour, agency, " + String.join(", ", COLUMNS) + " from account_hour where hour >= ? and hour < ?";
    private static final String MESSAGES =
            "select recorded_at / 3600000 * 3600000, sender, status, count(*) from message"
                    + " where recorded_at >= ? and recorded_at < ? group by 1, 2, 3";
    /** A delivery is settled exactly when it does not wait. */
    private static final String TORN = "(state = 'WAITING') <> (settled_at is null)";

    private static final String DELIVERIES = "select created_at / 3600000 * 3600000, recipient, state, count(*),"
            + " sum(case when " + TORN + " then 1 else 0 end) from delivery where created_at >= ? and created_at < ?"
            + " group by 1, 2, 3";
    private static final String TORN_ROWS = "select id, recipient, created_at, state from delivery"
            + " where created_at >= ? and created_at < ? and " + TORN + " order by created_at, id";
    private static final String AT_THE_DESK = "select d.id, d.recipient, d.created_at, d.state from delivery d"
            + " where d.created_at >= ? and d.created_at < ? and d.state = 'DESK' and not exists"
            + " (select 1 from letter l where l.delivery_id = d.id and l.state = 'OPEN') order by d.created_at, d.id";
    private static final String WITHOUT_CONTENT = "select d.id, d.recipient, d.created_at, d.content from delivery d"
            + " where d.created_at >= ? and d.created_at < ? and d.content is not null and not exists"
            + " (select 1 from message m where m.id = d.content) order by d.created_at, d.id";
    /**
     * Every accepted message is owed to somebody besides the receipt for its sender; only an amendment may change nobody's
     * view, and one that calls a referral off may find nobody who knows of it. Every message has its receipt.
     */
    private static final String NOT_OWED = "select m.id, m.sender, m.recorded_at, m.type from message m"
            + " where m.recorded_at >= ? and m.recorded_at < ?"
            + " and ((m.status = 'accepted' and m.type not in ('AMEND', 'RECALL', 'VOID') and not exists"
            + " (select 1 from delivery d where " + Delivery.OF_MESSAGE + " and d.type <> 'RECEIPT'))"
            + " or not exists (select 1 from delivery d where " + Delivery.OF_MESSAGE + " and d.type = 'RECEIPT'))"
            + " order by m.recorded_at, m.id";
    // Most were sent with the REQUEST itself, so that is looked at first. The cross join keeps SQLite from beginning
    // with the
    // deliveries, of which there are most.
    private static final String NOT_SENT = "select a.referral_id, a.recipient, o.recorded_at, a.state from message o"
            + " join assignment a on a.referral_id = o.referral_id where o.recorded_at >= ? and o.recorded_at < ?"
            + " and o.type = 'REQUEST' and o.status = 'accepted' and not exists (select 1 from delivery d where "
            + Delivery.OF_MESSAGE.replace("m.", "o.")
            + " and d.recipient = a.recipient and d.type = 'REQUEST') and not exists (select 1 from message m cross join"
            + " delivery d where " + Delivery.OF_MESSAGE + " and m.referral_id = a.referral_id"
            + " and d.recipient = a.recipient and d.type = 'REQUEST') order by o.recorded_at, a.referral_id, a.recipient";
    private static final String CONTENTS = "select id, sender, recorded_at, type, status, original_digest, original,"
            + " canonical_digest, canonical from message where recorded_at >= ? and recorded_at < ?";

    private final Connection connection;
    private final long from;
    private final long to;
    private final List<String> faults;

    private record Key(long hour, String agency) {}

    /** Says what one row that is wrong means. */
    private interface Fault {
        String text(String id, String at, String more);
    }

    /**
     * @param from first millisecond of the first hour
     * @param to first millisecond after the last hour
     * @param faults gets what does not agree, in words with ids, hours and counts only
     */
    Verification(Connection connection, long from, long to, List<String> faults) {
        this.connection = connection;
        this.from = from;
        this.to = to;
        this.faults = faults;
    }

    void run() throws SQLException {
        recount();
        name(AT_THE_DESK, (id, at, state) -> "%s: delivery %s is at the desk, but has no open letter"
                .formatted(at, id));
        name(
                NOT_OWED,
                (id, at, type) -> "%s: its %s %s was taken, but nobody is owed anything for it, or it has no receipt"
                        .formatted(at, type, id));
        name(NOT_SENT, (id, at, state) -> "%s: referral %s is assigned to it, but it is not owed the REQUEST"
                .formatted(at, id));
        contents();
    }

    private void recount() throws SQLException {
        Map<Key, long[]> posted =
                new TreeMap<>(Comparator.comparingLong(Key::hour).thenComparing(Key::agency));
        Map<Key, long[]> counted =
                new TreeMap<>(Comparator.comparingLong(Key::hour).thenComparing(Key::agency));
        each(ENTRIES, row -> {
            long[] values = of(posted, row);
            for (int column = 0; column < values.length; column++) {
                values[column] = row.getLong(column + 3);
            }
        });
        each(MESSAGES, row -> of(counted, row)[COLUMNS.indexOf(row.getString(3))] += row.getLong(4));
        long[] torn = {0};
        each(DELIVERIES, row -> {
            long[] values = of(counted, row);
            values[OWED] += row.getLong(4);
            values[COLUMNS.indexOf(row.getString(3).toLowerCase(java.util.Locale.ROOT))] += row.getLong(4);
            torn[0] += row.getLong(5);
        });
        boolean messagesMissing = compare(posted, counted);
        if (torn[0] > 0) {
            name(TORN_ROWS, (id, at, state) -> "%s: delivery %s is %s, but its time of arrival says otherwise"
                    .formatted(at, id, state));
        }
        if (messagesMissing) {
            name(WITHOUT_CONTENT, (id, at, message) -> "%s: delivery %s carries message %s, which is not there any more"
                    .formatted(at, id, message));
        }
    }

    /** True when there are other numbers of messages than were taken. */
    private boolean compare(Map<Key, long[]> posted, Map<Key, long[]> counted) {
        boolean messages = false;
        int different = 0;
        int unbalanced = 0;
        Set<Key> keys = new TreeSet<>(Comparator.comparingLong(Key::hour).thenComparing(Key::agency));
        keys.addAll(posted.keySet());
        keys.addAll(counted.keySet());
        for (Key key : keys) {
            long[] entry = posted.getOrDefault(key, new long[COLUMNS.size()]);
            long[] rows = counted.getOrDefault(key, new long[COLUMNS.size()]);
            List<String> differences = new ArrayList<>();
            for (int column = 0; column < entry.length; column++) {
                if (entry[column] != rows[column]) {
                    differences.add(
                            "%s %d, but there are %d".formatted(COLUMNS.get(column), entry[column], rows[column]));
                    messages |= column < OWED;
                }
            }
            if (!differences.isEmpty() && different++ < NAMED) {
                faults.add("%s: its entry says %s"
                        .formatted(at(key.agency(), key.hour()), String.join("; ", differences)));
            }
            long somewhere = 0;
            for (int column = OWED + 1; column < entry.length; column++) {
                somewhere += entry[column];
            }
            if (entry[OWED] != somewhere && unbalanced++ < NAMED) {
                faults.add("%s: owed %d, but delivered, waiting, desk and withdrawn are %d"
                        .formatted(at(key.agency(), key.hour()), entry[OWED], somewhere));
            }
        }
        more(different, faults);
        more(unbalanced, faults);
        return messages;
    }

    /** What was taken in is still what it was. */
    private void contents() throws SQLException {
        int[] found = {0};
        each(CONTENTS, row -> {
            boolean original = !Identifiers.digest(row.getBytes(7)).equals(row.getString(6));
            boolean rewritten = REWRITTEN.contains(MessageType.valueOf(row.getString(4)))
                    && row.getString(5).equals(StoredMessage.Status.ACCEPTED.code());
            boolean canonical =
                    !rewritten && !Identifiers.digest(row.getBytes(9)).equals(row.getString(8));
            if ((original || canonical) && found[0]++ < NAMED) {
                faults.add("%s: its %s %s is not what was taken: %s and digest differ"
                        .formatted(
                                at(row.getString(2), row.getLong(3)),
                                row.getString(4),
                                row.getString(1),
                                original ? "original" : "canonical form"));
            }
        });
        more(found[0], faults);
    }

    /** Adds a fault for each row: id, agency, time and one thing more. */
    private void name(String sql, Fault fault) throws SQLException {
        int[] found = {0};
        each(sql, row -> {
            if (found[0]++ < NAMED) {
                faults.add(fault.text(
                        row.getString(1), at(row.getString(2), row.getLong(3)), String.valueOf(row.getString(4))));
            }
        });
        more(found[0], faults);
    }

    static void more(int found, List<String> faults) {
        if (found > NAMED) {
            faults.add("... and %d more of these in these hours".formatted(found - NAMED));
        }
    }

    private static String at(String agency, long millis) {
        return agency + ", hour " + Instant.ofEpochMilli(Accounts.hour(millis));
    }

    private static long[] of(Map<Key, long[]> values, ResultSet row) throws SQLException {
        return values.computeIfAbsent(new Key(row.getLong(1), row.getString(2)), key -> new long[COLUMNS.size()]);
    }

    /** Looks at one row. */
    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private void each(String sql, Row reader) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            // PostgreSQL would hand over all rows at once.
            select.setFetchSize(FETCH);
            select.setLong(1, from);
            select.setLong(2, to);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }
}
