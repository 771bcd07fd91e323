package org.referralhub.watch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.referralhub.broker.Broker;
import org.referralhub.message.Queues;

/**
 * How much lies in the queues: each of the hub's own, also those of dialects that came while it ran, and the inboxes. Thousands
 * of offices would be thousands of series, so only the fullest inboxes have one.
 */
final class QueueReading implements Reading {
    /** More than anybody can attend to at once. */
    static final int MOST = 20;

    private final Broker broker;
    private final MultiGauge queues;
    private final MultiGauge backlog;
    /** Null while nobody knows. */
    private volatile @Nullable Map<String, Long> depths;

    QueueReading(Broker broker, MeterRegistry meters) {
        this.broker = broker;
        this.queues = MultiGauge.builder("hub.queue.messages")
                .description("Messages in a queue of the hub")
                .register(meters);
        this.backlog = MultiGauge.builder("hub.inbox.backlog")
                .description("Messages in the fullest inboxes, " + MOST + " of them at most, by agency")
                .register(meters);
        gauge(meters, "hub.inbox.messages", "Messages in all inboxes together", LongStream::sum);
        gauge(
                meters,
                "hub.inbox.agencies",
                "Agencies with at least one message in their inbox",
                inboxes -> inboxes.filter(depth -> depth > 0).count());
        gauge(meters, "hub.inbox.longest", "Messages in the fullest inbox", inboxes -> inboxes.max()
                .orElse(0));
    }

    private void gauge(MeterRegistry meters, String name, String description, ToDoubleFunction<LongStream> value) {
        Gauge.builder(name, this, reading -> {
                    Map<String, Long> known = reading.depths;
                    return known == null
                            ? Double.NaN
                            : value.applyAsDouble(known.entrySet().stream()
                                    .filter(queue -> Queues.agencyOf(queue.getKey()) != null)
                                    .mapToLong(Map.Entry::getValue));
                })
                .description(description)
                .register(meters);
    }

    @Override
    public String name() {
        return "the queues";
    }

    @Override
    public void take() {
        try {
            Map<String, Long> now = broker.depths();
            depths = Map.copyOf(now);
            queues.register(own(now), true);
            backlog.register(fullest(now), true);
        } catch (RuntimeException e) {
            depths = null;
            queues.register(List.of(), true);
            backlog.register(List.of(), true);
            throw e;
        }
    }

    private static List<MultiGauge.Row<?>> own(Map<String, Long> depths) {
        return depths.entrySet().stream()
                .filter(queue -> Queues.agencyOf(queue.getKey()) == null)
                .<MultiGauge.Row<?>>map(queue -> MultiGauge.Row.of(Tags.of("queue", queue.getKey()), queue.getValue()))
                .toList();
    }

    private static List<MultiGauge.Row<?>> fullest(Map<String, Long> depths) {
        return depths.entrySet().stream()
                .filter(queue -> queue.getValue() > 0 && Queues.agencyOf(queue.getKey()) != null)
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST)
                .<MultiGauge.Row<?>>map(queue -> MultiGauge.Row.of(
                        Tags.of("agency", String.valueOf(Queues.agencyOf(queue.getKey()))), queue.getValue()))
                .toList();
    }
}
