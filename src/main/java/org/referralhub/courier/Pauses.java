package org.referralhub.courier;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which agencies are paused, as the ledger has it, for all nodes and over restarts. Looked up at most once a second; while the
 * ledger can't be read, what was known stays, and before anything is known everybody is paused.
 */
public final class Pauses {
    private static final Logger LOG = LoggerFactory.getLogger(Pauses.class);
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
    private static final String NOW = "select p.agency, p.paused, p.actor, p.reason, p.at from agency_pause p"
            + " where p.number = (select max(l.number) from agency_pause l where l.agency = p.agency)";

    private final DataSource readers;
    private @Nullable Map<String, Pause> known;
    private long lookedAt;

    /**
     * The last order about an agency.
     *
     * @param paused false when it was resumed
     * @param actor who ordered it
     */
    public record Pause(String agency, boolean paused, String actor, String reason, Instant at) {}

    public Pauses(DataSource readers) {
        this.readers = readers;
    }

    /** True when couriers and collectors leave this agency alone. */
    public synchronized boolean isPaused(String agency) {
        long now = System.nanoTime();
        if (known == null || now - lookedAt > FRESH_NANOS) {
            try {
                known = read();
            } catch (SQLException e) {
                LOG.debug("The pauses can't be read now: {}", e.getSQLState());
            }
            lookedAt = now;
        }
        if (known == null) {
            return true;
        }
        Pause last = known.get(agency);
        return last != null && last.paused();
    }

    /** The last order about each agency, read now. */
    public Map<String, Pause> read() throws SQLException {
        Map<String, Pause> pauses = new TreeMap<>();
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(NOW);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                Pause pause = new Pause(
                        rows.getString(1),
                        rows.getInt(2) == 1,
                        rows.getString(3),
                        rows.getString(4),
                        Instant.ofEpochMilli(rows.getLong(5)));
                pauses.put(pause.agency(), pause);
            }
        }
        return pauses;
    }

    /** Whether this order has been recorded. */
    boolean has(String stamp) throws SQLException {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement("select 1 from agency_pause where stamp = ?")) {
            select.setString(1, stamp);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }
}
