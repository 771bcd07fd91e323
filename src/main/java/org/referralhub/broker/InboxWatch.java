package org.referralhub.broker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When something was last taken from each inbox, seen by looking at the broker's own counts every few seconds: a message costs
 * nothing more for it. Known since this node started.
 */
public final class InboxWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InboxWatch.class);
    private static final Duration PACE = Duration.ofSeconds(5);

    private final Broker broker;
    private final Clock clock;
    private final Map<String, Long> taken = new HashMap<>();
    private final Map<String, Instant> lastTaken = new ConcurrentHashMap<>();
    private volatile Map<String, Broker.Activity> activity = Map.of();

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread own = new Thread(work, "inbox-watch");
        own.setDaemon(true);
        return own;
    });

    InboxWatch(Broker broker, Clock clock) {
        this.broker = broker;
        this.clock = clock;
    }

    /** Looks now and from now on. */
    InboxWatch start() {
        thread.scheduleWithFixedDelay(this::lookSafely, 0, PACE.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    /** When something was last taken from the queue, to a few seconds; empty when nothing was since this node started. */
    public Optional<Instant> lastTaken(String queue) {
        return Optional.ofNullable(lastTaken.get(queue));
    }

    /** What the last look found at each queue of the hub, a few seconds old. */
    public Map<String, Broker.Activity> activity() {
        return activity;
    }

    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.debug("The inboxes can't be looked at now: {}", e.getClass().getName());
        }
    }

    /** Looks once. */
    synchronized void look() {
        Map<String, Broker.Activity> now = broker.activity();
        Instant at = clock.instant();
        now.forEach((queue, seen) -> {
            Long before = taken.put(queue, seen.taken());
            // A count that is smaller began anew, with its broker.
            if (before != null && seen.taken() > before) {
                lastTaken.put(queue, at);
            }
        });
        activity = Map.copyOf(now);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
