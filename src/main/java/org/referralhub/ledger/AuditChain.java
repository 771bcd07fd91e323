package org.referralhub.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.referralhub.message.Identifiers;

/**
 * Who did what, in rows of which each holds the hash of the one before: a row that is changed, removed or put in between
 * breaks the chain.
 */
public final class AuditChain {
    private static final String START = "0".repeat(64);

    private AuditChain() {}

    /**
     * Adds a row in the ledger's transaction. Two nodes that add at once meet at the row's number, and one does its batch
     * again.
     *
     * @param actor opaque id of a person or program
     * @param action what was done, a code
     * @param subject to what, an opaque id
     */
    public static void append(LedgerTransaction transaction, String actor, String action, String subject)
            throws SQLException {
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
        PreparedStatement insert = transaction.statement(
                "insert into audit (seq, at, actor, action, subject, previous, hash) values (?, ?, ?, ?, ?, ?, ?)");
        insert.setLong(1, seq);
        insert.setLong(2, at);
        insert.setString(3, actor);
        insert.setString(4, action);
        insert.setString(5, subject);
        insert.setString(6, previous);
        insert.setString(7, hash(seq, at, actor, action, subject, previous));
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
                PreparedStatement select = connection.prepareStatement(
                        "select seq, at, actor, action, subject, previous, hash from audit order by seq");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                long seq = rows.getLong(1);
                String hash =
                        hash(seq, rows.getLong(2), rows.getString(3), rows.getString(4), rows.getString(5), previous);
                if (seq != expected
                        || !rows.getString(6).equals(previous)
                        || !rows.getString(7).equals(hash)) {
                    return OptionalLong.of(expected);
                }
                expected++;
                previous = hash;
            }
        }
        return OptionalLong.empty();
    }

    static String hash(long seq, long at, String actor, String action, String subject, String previous) {
        // Lengths in front, so that no two rows have the same bytes.
        StringBuilder row = new StringBuilder(previous).append(seq).append(':').append(at);
        for (String field : new String[] {actor, action, subject}) {
            row.append(':').append(field.length()).append(':').append(field);
        }
        return Identifiers.digest(row.toString().getBytes(StandardCharsets.UTF_8));
    }
}
