package org.referralhub.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * When agencies last sent something. It follows from the books by the hour, so nothing is written for it, and only the hours since
 * the last look are read.
 */
public final class LastSent {
    /** Who has been silent for longer than this has no time here. */
    public static final Duration REMEMBERED = Duration.ofDays(31);

    private final DataSource readers;
    private final Clock clock;
    private final Map<String, Instant> hours = new HashMap<>();
    private @Nullable Instant looked;

    public LastSent(DataSource readers, Clock clock) {
        this.readers = readers;
        this.clock = clock;
    }

    /**
     * The hour in which each agency last sent something, by its beginning; without those that were silent for long.
     *
     * @throws LedgerUnavailableException when the ledger can't be read now
     */
    public synchronized Map<String, Instant> hours() {
        Instant now = clock.instant();
        Instant oldest = now.minus(REMEMBERED);
        // What another node is writing while the hour turns is seen at the next look.
        Instant since = looked == null ? oldest : looked.minus(Duration.ofHours(1));
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement("select agency, max(hour) from account_hour"
                        + " where hour >= ? and (accepted > 0 or refused > 0) group by agency")) {
            select.setLong(1, Accounts.hour(since.toEpochMilli()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    hours.put(rows.getString(1), Instant.ofEpochMilli(rows.getLong(2)));
                }
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
        looked = now;
        hours.values().removeIf(hour -> hour.isBefore(oldest));
        return Map.copyOf(hours);
    }

    /**
     * The very moment for one agency; reads what all agencies sent in that one hour.
     *
     * @return empty when it has been silent for long
     * @throws LedgerUnavailableException when the ledger can't be read now
     */
    public Optional<Instant> of(String agency) {
        Instant hour = hours().get(agency);
        if (hour == null) {
            return Optional.empty();
        }
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select max(recorded_at) from message where recorded_at >= ? and recorded_at < ? and sender = ?")) {
            select.setLong(1, hour.toEpochMilli());
            select.setLong(2, hour.plus(Duration.ofHours(1)).toEpochMilli());
            select.setString(3, agency);
            try (ResultSet rows = select.executeQuery()) {
                long at = rows.next() ? rows.getLong(1) : 0;
                return Optional.of(at == 0 ? hour : Instant.ofEpochMilli(at));
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }
}
