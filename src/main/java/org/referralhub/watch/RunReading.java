package org.referralhub.watch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** The replay runs that have not ended: a few rows. */
final class RunReading implements Reading {
    private static final List<String> STATES = List.of("RUNNING", "PAUSED", "HALTED");
    private static final String COUNT = "select state, count(*) from desk_run where state in ('"
            + String.join("', '", STATES) + "') group by state";

    private final DataSource readers;
    private volatile Map<String, Long> runs = Map.of();

    RunReading(DataSource readers, MeterRegistry meters) {
        this.readers = readers;
        for (String state : STATES) {
            Gauge.builder("hub.desk.runs", this, one -> one.runs.getOrDefault(state, 0L))
                    .description("Replay runs that have not ended, by state; halted ones have met a new failure")
                    .tag("state", state)
                    .register(meters);
        }
    }

    @Override
    public String name() {
        return "the replay runs";
    }

    @Override
    public void take() throws SQLException {
        Map<String, Long> found = new HashMap<>();
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(COUNT);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.put(rows.getString(1), rows.getLong(2));
            }
        }
        runs = Map.copyOf(found);
    }
}
