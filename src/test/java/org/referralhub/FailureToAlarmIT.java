package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.message.Headers;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Scrape;
import org.referralhub.watch.Watch;

/** From the failure of an IMMEDIATE delivery to the alarm in an operator's pocket, with the settings that the hub comes with. */
class FailureToAlarmIT {
    /** The first trouble is held for 20 s, and the hub looks every 5 s. */
    private static final Duration AT_MOST = Duration.ofSeconds(30);

    @Test
    void an_immediate_delivery_that_fails_is_at_the_desk_in_the_metrics_and_alarmed_within_half_a_minute(
            @TempDir Path data) throws Exception {
        try (RunningHub hub = RunningHub.start(data, Map.of())) {
            hub.settle();
            long failed = System.nanoTime();
            deliver(hub, "an-agency-that-has-left");
            await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(
                            hub.as("operator").get("/dead-letters").text())
                    .contains("unknown-agency"));
            Duration desk = Duration.ofNanos(System.nanoTime() - failed);
            hub.bean(Watch.class).look();
            Scrape scrape = Scrape.of(hub);
            assertThat(scrape.value("hub_desk_letters", "unknown-agency")).hasValue(1);
            assertThat(scrape.value("hub_desk_urgency_letters", "IMMEDIATE")).hasValue(1);
            assertThat(scrape.value("hub_desk_time_left_seconds", "IMMEDIATE")).isPresent();
            assertThat(scrape.value("hub_stage_failures_total", "delivery")).hasValue(1);

            Path texts = data.resolve("sms.log");
            await().atMost(AT_MOST)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> Files.exists(texts) && Files.readString(texts).contains("dead-letter IMMEDIATE"));
            Duration alarm = Duration.ofNanos(System.nanoTime() - failed);

            System.out.printf("at the desk after %s, alarmed after %s%n", desk, alarm);
            assertThat(alarm).isLessThan(AT_MOST);
        }
    }

    /** As the ledger does for a recipient whose entry somebody has taken out since. */
    private static void deliver(RunningHub hub, String recipient) throws Exception {
        try (Connection connection = hub.bean(Broker.class).connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.DELIVERY))) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes("{}".getBytes(StandardCharsets.UTF_8));
            message.setStringProperty(Headers.DELIVERY_ID, UUID.randomUUID().toString());
            message.setStringProperty(Headers.RECIPIENT, recipient);
            message.setStringProperty(Headers.MESSAGE_TYPE, "REQUEST");
            message.setStringProperty(Headers.MESSAGE_ID, "m-" + UUID.randomUUID());
            message.setStringProperty(Headers.URGENCY, Urgency.IMMEDIATE.name());
            producer.send(message, DeliveryMode.PERSISTENT, Urgency.IMMEDIATE.priority(), 0);
        }
    }
}
