package org.referralhub.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The ledger's database: SQLite in a file, or PostgreSQL. The same tables and the same SQL on both. */
public final class LedgerDatabase implements AutoCloseable {

    private LedgerDatabase() {}

    /** The embedded database in this file, created when missing, migrated to the current tables. */
    public static LedgerDatabase embedded(Path file) {
        throw new UnsupportedOperationException(file.toString());
    }

    /**
     * The database at this address, migrated to the current tables.
     *
     * @param url {@code jdbc:postgresql:...} or {@code jdbc:sqlite:...}
     */
    public static LedgerDatabase at(String url, String user, String password) {
        throw new UnsupportedOperationException(url + user + password.length());
    }

    /** Connections for queries; they cannot write. */
    public DataSource readers() {
        throw new UnsupportedOperationException();
    }

    /** A new connection that may write; the embedded database has one writer at a time. */
    Connection writer() throws SQLException {
        throw new SQLException("not open");
    }

    @Override
    public void close() {}
}
