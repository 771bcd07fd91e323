package org.referralhub.broker;

import java.util.Map;
import java.util.stream.LongStream;

/** Depths of all queues, asked for at most every few seconds however many gauges look. */
final class Backlog {
    private static final long FRESH_NANOS = 5_000_000_000L;

    private final Broker broker;
    private Map<String, Long> depths = Map.of();
    private long takenAt;

    Backlog(Broker broker) {
        this.broker = broker;
    }

    double depth(String queue) {
        return depths().getOrDefault(queue, 0L);
    }

    double inInboxes() {
        return inboxes().sum();
    }

    double agenciesWithBacklog() {
        return inboxes().filter(depth -> depth > 0).count();
    }

    double longest() {
        return inboxes().max().orElse(0);
    }

    private LongStream inboxes() {
        return depths().entrySet().stream()
                .filter(queue -> queue.getKey().startsWith("agency."))
                .mapToLong(Map.Entry::getValue);
    }

    private synchronized Map<String, Long> depths() {
        long now = System.nanoTime();
        if (depths.isEmpty() || now - takenAt > FRESH_NANOS) {
            depths = broker.depths();
            takenAt = now;
        }
        return depths;
    }
}
