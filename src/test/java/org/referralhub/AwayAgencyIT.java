package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.List;
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
    private static final String AWAY = "social-work-111095";

    /** More than the helpline of the whole country sends in a week: 150,000 calls a year. */
    private static final int WEEK = 4000;

    private static final int PROBES = 60;

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
            sendAWeek(hub);
            assertThat(pages()).as("page files of the backlog").isPositive();
            long after = median(probe(hub, "AFTER"));
            assertThat(after)
                    .as("median milliseconds to the police, %d before", before)
                    .isLessThanOrEqualTo(2 * before + 20);

            List<Letter> backlog = Inbox.empty(hub, AWAY);
            assertThat(backlog.stream().map(Letter::deliveryId)).doesNotHaveDuplicates();
            assertThat(backlog).hasSize(3 * PROBES + WEEK + WEEK / 10);
            assertThat(ofWeek(backlog, "REQUEST")).hasSize(WEEK);
            inOrder(backlog);
        }
    }

    /** Milliseconds from send to the police's inbox, one referral after the other. */
    private static List<Long> probe(HubProcess hub, String name) throws JMSException {
        List<Long> millis = new ArrayList<>();
        try (Connection helpline = Inbox.connect(hub, HELPLINE);
                Session sending = helpline.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = sending.createProducer(sending.createQueue(Queues.intake("helpline")));
                Connection police = Inbox.connect(hub, policeOf(hub));
                Session receiving = police.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer =
                        receiving.createConsumer(receiving.createQueue(Queues.inbox(policeOf(hub))))) {
            police.start();
            for (int i = 0; i < PROBES; i++) {
                String id = name + "-" + i;
                String referral = Identifiers.referralId(HELPLINE, id);
                long sent = System.nanoTime();
                producer.send(sending.createTextMessage(Referrals.call(id)));
                Message message;
                do {
                    message = consumer.receive(20_000);
                    assertThat(message).as("referral " + id + " at the police").isNotNull();
                } while (!referral.equals(message.getStringProperty(Headers.REFERRAL_ID)));
                millis.add((System.nanoTime() - sent) / 1_000_000);
            }
        }
        return millis;
    }

    /** Whom the rules choose for a call from khoroo 23. */
    private static String policeOf(HubProcess hub) {
        return "police-capital";
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
        Rest operator = Rest.as(hub, "operator");
        await("the week's traffic in the inboxes")
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> {
                    var books = operator.get("/books").body();
                    assertThat(books.path("acceptedMessages").asInt()).isEqualTo(2 * PROBES + WEEK + WEEK / 10);
                    assertThat(books.path("total").path("waiting").asLong(-1)).isZero();
                });
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
            String referral = Identifiers.referralId(HELPLINE, "WEEK-" + i);
            assertThat(backlog.stream()
                            .filter(letter -> referral.equals(letter.referralId()))
                            .map(Letter::type))
                    .as(referral)
                    .containsExactly("REQUEST", "AMEND");
        }
    }

    private static List<Letter> ofWeek(List<Letter> letters, String type) {
        var ids = IntStream.range(0, WEEK)
                .mapToObj(i -> Identifiers.referralId(HELPLINE, "WEEK-" + i))
                .collect(java.util.stream.Collectors.toSet());
        return letters.stream()
                .filter(letter -> type.equals(letter.type()) && ids.contains(letter.referralId()))
                .toList();
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
