package org.referralhub.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The ledger's database: SQLite in a file, or PostgreSQL. The same tables and the same SQL on both. */
public final class LedgerDatabase implements AutoCloseable {
    private static final String SQLITE = "jdbc:sqlite:";
    private static final int READERS = 4;
    /** For what may take minutes: one that verifies, one that counts, one that rehearses, and one for manifests beside them. */
    private static final int LONG_READERS = 4;
    /**
     * Pages in the write-ahead log before they move to the database: 32 MiB. Identifiers are random, so the more batches
     * share a move, the fewer pages are written twice.
     */
    private static final int CHECKPOINT_PAGES = 8192;

    private static final Duration BUSY = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofMinutes(1);
    private static final Duration LONG_ANSWER = Duration.ofMinutes(30);

    private final DataSource writers;
    private final HikariDataSource readers;
    private final HikariDataSource longReaders;

    private LedgerDatabase(DataSource writers, HikariDataSource readers, HikariDataSource longReaders) {
        this.writers = writers;
        this.readers = readers;
        this.longReaders = longReaders;
    }

    /** The embedded database in this file, created when missing, migrated to the current tables. */
    public static LedgerDatabase embedded(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of the ledger's database can't be made", e);
        }
        SQLiteDataSource writers = sqlite(SQLITE + file, true);
        Consumer<HikariConfig> reading = pool -> {
            pool.setDataSource(sqlite(SQLITE + file, false));
            pool.setConnectionInitSql("pragma query_only = true");
        };
        return open(writers, writers, reading, reading);
    }

    /**
     * The database at this address, migrated to the current tables.
     *
     * @param url {@code jdbc:postgresql:...} or {@code jdbc:sqlite:...}
     */
    public static LedgerDatabase at(String url, String user, String password) {
        if (url.startsWith(SQLITE)) {
            return embedded(Path.of(url.substring(SQLITE.length())));
        }
        return open(
                postgres(url, user, password, Duration.ZERO),
                postgres(url, user, password, ANSWER),
                pool -> readOnly(pool, postgres(url, user, password, ANSWER)),
                pool -> readOnly(pool, postgres(url, user, password, LONG_ANSWER)));
    }

    private static void readOnly(HikariConfig pool, DataSource source) {
        pool.setDataSource(source);
        pool.setReadOnly(true);
    }

    /** @param answer so long may one statement take before the database is held to be away; zero: as long as it takes */
    private static PGSimpleDataSource postgres(String url, String user, String password, Duration answer) {
        PGSimpleDataSource postgres = new PGSimpleDataSource();
        postgres.setUrl(url);
        if (!user.isEmpty()) {
            postgres.setUser(user);
            postgres.setPassword(password);
        }
        postgres.setReWriteBatchedInserts(true);
        postgres.setConnectTimeout(10);
        postgres.setSocketTimeout(Math.toIntExact(answer.toSeconds()));
        return postgres;
    }

    /**
     * Brings the tables up to date and opens what reads them.
     *
     * @param owners for the migrations, which may take hours on a large ledger and must not be cut off in their middle
     */
    private static LedgerDatabase open(
            DataSource owners, DataSource writers, Consumer<HikariConfig> reading, Consumer<HikariConfig> readingLong) {
        Flyway.configure()
                .dataSource(owners)
                .locations("classpath:db/migration")
                // Where rows lie in the order of their key anyway, SQLite would keep them twice. PostgreSQL knows no
                // such thing.
                .placeholders(Map.of("clustered", writers instanceof SQLiteDataSource ? "without rowid" : ""))
                .load()
                .migrate();
        return new LedgerDatabase(
                writers,
                pool("ledger-readers", READERS, 1, reading),
                pool("ledger-long-readers", LONG_READERS, 0, readingLong));
    }

    private static HikariDataSource pool(String name, int most, int idle, Consumer<HikariConfig> reading) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName(name);
        pool.setMaximumPoolSize(most);
        pool.setMinimumIdle(idle);
        pool.setConnectionTimeout(BUSY.toMillis());
        reading.accept(pool);
        return new HikariDataSource(pool);
    }

    private static SQLiteDataSource sqlite(String url, boolean writes) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout((int) BUSY.toMillis());
        config.enforceForeignKeys(true);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        if (writes) {
            // Small pages: identifiers are random, so most rows dirty an index page of their own, and pages are written
            // whole.
            config.setPageSize(4096);
            // Negative: KiB. Random identifiers touch the whole index, so what is recent should stay in memory.
            config.setCacheSize(-128 * 1024);
        }
        Properties properties = config.toProperties();
        SQLiteDataSource source = new SQLiteDataSource(new SQLiteConfig(properties));
        source.setUrl(url);
        return source;
    }

    /** Connections for queries; they cannot write. */
    public DataSource readers() {
        return readers;
    }

    /** The same for what may read for minutes, so that clocks, alarms and doors need not wait for a connection. */
    public DataSource longReaders() {
        return longReaders;
    }

    /** True when the database has one writer, and the hub one node. */
    boolean isEmbedded() {
        return writers instanceof SQLiteDataSource;
    }

    /** A new connection that may write; the embedded database has one writer at a time. */
    Connection writer() throws SQLException {
        Connection connection = writers.getConnection();
        if (isEmbedded()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("pragma wal_autocheckpoint = " + CHECKPOINT_PAGES);
            }
        }
        return connection;
    }

    @Override
    public void close() {
        readers.close();
        longReaders.close();
    }
}
