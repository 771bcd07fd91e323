package org.referralhub.watch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.Urgency;

/**
 * The desk as one look at short indexes finds it, however many letters there are: causes and recipients from the groups, which
 * count what is open; the least time left and the oldest from the first entry of an index.
 */
final class DeskReading implements Reading {
    /** Pairs of cause and recipient with a series of their own; the others are one. */
    static final int MOST = 50;

    /** Letters of one urgency are counted up to here. */
    private static final int COUNTED = 10_000;

    private static final String OTHER = "other";
    private static final String NONE = "none";

    private static final String GROUPS = "select cause, recipient, sum(open) from letter_group where open > 0"
            + " group by cause, recipient order by 3 desc, cause, recipient";
    private static final String COUNT = "select count(*) from (select 1 as one from letter where state = 'OPEN'"
            + " and rank = ?%s limit " + COUNTED + ") counted";
    private static final String LEAST = "select min(due_at) from letter where state = 'OPEN' and rank = ?%s";
    /** Nobody is woken for an exercise. A letter without a referral is in earnest. */
    private static final String IN_EARNEST =
            " and not exists (select 1 from referral r where r.id = letter.referral_id and r.sender in (%s))";

    private static final String OLDEST = "select min(captured_at) from letter where state = 'OPEN'";

    private final DataSource readers;
    private final Supplier<AgencyRegistry> agencies;
    private final Clock clock;
    private final MultiGauge letters;
    private volatile Map<Urgency, Long> open = Map.of();
    private volatile Map<Urgency, Long> due = Map.of();
    private volatile double oldest = Double.NaN;

    DeskReading(DataSource readers, Supplier<AgencyRegistry> agencies, Clock clock, MeterRegistry meters) {
        this.readers = readers;
        this.agencies = agencies;
        this.clock = clock;
        letters = MultiGauge.builder("hub.desk.letters")
                .description("Open letters by cause and recipient; beyond " + MOST + " pairs as other")
                .register(meters);
        for (Urgency urgency : Urgency.values()) {
            Gauge.builder("hub.desk.urgency.letters", this, desk -> number(desk.open.get(urgency)))
                    .description("Open letters by urgency, counted up to " + COUNTED)
                    .tag("urgency", urgency.name())
                    .register(meters);
            Gauge.builder("hub.desk.time.left", this, desk -> desk.left(urgency))
                    .description("Least time that an open letter of this urgency has left; below zero when it is over")
                    .baseUnit("seconds")
                    .tag("urgency", urgency.name())
                    .register(meters);
        }
        Gauge.builder("hub.desk.oldest", this, desk -> desk.oldest)
                .description("Age of the oldest open letter; 0 when there is none")
                .baseUnit("seconds")
                .register(meters);
    }

    private static double number(@Nullable Long value) {
        return value == null ? Double.NaN : value;
    }

    /** Not a number when nothing of this urgency is open. */
    private double left(Urgency urgency) {
        Long at = due.get(urgency);
        return at == null ? Double.NaN : (at - clock.millis()) / 1000.0;
    }

    @Override
    public String name() {
        return "the desk";
    }

    @Override
    public void take() throws SQLException {
        try (Connection connection = readers.getConnection()) {
            letters.register(groups(connection), true);
            Map<Urgency, Long> counts = new EnumMap<>(Urgency.class);
            Map<Urgency, Long> least = new EnumMap<>(Urgency.class);
            List<String> exercises = agencies.get().all().stream()
                    .filter(Agency::exercise)
                    .map(Agency::id)
                    .toList();
            String inEarnest = exercises.isEmpty()
                    ? ""
                    : IN_EARNEST.formatted(String.join(", ", Collections.nCopies(exercises.size(), "?")));
            for (Urgency urgency : Urgency.values()) {
                int rank = 9 - urgency.priority();
                counts.put(
                        urgency, Objects.requireNonNull(one(connection, COUNT.formatted(inEarnest), rank, exercises)));
                Long at = one(connection, LEAST.formatted(inEarnest), rank, exercises);
                if (at != null) {
                    least.put(urgency, at);
                }
            }
            open = counts;
            due = least;
            Long first = one(connection, OLDEST, null, List.of());
            oldest = first == null ? 0 : Math.max(0, (clock.millis() - first) / 1000.0);
        } catch (SQLException e) {
            open = Map.of();
            due = Map.of();
            oldest = Double.NaN;
            throw e;
        }
    }

    private static List<MultiGauge.Row<?>> groups(Connection connection) throws SQLException {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        long others = 0;
        try (PreparedStatement select = connection.prepareStatement(GROUPS);
                ResultSet groups = select.executeQuery()) {
            while (groups.next()) {
                if (rows.size() < MOST) {
                    String recipient = groups.getString(2);
                    rows.add(row(groups.getString(1), recipient == null ? NONE : recipient, groups.getLong(3)));
                } else {
                    others += groups.getLong(3);
                }
            }
        }
        if (others > 0) {
            rows.add(row(OTHER, OTHER, others));
        }
        return rows;
    }

    private static MultiGauge.Row<?> row(String cause, String recipient, long letters) {
        return MultiGauge.Row.of(Tags.of("cause", cause, "recipient", recipient), letters);
    }

    private static @Nullable Long one(Connection connection, String sql, @Nullable Integer rank, List<String> exercises)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            if (rank != null) {
                select.setInt(1, rank);
            }
            for (int i = 0; i < exercises.size(); i++) {
                select.setString(2 + i, exercises.get(i));
            }
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                long value = rows.getLong(1);
                return rows.wasNull() ? null : value;
            }
        }
    }
}
