package org.referralhub.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Identifiers;

/**
 * Who did what, and why, in rows of which each holds the hash of the one before: a row that is changed, removed or put in between
 * breaks the chain.
 */
public final class AuditChain {
    /** Of a row, as {@link #fits} takes them; the hash is the last. */
    static final String COLUMNS = "seq, at, actor, action, subject, reason, previous, hash";

    static final String START = "0".repeat(64);

    private static final int LONGEST_REASON = 1_000;

    private AuditChain() {}

    /** The same for what needs no reason. */
    public static void append(LedgerTransaction transaction, String actor, String action, String subject)
            throws SQLException {
        append(transaction, actor, action, subject, null);
    }

    /**
     * Adds a row in the ledger's transaction. Two nodes that add at once meet at the row's number, and one does its batch
     * again.
     *
     * @param actor opaque id of a person or program
     * @param action what was done, a code
     * @param subject to what, an opaque id
     * @param why in the actor's words; of more than 1,000 characters the beginning
     */
    public static void append(
            LedgerTransaction transaction, String actor, String action, String subject, @Nullable String why)
            throws SQLException {
        String reason = why == null || why.isBlank()
                ? null
                : why.length() > LONGEST_REASON ? why.substring(0, LONGEST_REASON) : why;
        long seq = 1;
        String previous = START;
        try (ResultSet last = transaction
                .statement("select seq, hash from audit order by seq desc limit 1")
                .executeQuery()) {
            if (last.next()) {
                seq = last.getLong(1) + 1;
                previous = last.getString(2);
            }
        }
        long at = transaction.now().toEpochMilli();
        PreparedStatement insert =
                transaction.statement("insert into audit (seq, at, actor, action, subject, reason, previous, hash)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setLong(1, seq);
        insert.setLong(2, at);
        insert.setString(3, actor);
        insert.setString(4, action);
        insert.setString(5, subject);
        insert.setString(6, reason);
        insert.setString(7, previous);
        insert.setString(8, hash(seq, at, actor, action, subject, reason, previous));
        insert.executeUpdate();
    }

    /**
     * Follows the chain from its start.
     *
     * @return number of the first row that does not fit; empty when the chain is whole
     */
    public static OptionalLong firstBroken(DataSource readers) throws SQLException {
        long expected = 1;
        String previous = START;
        try (Connection connection = readers.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select " + COLUMNS + " from audit order by seq");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                if (!fits(rows, expected, previous)) {
                    return OptionalLong.of(expected);
                }
                expected++;
                previous = rows.getString(8);
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Whether this row is what was written after that one.
     *
     * @param row of {@link #COLUMNS}
     */
    static boolean fits(ResultSet row, long expected, String previous) throws SQLException {
        String hash = hash(
                row.getLong(1),
                row.getLong(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                previous);
        return row.getLong(1) == expected
                && row.getString(7).equals(previous)
                && row.getString(8).equals(hash);
    }

    private static String hash(
            long seq, long at, String actor, String action, String subject, @Nullable String reason, String previous) {
        // Lengths in front, so that no two rows have the same bytes.
        StringBuilder row = new StringBuilder(previous).append(seq).append(':').append(at);
        // Rows of before there were reasons keep their hash.
        List<String> fields =
                reason == null ? List.of(actor, action, subject) : List.of(actor, action, subject, reason);
        for (String field : fields) {
            row.append(':').append(field.length()).append(':').append(field);
        }
        return Identifiers.digest(row.toString().getBytes(StandardCharsets.UTF_8));
    }
}
