package org.referralhub.edition;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.referralhub.edition.ChangeReport.Outcome;

/** What of the configuration can be watched from outside. */
final class ChangeMeters {
    private final LiveChange change;
    private final MultiGauge version;
    private final Counter accepted;
    private final Counter refused;

    private ChangeMeters(MeterRegistry registry, LiveChange change) {
        this.change = change;
        version = MultiGauge.builder("hub.configuration.version")
                .description("1 for the version of the configuration that runs")
                .register(registry);
        accepted = counter(registry, "accepted");
        refused = counter(registry, "refused");
        TimeGauge.builder("hub.configuration.since", change, TimeUnit.MILLISECONDS, one -> one.status()
                        .since()
                        .toEpochMilli())
                .description("When the version that runs began to, in seconds since 1970 UTC")
                .strongReference(true)
                .register(registry);
        Gauge.builder(
                        "hub.configuration.differs",
                        change,
                        one -> one.status().version().equals(one.status().inFiles()) ? 0 : 1)
                .description("1 while the files hold another version than the one that runs")
                .strongReference(true)
                .register(registry);
        show();
    }

    /** Counts every attempt from now on. */
    static void register(MeterRegistry registry, LiveChange change) {
        ChangeMeters meters = new ChangeMeters(registry, change);
        change.tell(meters::count);
    }

    private static Counter counter(MeterRegistry registry, String name) {
        return Counter.builder("hub.configuration." + name)
                .description("Changes of the configuration that were " + name)
                .register(registry);
    }

    private void count(ChangeReport report) {
        if (report.outcome() == Outcome.ACCEPTED) {
            accepted.increment();
            show();
        } else {
            refused.increment();
        }
    }

    private void show() {
        version.register(
                List.of(MultiGauge.Row.of(Tags.of("version", change.status().version()), 1)), true);
    }
}
