package org.referralhub.watch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Shows who is silent. */
final class SilenceReading implements Reading {
    private static final int MOST = 50;

    private final Silence silence;
    private final Clock clock;
    private final MultiGauge agencies;

    SilenceReading(Silence silence, Clock clock, MeterRegistry meters) {
        this.silence = silence;
        this.clock = clock;
        Gauge.builder("hub.agencies.speaking", silence, Silence::speaking)
                .description("Agencies that usually speak, by their own past or by what their entry expects")
                .register(meters);
        Gauge.builder("hub.agencies.silent", silence, one -> one.silent().size())
                .description("Agencies that usually speak and are silent")
                .register(meters);
        agencies = MultiGauge.builder("hub.agency.silence")
                .description("How long an agency is silent that usually speaks; " + MOST + " of them at most")
                .baseUnit("seconds")
                .register(meters);
    }

    @Override
    public String name() {
        return silence.name();
    }

    @Override
    public void take() throws SQLException {
        silence.take();
        Instant now = clock.instant();
        List<MultiGauge.Row<?>> rows = silence.silent().stream()
                .sorted(Comparator.comparing(Silence.Silent::since))
                .limit(MOST)
                .<MultiGauge.Row<?>>map(one -> MultiGauge.Row.of(
                        Tags.of("agency", one.agency()),
                        Duration.between(one.since(), now).toSeconds()))
                .toList();
        agencies.register(rows, true);
    }
}
