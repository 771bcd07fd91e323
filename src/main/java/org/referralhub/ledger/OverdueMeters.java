package org.referralhub.ledger;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.referralhub.message.Urgency;

/** How many deadlines are overdue, by urgency, exercises left out; read at most every ten seconds. */
final class OverdueMeters {
    private static final long KEPT = Duration.ofSeconds(10).toNanos();
    private static final String COUNT =
            "select r.urgency, r.sender, count(*) from clock c join referral r on r.id = c.referral_id"
                    + " where c.ended_at is null and c.state = 'OVERDUE' group by r.urgency, r.sender";

    private final DataSource readers;
    private final Predicate<String> exercise;
    private Map<Urgency, Double> counts = Map.of();
    private long readAt = System.nanoTime() - KEPT - 1;

    private OverdueMeters(DataSource readers, Predicate<String> exercise) {
        this.readers = readers;
        this.exercise = exercise;
    }

    /** @param exercise whether all that an agency sends is an exercise, for which nobody shall be woken */
    static void register(MeterRegistry registry, DataSource readers, Predicate<String> exercise) {
        OverdueMeters overdue = new OverdueMeters(readers, exercise);
        for (Urgency urgency : Urgency.values()) {
            Gauge.builder("hub.clocks.overdue", overdue, meters -> meters.count(urgency))
                    .description("Deadlines that have run out and wait for their answer still")
                    .tag("urgency", urgency.name())
                    .strongReference(true)
                    .register(registry);
        }
    }

    /** Not a number while the database does not answer. */
    private synchronized double count(Urgency urgency) {
        if (System.nanoTime() - readAt > KEPT) {
            try {
                counts = read();
            } catch (SQLException e) {
                // Remembered like a reading: each gauge that asked again would wait for the database once more.
                counts = Map.of();
            }
            readAt = System.nanoTime();
        }
        return counts.isEmpty() ? Double.NaN : counts.getOrDefault(urgency, 0.0);
    }

    private Map<Urgency, Double> read() throws SQLException {
        Map<Urgency, Double> read = new EnumMap<>(Urgency.class);
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(COUNT);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                if (!exercise.test(rows.getString(2))) {
                    read.merge(Urgency.valueOf(rows.getString(1)), rows.getDouble(3), Double::sum);
                }
            }
            read.putIfAbsent(Urgency.IMMEDIATE, 0.0);
        }
        return read;
    }
}
