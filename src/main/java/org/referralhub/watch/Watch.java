package org.referralhub.watch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.referralhub.ledger.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Takes every reading in turn, again and again, on a thread of its own. One that fails keeps no other from being taken. */
public final class Watch implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    /** Fresh enough for any scrape, and nothing that a busy hub notices. */
    private static final Duration PACE = Duration.ofSeconds(10);

    private final List<Reading> readings;
    private final Set<String> failing = new HashSet<>();
    private volatile int failures;
    private final Loop loop = new Loop("watch", Duration.ofSeconds(15), this::run);

    Watch(List<Reading> readings, MeterRegistry meters) {
        this.readings = List.copyOf(readings);
        Gauge.builder("hub.watch.failing", this, watch -> watch.failures)
                .description("Kinds of readings that can't be taken now; what they show may be old")
                .register(meters);
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    private void run() {
        do {
            look();
        } while (loop.pause(PACE));
    }

    /** Takes each reading once. */
    public synchronized void look() {
        for (Reading reading : readings) {
            try {
                reading.take();
                failing.remove(reading.name());
            } catch (Exception e) {
                // Whatever a database, a broker or a disk can fail with; said once, by its class only.
                if (failing.add(reading.name())) {
                    LOG.warn(
                            "{} can't be watched for now: {}",
                            reading.name(),
                            e.getClass().getName());
                }
            }
        }
        failures = failing.size();
    }
}
