package org.referralhub.ledger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** Fresh databases of both kinds for tests; one PostgreSQL server for the whole run. */
public enum Databases {
    SQLITE {
        @Override
        public LedgerDatabase open() {
            try {
                Path folder = Files.createTempDirectory("ledger");
                return LedgerDatabase.embedded(folder.resolve("ledger.db"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },
    POSTGRESQL {
        @Override
        public LedgerDatabase open() {
            String name = "ledger" + NEXT.incrementAndGet();
            try (Connection connection = Server.INSTANCE.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create database " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return LedgerDatabase.at(Server.INSTANCE.getJdbcUrl("postgres", name), "postgres", "postgres");
        }
    };

    private static final AtomicInteger NEXT = new AtomicInteger();

    /** Does what nobody but a test does to a ledger. */
    public static void execute(LedgerDatabase database, String sql) throws SQLException {
        try (Connection connection = database.writer();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A new, empty, migrated database. */
    public abstract LedgerDatabase open();

    private static final class Server {
        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
