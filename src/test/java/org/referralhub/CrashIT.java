package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.HubProcess;
import org.referralhub.testing.Inbox;
import org.referralhub.testing.Inbox.Letter;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.Rest;

/** A real process, killed without a word again and again while referrals come in over AMQP and REST. */
class CrashIT {
    private static final long SEED = 108;
    private static final int KILLS = Integer.getInteger("crash.kills", 20);
    private static final Duration READY_WITHIN = Duration.ofSeconds(10);

    private static final Pattern RECIPIENT =
            Pattern.compile("\"agency\"\\s*:\\s*\"([^\"]+)\"|<OrganizationID>([^<]+)<");

    private final AtomicBoolean sending = new AtomicBoolean(true);
    private final AtomicInteger accepted = new AtomicInteger();

    /** Accepted referrals by id, with the number of times that they were sent until the sender knew. */
    private final Map<String, Integer> attempts = new ConcurrentHashMap<>();

    @TempDir
    Path home;

    @Test
    void every_accepted_referral_survives_twenty_kills_and_arrives_once() throws Exception {
        try (HubProcess hub = HubProcess.asLaunched(home)) {
            HubProcess.Start first = hub.start();
            ExecutorService senders = Executors.newFixedThreadPool(3);
            List<HubProcess.Start> restarts = new ArrayList<>();
            try {
                List<Future<?>> running = List.of(
                        senders.submit(() -> sendOverAmqp(hub, "helpline-108", "helpline", Referrals::call)),
                        senders.submit(() -> sendOverAmqp(hub, "police-national", "police", Referrals::report)),
                        senders.submit(() -> sendOverRest(hub, "helpline-108", Referrals::call)));
                SplittableRandom random = new SplittableRandom(SEED);
                for (int kill = 0; kill < KILLS; kill++) {
                    int target = accepted.get() + random.nextInt(1, 120);
                    await("referrals to kill among")
                            .atMost(Duration.ofMinutes(1))
                            .pollInterval(Duration.ofMillis(1))
                            .until(() -> accepted.get() >= target);
                    LockSupport.parkNanos(random.nextLong(20_000_000));
                    hub.kill();
                    restarts.add(hub.start());
                }
                sending.set(false);
                for (Future<?> sender : running) {
                    sender.get();
                }
            } finally {
                sending.set(false);
                senders.shutdownNow();
            }
            awaitQuiet(hub);
            accountForAll(hub);
            System.out.printf(
                    "%d referrals, %d kills, first start %s, ready again after %s%n",
                    attempts.size(), KILLS, first, restarts);
            // Where the machine is slow, or others use it too, the run's own first start is the measure: to find what
            // it left
            // must not cost a hub much more than to find nothing.
            Duration atMost = Collections.max(
                    List.of(READY_WITHIN, first.clock().multipliedBy(3).dividedBy(2)));
            assertThat(restarts).as("first start %s", first).allSatisfy(start -> assertThat(start.clock())
                    .isLessThanOrEqualTo(atMost));
        }
    }

    private Void sendOverAmqp(HubProcess hub, String agency, String dialect, UnaryOperator<String> document)
            throws InterruptedException {
        int number = 0;
        String open = null;
        String body = "";
        int tries = 0;
        while (sending.get() || open != null) {
            try (Connection connection = Inbox.connect(hub, agency);
                    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                    MessageProducer producer = session.createProducer(session.createQueue(Queues.intake(dialect)))) {
                while (sending.get() || open != null) {
                    if (open == null) {
                        open = "AMQP-" + dialect + "-" + number++;
                        // Once: a repeat is the same bytes.
                        body = document.apply(open);
                        tries = 0;
                    }
                    tries++;
                    producer.send(session.createTextMessage(body));
                    accepted(agency, open, tries);
                    open = null;
                }
            } catch (JMSException e) {
                awaitReady(hub);
            }
        }
        return null;
    }

    private Void sendOverRest(HubProcess hub, String agency, UnaryOperator<String> document)
            throws InterruptedException {
        Rest rest = Rest.as(hub, agency);
        int number = 0;
        while (sending.get()) {
            String id = "REST-" + number++;
            String body = document.apply(id);
            for (int tries = 1; ; tries++) {
                try {
                    Rest.Answer answer = rest.send("application/json", body);
                    if (answer.status() == 503) {
                        awaitReady(hub);
                        continue;
                    }
                    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
                    accepted(agency, id, tries);
                    break;
                } catch (IOException e) {
                    awaitReady(hub);
                }
            }
        }
        return null;
    }

    private void accepted(String agency, String messageId, int tries) {
        attempts.put(Identifiers.referralId(agency, messageId), tries);
        accepted.incrementAndGet();
    }

    private static void awaitReady(HubProcess hub) {
        await("the hub's return")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(50))
                .until(hub::isReady);
    }

    /** Nothing moves any more: all that is owed is in an inbox. */
    private static void awaitQuiet(HubProcess hub) {
        Rest operator = Rest.as(hub, "operator");
        await("an end of the work")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    Rest.Answer books = operator.get("/books");
                    return books.status() == 200
                            && books.body().path("balanced").asBoolean()
                            && books.body().path("total").path("waiting").asLong(-1) == 0;
                });
    }

    private void accountForAll(HubProcess hub) throws Exception {
        var books = Rest.as(hub, "operator").get("/books").body();
        List<Letter> letters = new ArrayList<>();
        for (var agency : Rest.as(hub, "operator").get("/agencies").body()) {
            letters.addAll(Inbox.empty(hub, agency.path("id").asText()));
        }

        assertThat(books.path("balanced").asBoolean()).as(books.toString()).isTrue();
        assertThat(books.path("openLetters").asLong()).as("dead letters").isZero();
        assertThat(books.path("acceptedMessages").asLong()).isEqualTo(attempts.size());

        Map<String, List<Letter>> receipts =
                letters.stream().filter(Letter::isReceipt).collect(Collectors.groupingBy(Letter::referralId));
        Map<String, List<Letter>> requests = letters.stream()
                .filter(letter -> !letter.isReceipt())
                .collect(Collectors.groupingBy(Letter::referralId));
        assertThat(requests.keySet()).as("lost or invented").isEqualTo(attempts.keySet());
        assertThat(receipts.keySet()).as("without an answer").isEqualTo(attempts.keySet());

        attempts.forEach((referral, tries) -> {
            List<Letter> answers = receipts.get(referral);
            assertThat(new HashSet<>(answers.stream().map(Letter::messageId).toList()))
                    .as("one receipt, however often it is asked for")
                    .hasSize(1);
            assertThat(answers).hasSizeBetween(1, tries);
            Set<String> recipients = recipients(answers.get(0).body());
            assertThat(recipients).isNotEmpty();
            assertThat(requests.get(referral).stream().map(Letter::agency).toList())
                    .as("each recipient once")
                    .containsExactlyInAnyOrderElementsOf(recipients);
        });
    }

    private static Set<String> recipients(String receipt) {
        Set<String> recipients = new TreeSet<>();
        Matcher matcher = RECIPIENT.matcher(receipt);
        while (matcher.find()) {
            recipients.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
        return recipients;
    }
}
