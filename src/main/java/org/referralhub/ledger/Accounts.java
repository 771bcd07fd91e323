package org.referralhub.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction moves in the books: each delivery that is added or changes its state moves from one column of its
 * agency's account to another, and likewise in the entry of the hour in which it became owed. Costs a few rows for a batch,
 * however many messages it has.
 */
final class Accounts {
    /** Entries are kept for each of these. */
    static final long HOUR = Duration.ofHours(1).toMillis();

    /** The columns of accounts and entries. */
    static final List<String> COLUMN_NAMES =
            List.of("accepted", "refused", "owed", "waiting", "delivered", "desk", "withdrawn");

    private static final String NAMES = String.join(", ", COLUMN_NAMES);
    private static final String POST = "insert into account (agency, " + NAMES
            + ") values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (agency) do update set " + add("account");
    private static final String POST_HOUR = "insert into account_hour (agency, " + NAMES
            + ", hour) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (hour, agency) do update set "
            + add("account_hour");
    private static final String SELECT = "select recipient, state, created_at, sending from delivery where id = ?";

    private static final int ACCEPTED = COLUMN_NAMES.indexOf("accepted");
    private static final int REFUSED = COLUMN_NAMES.indexOf("refused");
    private static final int OWED = COLUMN_NAMES.indexOf("owed");
    private static final int COLUMNS = COLUMN_NAMES.size();

    private final long thisHour;
    /** In order: two nodes that post at once then wait for each other in one direction only. */
    private final Map<Key, long[]> moves =
            new TreeMap<>(Comparator.comparing(Key::agency).thenComparingLong(Key::hour));

    private record Key(String agency, long hour) {}

    /** @param now when the transaction's messages and deliveries are recorded */
    Accounts(Instant now) {
        this.thisHour = hour(now.toEpochMilli());
    }

    /** The first millisecond of the hour. */
    static long hour(long millis) {
        return Math.floorDiv(millis, HOUR) * HOUR;
    }

    /** First millisecond of the hour in which this transaction takes things in. */
    long thisHour() {
        return thisHour;
    }

    void taken(String sender, StoredMessage.Status status) {
        of(sender, thisHour)[status == StoredMessage.Status.ACCEPTED ? ACCEPTED : REFUSED]++;
    }

    void owed(String recipient) {
        of(recipient, thisHour)[OWED]++;
        of(recipient, thisHour)[column(DeliveryState.WAITING)]++;
    }

    /** @param hour in which it became owed */
    void moved(String recipient, long hour, DeliveryState from, DeliveryState to) {
        of(recipient, hour)[column(from)]--;
        of(recipient, hour)[column(to)]++;
    }

    /**
     * To whom the delivery is owed and where it is.
     *
     * @param hour in which it became owed
     * @param sending how often it has left the desk again
     */
    record Entry(String recipient, DeliveryState state, long hour, int sending) {}

    /** Reads the entry; null when there is no such delivery. */
    static @Nullable Entry find(LedgerTransaction transaction, String deliveryId) throws SQLException {
        PreparedStatement select = transaction.statement(SELECT);
        select.setString(1, deliveryId);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? new Entry(
                            rows.getString(1),
                            DeliveryState.valueOf(rows.getString(2)),
                            hour(rows.getLong(3)),
                            rows.getInt(4))
                    : null;
        }
    }

    /** Writes the moves: the last write before the commit, since other nodes wait for it. */
    void post(LedgerTransaction transaction) throws SQLException {
        if (moves.isEmpty()) {
            return;
        }
        Map<String, long[]> agencies = new TreeMap<>();
        PreparedStatement entry = transaction.statement(POST_HOUR);
        for (Map.Entry<Key, long[]> move : moves.entrySet()) {
            long[] sum = agencies.computeIfAbsent(move.getKey().agency(), agency -> new long[COLUMNS]);
            for (int column = 0; column < COLUMNS; column++) {
                sum[column] += move.getValue()[column];
            }
            set(entry, move.getKey().agency(), move.getValue());
            entry.setLong(COLUMNS + 2, move.getKey().hour());
            entry.addBatch();
        }
        PreparedStatement account = transaction.statement(POST);
        for (Map.Entry<String, long[]> sum : agencies.entrySet()) {
            set(account, sum.getKey(), sum.getValue());
            account.addBatch();
        }
        account.executeBatch();
        entry.executeBatch();
        moves.clear();
    }

    private static void set(PreparedStatement row, String agency, long[] values) throws SQLException {
        row.setString(1, agency);
        for (int column = 0; column < COLUMNS; column++) {
            row.setLong(column + 2, values[column]);
        }
    }

    private static String add(String table) {
        return NAMES.replaceAll("(\\w+)", "$1 = " + table + ".$1 + excluded.$1");
    }

    private long[] of(String agency, long hour) {
        return moves.computeIfAbsent(new Key(agency, hour), absent -> new long[COLUMNS]);
    }

    private static int column(DeliveryState state) {
        return COLUMN_NAMES.indexOf(state.name().toLowerCase(Locale.ROOT));
    }
}
