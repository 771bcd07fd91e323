package org.referralhub.watch;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.referralhub.broker.Broker;
import org.referralhub.message.Queues;

/** The fullest inboxes, by agency. Thousands of offices would be thousands of series, so only these have one. */
final class InboxReading implements Reading {
    /** More than anybody can attend to at once. */
    static final int MOST = 20;

    private final Broker broker;
    private final MultiGauge backlog;

    InboxReading(Broker broker, MeterRegistry meters) {
        this.broker = broker;
        this.backlog = MultiGauge.builder("hub.inbox.backlog")
                .description("Messages in the fullest inboxes, " + MOST + " of them at most, by agency")
                .register(meters);
    }

    @Override
    public String name() {
        return "the inboxes";
    }

    @Override
    public void take() {
        backlog.register(fullest(broker.depths()), true);
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
