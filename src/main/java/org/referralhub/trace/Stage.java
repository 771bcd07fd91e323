package org.referralhub.trace;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What one stage of the way counts and measures of itself. */
public final class Stage {
    /** Names of the stages, in the order of the way. */
    public static final String INTAKE = "intake";

    /** The only one that keeps state. */
    public static final String LEDGER = "ledger";

    /** Into the inbox. */
    public static final String DELIVERY = "delivery";

    /** From the inbox to an agency that is pushed to. */
    public static final String COURIER = "courier";

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    private final Timer time;
    private final Counter retries;
    private final Counter failures;

    /** @param name one of the constants */
    public Stage(MeterRegistry registry, String name) {
        time = Timer.builder("hub.stage")
                .description("How long a stage has a message in hand, from taking it to passing it on")
                .tag("stage", name)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        retries = Counter.builder("hub.stage.retries")
                .description("Attempts at messages that had failed before")
                .tag("stage", name)
                .register(registry);
        failures = Counter.builder("hub.stage.failures")
                .description("Messages that the stage gave to the desk")
                .tag("stage", name)
                .register(registry);
    }

    /** It has had a message in hand for so long. */
    public void took(Duration duration) {
        time.record(duration);
    }

    /** It tries a message that has failed before. */
    public void retried() {
        retries.increment();
    }

    /** It has given a message to the desk. */
    public void failed() {
        failures.increment();
    }
}
