package org.referralhub.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction moves in the books: each delivery that is added or changes its state moves from one column of its
 * agency's account to another.
 */
final class Accounts {
    private static final String POST =
            "insert into account (agency, accepted, refused, owed, waiting, delivered, desk, withdrawn)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (agency) do update set"
                    + " accepted = account.accepted + excluded.accepted, refused = account.refused + excluded.refused,"
                    + " owed = account.owed + excluded.owed, waiting = account.waiting + excluded.waiting,"
                    + " delivered = account.delivered + excluded.delivered, desk = account.desk + excluded.desk,"
                    + " withdrawn = account.withdrawn + excluded.withdrawn";
    private static final String SELECT = "select recipient, state from delivery where id = ?";

    private static final int ACCEPTED = 0;
    private static final int REFUSED = 1;
    private static final int OWED = 2;
    private static final int COLUMNS = 7;

    /** By agency in order: two nodes that post at once then wait for each other in one direction only. */
    private final Map<String, long[]> moves = new TreeMap<>();

    void taken(String sender, StoredMessage.Status status) {
        of(sender)[status == StoredMessage.Status.ACCEPTED ? ACCEPTED : REFUSED]++;
    }

    void owed(String recipient) {
        of(recipient)[OWED]++;
        of(recipient)[column(DeliveryState.WAITING)]++;
    }

    void moved(String recipient, DeliveryState from, DeliveryState to) {
        of(recipient)[column(from)]--;
        of(recipient)[column(to)]++;
    }

    /** To whom the delivery is owed and where it is. */
    record Entry(String recipient, DeliveryState state) {}

    /** Reads the entry; null when there is no such delivery. */
    static @Nullable Entry find(LedgerTransaction transaction, String deliveryId) throws SQLException {
        PreparedStatement select = transaction.statement(SELECT);
        select.setString(1, deliveryId);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? new Entry(rows.getString(1), DeliveryState.valueOf(rows.getString(2))) : null;
        }
    }

    /** Writes the moves: the last write before the commit, since other nodes wait for it. */
    void post(LedgerTransaction transaction) throws SQLException {
        if (moves.isEmpty()) {
            return;
        }
        PreparedStatement row = transaction.statement(POST);
        for (Map.Entry<String, long[]> move : moves.entrySet()) {
            row.setString(1, move.getKey());
            for (int column = 0; column < COLUMNS; column++) {
                row.setLong(column + 2, move.getValue()[column]);
            }
            row.addBatch();
        }
        row.executeBatch();
        moves.clear();
    }

    private long[] of(String agency) {
        return moves.computeIfAbsent(agency, absent -> new long[COLUMNS]);
    }

    private static int column(DeliveryState state) {
        return OWED
                + 1
                + switch (state) {
                    case WAITING -> 0;
                    case DELIVERED -> 1;
                    case DESK -> 2;
                    case WITHDRAWN -> 3;
                };
    }
}
