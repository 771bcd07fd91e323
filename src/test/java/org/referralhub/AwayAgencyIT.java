package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.HubProcess;
import org.referralhub.testing.Inbox;
import org.referralhub.testing.Inbox.Letter;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.Rest;

/** An office without a connection for a week: everything for it waits on disk, and nobody else notices. */
class AwayAgencyIT {
    private static final String HELPLINE = "helpline-108";
    /** Whom the rules choose for a call from khoroo 23. */
    private static final String POLICE = "police-capital";

    private static final String AWAY = "social-work-111095";

    /** More than the helpline of the whole country sends in a week: 150,000 calls a year. */
    private static final int WEEK = 4000;

    private static final List<String> WEEK_IDS = IntStream.range(0, WEEK)
            .mapToObj(i -> Identifiers.referralId(HELPLINE, "WEEK-" + i))
            .toList();

    private static final int PROBES = 60;

    /** Calls about different children are recorded side by side, and what one consumer holds may wait for it some seconds. */
    private static final int PASSED_BY = WEEK / 4;

    /** Milliseconds; the week comes in as fast as the hub can take it, and the machine has nothing to spare. */
    private static final long WHILE_IT_COMES_IN = 3_000;

    /** An amendment follows its referral after so many others. */
    private static final int LATER = 500;

    @TempDir
    Path home;

    @Test
    void its_backlog_lies_on_disk_the_others_are_as_fast_as_before_and_it_gets_all_in_order() throws Exception {
        try (HubProcess hub = HubProcess.in(home)) {
            hub.start();
            // Once for the compiler; what is compared are two hubs that are equally warm.
            probe(hub, "WARM");
            long before = median(probe(hub, "BEFORE"));
            assertThat(median(whatOthersNotice(hub)))
                    .as("median milliseconds from the police to another social worker, while the week comes in")
                    .isLessThanOrEqualTo(WHILE_IT_COMES_IN);
            assertThat(pages()).as("page files of the backlog").isPositive();
            long after = median(probe(hub, "AFTER"));
            assertThat(after)
                    .as("median milliseconds to the police, %d before", before)
                    .isLessThanOrEqualTo(2 * before + 20);

            // What is read from here on was on the disk, not in a memory that remembered it.
            hub.kill();
            hub.start();
            List<Letter> backlog = Inbox.empty(hub, AWAY);
            assertThat(backlog.stream().map(Letter::deliveryId)).doesNotHaveDuplicates();
            assertThat(backlog).hasSize(3 * PROBES + WEEK + WEEK / 10);
            List<String> requests = ofWeek(backlog, "REQUEST");
            assertThat(requests).containsExactlyInAnyOrderElementsOf(WEEK_IDS);
            assertThat(passedBy(requests))
                    .as("later calls, equally urgent, that one call was passed by")
                    .isLessThanOrEqualTo(PASSED_BY);
            inOrder(backlog);
        }
    }

    /** Milliseconds from the helpline to the police's inbox, one referral after the other. */
    private static List<Long> probe(HubProcess hub, String name) throws JMSException {
        List<Long> millis = new ArrayList<>();
        try (Line line = new Line(hub, HELPLINE, "helpline", POLICE)) {
            for (int i = 0; i < PROBES; i++) {
                millis.add(line.millis(name + "-" + i, Referrals::call));
            }
        }
        return millis;
    }

    /** Milliseconds from the police to another social worker, one report after the other until the week is in. */
    private static List<Long> whatOthersNotice(HubProcess hub) throws Exception {
        AtomicBoolean coming = new AtomicBoolean(true);
        CompletableFuture<List<Long>> others = CompletableFuture.supplyAsync(() -> {
            List<Long> millis = new ArrayList<>();
            try (Line line = new Line(hub, POLICE, "police", "social-work-111653")) {
                while (coming.get()) {
                    millis.add(line.millis("DURING-" + millis.size(), Referrals::report));
                }
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
            return millis;
        });
        try {
            sendAWeek(hub);
            awaitBooks(hub, books -> assertThat(books.path("acceptedMessages").asInt())
                    .isGreaterThanOrEqualTo(2 * PROBES + WEEK + WEEK / 10));
        } finally {
            coming.set(false);
        }
        List<Long> millis = others.get(1, TimeUnit.MINUTES);
        awaitBooks(hub, books -> {
            assertThat(books.path("acceptedMessages").asInt()).isEqualTo(2 * PROBES + millis.size() + WEEK + WEEK / 10);
            assertThat(books.path("total").path("waiting").asLong(-1)).isZero();
        });
        return millis;
    }

    /** From one agency to another, both connected. */
    private static final class Line implements AutoCloseable {
        private final String sender;
        private final Connection from;
        private final Connection to;
        private final Session sending;
        private final MessageProducer producer;
        private final MessageConsumer consumer;

        Line(HubProcess hub, String sender, String dialect, String recipient) throws JMSException {
            this.sender = sender;
            from = Inbox.connect(hub, sender);
            to = Inbox.connect(hub, recipient);
            sending = from.createSession(Session.AUTO_ACKNOWLEDGE);
            producer = sending.createProducer(sending.createQueue(Queues.intake(dialect)));
            Session receiving = to.createSession(Session.AUTO_ACKNOWLEDGE);
            consumer = receiving.createConsumer(receiving.createQueue(Queues.inbox(recipient)));
            to.start();
        }

        long millis(String id, UnaryOperator<String> document) throws JMSException {
            String referral = Identifiers.referralId(sender, id);
            long sent = System.nanoTime();
            producer.send(sending.createTextMessage(document.apply(id)));
            Message message;
            do {
                message = consumer.receive(20_000);
                assertThat(message).as("referral " + id).isNotNull();
            } while (!referral.equals(message.getStringProperty(Headers.REFERRAL_ID)));
            return (System.nanoTime() - sent) / 1_000_000;
        }

        @Override
        public void close() throws JMSException {
            from.close();
            to.close();
        }
    }

    /** Every tenth referral is amended a while after it was sent. */
    private static void sendAWeek(HubProcess hub) throws JMSException {
        try (Connection connection = Inbox.connect(hub, HELPLINE);
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.intake("helpline")))) {
            for (int i = 0; i < WEEK + LATER; i++) {
                if (i < WEEK) {
                    producer.send(session.createTextMessage(Referrals.call("WEEK-" + i)));
                }
                if (i >= LATER && i % 10 == 0) {
                    producer.send(session.createTextMessage(amendment("WEEK-" + (i - LATER))));
                }
                if (i % 50 == 0) {
                    session.commit();
                }
            }
            session.commit();
        }
    }

    private static void awaitBooks(HubProcess hub, Consumer<JsonNode> expectation) {
        Rest operator = Rest.as(hub, "operator");
        await("the week's traffic in the inboxes")
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> expectation.accept(operator.get("/books").body()));
    }

    private static String amendment(String callId) {
        return """
                {"record_type": "FOLLOW_UP", "record_id": "%s-AMEND", "written_at": "%s", "referral_id": "%s",
                 "version": 2, "action": "AMEND", "reason": "Дахин залгасан", "changes": {"story": "Хүүхэд эмээгийндээ байна."}}
                """.formatted(callId, Referrals.sentAt(), Identifiers.referralId(HELPLINE, callId));
    }

    private long pages() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("data/broker/paging"))) {
            return files.filter(file -> file.getFileName().toString().endsWith(".page"))
                    .count();
        }
    }

    /** What a referral says first comes first. */
    private static void inOrder(List<Letter> backlog) {
        for (int i = 0; i < WEEK; i += 10) {
            String referral = WEEK_IDS.get(i);
            assertThat(backlog.stream()
                            .filter(letter -> referral.equals(letter.referralId()))
                            .map(Letter::type))
                    .as(referral)
                    .containsExactly("REQUEST", "AMEND");
        }
    }

    private static List<String> ofWeek(List<Letter> letters, String type) {
        Set<String> ids = Set.copyOf(WEEK_IDS);
        return letters.stream()
                .filter(letter -> type.equals(letter.type()) && ids.contains(letter.referralId()))
                .map(Letter::referralId)
                .toList();
    }

    /** How far behind its place a call came at most. */
    private static int passedBy(List<String> requests) {
        Map<String, Integer> sent = new HashMap<>();
        WEEK_IDS.forEach(id -> sent.put(id, sent.size()));
        return IntStream.range(0, WEEK)
                .map(place -> place - sent.get(requests.get(place)))
                .max()
                .orElseThrow();
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
