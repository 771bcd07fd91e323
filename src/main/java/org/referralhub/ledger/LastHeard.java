package org.referralhub.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When something last came from an agency, however long ago. For a few agencies: it looks through all hours of the books. */
public final class LastHeard {
    private static final long HOUR = 3_600_000;
    private static final String HEARD =
            "select max(hour) from account_hour where agency = ? and accepted + refused > 0";

    private final LedgerDatabase database;

    /** Reads the books of this ledger. */
    public LastHeard(LedgerDatabase database) {
        this.database = database;
    }

    /**
     * When the hour in which it last spoke was over; for one that never has, when it was first asked for here.
     *
     * @param now when that is, if it is the first time
     */
    public Instant since(String agency, Instant now) throws SQLException {
        try (Connection connection = database.longReaders().getConnection()) {
            Long heard = one(connection, HEARD, agency);
            if (heard != null) {
                return Instant.ofEpochMilli(heard + HOUR);
            }
        }
        try (Connection connection = database.writer()) {
            try (PreparedStatement insert = connection.prepareStatement(
                    "insert into agency_awaited (agency, since) values (?, ?) on conflict do nothing")) {
                insert.setString(1, agency);
                insert.setLong(2, now.toEpochMilli());
                insert.executeUpdate();
            }
            Long since = one(connection, "select since from agency_awaited where agency = ?", agency);
            return since == null ? now : Instant.ofEpochMilli(since);
        }
    }

    private static @Nullable Long one(Connection connection, String sql, String agency) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, agency);
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    return null;
                }
                long value = rows.getLong(1);
                return rows.wasNull() ? null : value;
            }
        }
    }
}
