package org.referralhub.ledger;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes the rows of the search index. The terms of one referral lie all over it, so with every batch a busy hub would write a
 * page for nearly each of them. On the embedded database it gathers them for some seconds and then writes them in the index's
 * own order, where many share a page. What is gathered lies in a table beside the index, in the transaction that it belongs
 * to, so a crash loses none of it. A hub that is not busy gathers nothing: what a batch changes is found once that is committed.
 *
 * <p>For the ledger's thread and one connection; after an error there is a new one, which reads what waits.
 */
final class Postings {
    /** Messages in a batch from which on the hub is busy. */
    static final int BUSY = 16;
    /** A search finds what was opened so long ago, however busy the hub is; about. */
    static final Duration LONGEST = Duration.ofSeconds(5);

    /** Changes that wait at most, some 10 MB of memory. */
    private static final int MOST = 50_000;

    private static final String INSERT =
            "insert into posting (term, opened_at, referral_id) values (?, ?, ?) on conflict do nothing";
    private static final String DELETE = "delete from posting where term = ? and opened_at = ? and referral_id = ?";
    private static final String WAIT = "insert into posting_waiting (number, changes) values (?, ?)";
    private static final String SAME_TERM = "select opened_at, referral_id from posting where term = ?"
            + " and referral_id <> ? order by opened_at desc, referral_id desc limit ?";

    private final boolean gathers;
    /** What earlier batches have left; true adds the row, false removes it. */
    private final Map<Row, Boolean> waiting = new HashMap<>();
    /** What this batch changes, in order. */
    private final Map<Row, Boolean> fresh = new LinkedHashMap<>();
    /** Referrals that are not in the index yet under terms of a child, the latest first. */
    private final Map<String, TreeSet<Row>> children = new HashMap<>();

    private int batches;
    private long since;

    /** A row of the index, in the order of the index but for the direction of time. */
    private record Row(String term, long openedAt, String referralId) {
        static final Comparator<Row> INDEX =
                Comparator.comparing(Row::term).thenComparingLong(Row::openedAt).thenComparing(Row::referralId);
        static final Comparator<Row> LATEST_FIRST = Comparator.comparingLong(Row::openedAt)
                .thenComparing(Row::referralId)
                .reversed();
    }

    private Postings(boolean gathers) {
        this.gathers = gathers;
    }

    /**
     * With what waits in the database.
     *
     * @param gathers false where other nodes must see at once what this one writes
     */
    static Postings open(Connection connection, boolean gathers) throws SQLException {
        Postings postings = new Postings(gathers);
        if (gathers) {
            try (PreparedStatement select =
                            connection.prepareStatement("select number, changes from posting_waiting order by number");
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    postings.batches = rows.getInt(1);
                    postings.read(rows.getBytes(2));
                }
            }
            postings.since = System.nanoTime();
        }
        return postings;
    }

    /** The referral is found under this term from now on. */
    void add(String term, Referral referral) {
        Row row = new Row(term, referral.openedAt, referral.id);
        fresh.put(row, true);
        remember(row);
    }

    private void remember(Row row) {
        if (row.term().startsWith(ChildKeys.SAME)) {
            children.computeIfAbsent(row.term(), term -> new TreeSet<>(Row.LATEST_FIRST))
                    .add(row);
        }
    }

    /** The referral is not found under this term any more; never a term of a child. */
    void remove(String term, Referral referral) {
        fresh.put(new Row(term, referral.openedAt, referral.id), false);
    }

    /** Ids of the referrals under this term of a child, but for one, the latest first; what is not written yet included. */
    List<String> others(LedgerTransaction transaction, String term, String referralId, int most) throws SQLException {
        TreeSet<Row> found = new TreeSet<>(Row.LATEST_FIRST);
        TreeSet<Row> unwritten = children.get(term);
        if (unwritten != null) {
            found.addAll(unwritten);
        }
        PreparedStatement select = transaction.statement(SAME_TERM);
        select.setString(1, term);
        select.setString(2, referralId);
        select.setInt(3, most);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(new Row(term, rows.getLong(1), rows.getString(2)));
            }
        }
        return found.stream()
                .map(Row::referralId)
                .filter(id -> !id.equals(referralId))
                .limit(most)
                .toList();
    }

    /**
     * Writes what the batch has changed, to the index or beside it.
     *
     * @param messages in the batch
     */
    void write(LedgerTransaction transaction, int messages) throws SQLException {
        if (gathers && mayWait(messages)) {
            gather(transaction);
            return;
        }
        waiting.putAll(fresh);
        fresh.clear();
        if (!waiting.isEmpty()) {
            index(transaction);
        }
        if (batches > 0) {
            transaction.statement("delete from posting_waiting").executeUpdate();
            batches = 0;
        }
        waiting.clear();
        children.clear();
    }

    /** Once a hub has been busy, a small batch is no sign that it is not; an empty one is. */
    private boolean mayWait(int messages) {
        if (waiting.isEmpty()) {
            return messages >= BUSY;
        }
        return messages > 0 && waiting.size() + fresh.size() < MOST && System.nanoTime() - since < LONGEST.toNanos();
    }

    private void gather(LedgerTransaction transaction) throws SQLException {
        if (fresh.isEmpty()) {
            return;
        }
        if (waiting.isEmpty()) {
            since = System.nanoTime();
        }
        PreparedStatement wait = transaction.statement(WAIT);
        wait.setInt(1, ++batches);
        wait.setBytes(2, written());
        wait.executeUpdate();
        waiting.putAll(fresh);
        fresh.clear();
    }

    private void index(LedgerTransaction transaction) throws SQLException {
        PreparedStatement insert = transaction.statement(INSERT);
        PreparedStatement delete = transaction.statement(DELETE);
        boolean added = false;
        boolean removed = false;
        Map<Row, Boolean> ordered = new TreeMap<>(Row.INDEX);
        ordered.putAll(waiting);
        for (Map.Entry<Row, Boolean> change : ordered.entrySet()) {
            boolean add = change.getValue();
            PreparedStatement row = add ? insert : delete;
            row.setString(1, change.getKey().term());
            row.setLong(2, change.getKey().openedAt());
            row.setString(3, change.getKey().referralId());
            row.addBatch();
            added |= add;
            removed |= !add;
        }
        // No row is both added and removed, so it does not matter which goes first.
        if (added) {
            insert.executeBatch();
        }
        if (removed) {
            delete.executeBatch();
        }
    }

    private byte[] written() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(fresh.size() * Long.SIZE);
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            String last = "";
            for (Map.Entry<Row, Boolean> change : fresh.entrySet()) {
                Row row = change.getKey();
                out.writeBoolean(change.getValue());
                out.writeUTF(row.term());
                out.writeLong(row.openedAt());
                // Mostly the same again, so it is left out.
                out.writeUTF(row.referralId().equals(last) ? "" : row.referralId());
                last = row.referralId();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return bytes.toByteArray();
    }

    private void read(byte[] changes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(changes))) {
            String last = "";
            while (in.available() > 0) {
                boolean add = in.readBoolean();
                String term = in.readUTF();
                long openedAt = in.readLong();
                String id = in.readUTF();
                last = id.isEmpty() ? last : id;
                Row row = new Row(term, openedAt, last);
                waiting.put(row, add);
                if (add) {
                    remember(row);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("rows that wait for the index can't be read", e);
        }
    }
}
