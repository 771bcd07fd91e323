package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.LetterGroup;
import org.referralhub.message.Headers;
import org.referralhub.message.Queues;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;

/**
 * A wrong mapping lets many referrals fail for one recipient while the others go on: one group, foreseen exactly, and cleared in
 * order within the rate. As many as one asks for with {@code -Dhub.test.letters=5000}.
 */
@Timeout(900)
class RepairIT {
    static final int LETTERS = Integer.getInteger("hub.test.letters", 300);
    /** 100 a second. */
    private static final int PER_MINUTE = 6000;

    private static final Duration LONG = Duration.ofSeconds(60 + LETTERS / 10);
    private static final String HELPLINE = "helpline-108";
    private static final String OPERATOR = "operator";

    @TempDir
    private Path folder;

    private Path home;

    private RunningHub start() {
        return RunningHub.start(
                home,
                folder.resolve("data"),
                Map.of("hub.configuration.watch", "false", "hub.configuration.start-on-last-good", "false"),
                "demo");
    }

    @Test
    void many_letters_are_one_group_foreseen_exactly_and_cleared_in_order_within_the_rate() throws Exception {
        home = RunningHub.copyHome(Files.createDirectories(folder.resolve("home")));
        Path mapping = home.resolve("schemas/police/from-canonical.jslt");
        String good = Files.readString(mapping);
        Files.writeString(mapping, "{\"ChildProtectionReport\": {\"Broken\": .body.narrative}}");
        String group;
        String police;
        String halted;
        try (RunningHub hub = start()) {
            for (int i = 0; i < LETTERS; i++) {
                assertThat(hub.as(HELPLINE)
                                .send("application/json", Referrals.call("call-" + i))
                                .status())
                        .isEqualTo(202);
            }
            settle(hub);
            List<LetterGroup> groups = hub.bean(Desk.class).groups(false, 10);
            assertThat(groups).hasSize(1);
            assertThat(groups.get(0).open()).isEqualTo(LETTERS);
            group = groups.get(0).fingerprint();
            police = groups.get(0).recipient();
            // The others go on.
            assertThat(hub.bean(Broker.class).depth(Queues.inbox("social-work-111095")))
                    .isEqualTo(LETTERS);
            assertThat(hub.bean(Broker.class).depth(Queues.inbox(police))).isZero();

            JsonNode foreseen = rehearse(hub, "{\"group\":\"%s\"}".formatted(group));
            assertTotal(foreseen, "FAILS", "translation-failed", LETTERS);
            assertThat(predictions(hub, foreseen)).hasSize(LETTERS).containsValue("FAILS");
            assertThat(foreseen.at("/items/0/recipients/0/agency").asText()).isEqualTo(police);
            assertThat(foreseen.at("/items/0/findings").size()).isPositive();
            assertThat(foreseen.toString()).doesNotContain("Номин", "99112233");

            halted = begin(
                    hub, "{\"group\":\"%s\",\"perMinute\":%d,\"reason\":\"too early\"}".formatted(group, PER_MINUTE));
            JsonNode run = awaitRun(hub, halted, "HALTED");
            assertThat(run.path("cause").asText()).isEqualTo("translation-failed");
            assertProgress(run, LETTERS - 1, 0, 1, 0);
            settle(hub);
        }
        Files.writeString(mapping, good);
        try (RunningHub hub = start()) {
            JsonNode foreseen = rehearse(hub, "{\"group\":\"%s\"}".formatted(group));
            assertTotal(foreseen, "DELIVERED", null, LETTERS);
            Map<String, String> predicted = predictions(hub, foreseen);

            Instant resumed = Instant.now();
            assertThat(order(hub, halted, "resume").status()).isEqualTo(200);
            JsonNode run = awaitRun(hub, halted, "DONE");
            Duration took =
                    Duration.between(resumed, Instant.parse(run.path("endedAt").asText()));
            assertProgress(run, 0, LETTERS - 1, 1, 0);
            String rest = begin(hub, "{\"group\":\"%s\",\"reason\":\"the one that failed\"}".formatted(group));
            assertProgress(awaitRun(hub, rest, "DONE"), 0, 1, 0, 0);
            settle(hub);

            List<JsonNode> items = items(hub, halted, "RESOLVED");
            assertThat(mostInASecond(items)).isLessThanOrEqualTo(PER_MINUTE / 60);
            List<String> expected = new ArrayList<>();
            items.forEach(item -> expected.add(referral(hub, item.path("letter").asText())));
            items(hub, rest, "RESOLVED")
                    .forEach(item ->
                            expected.add(referral(hub, item.path("letter").asText())));
            long right = Stream.of(halted, rest)
                    .flatMap(one -> items(hub, one, "RESOLVED").stream())
                    .filter(item ->
                            "DELIVERED".equals(predicted.get(item.path("letter").asText())))
                    .count();
            System.out.printf(
                    "%d letters: rehearsed in %d ms, sent again in %d ms (%.0f a second), foreseen rightly %d of %d%n",
                    LETTERS,
                    rehearsed(foreseen).toMillis(),
                    took.toMillis(),
                    (LETTERS - 1) * 1000.0 / took.toMillis(),
                    right,
                    LETTERS);
            assertThat(right).isEqualTo(LETTERS);
            assertThat(take(hub, police)).isEqualTo(expected).hasSize(LETTERS).doesNotHaveDuplicates();

            // The same once more is nothing.
            List<String> letters = new ArrayList<>();
            items.forEach(item -> letters.add(item.path("letter").asText()));
            String again = begin(
                    hub,
                    "{\"letters\":%s,\"reason\":\"by mistake\"}"
                            .formatted(new ObjectMapper().writeValueAsString(letters)));
            assertProgress(awaitRun(hub, again, "DONE"), 0, 0, 0, LETTERS - 1);
            settle(hub);
            assertThat(take(hub, police)).isEmpty();
            assertThat(order(hub, again, "pause").status()).isEqualTo(409);
            assertThat(hub.as(OPERATOR).get("/dead-letters/runs").json()).hasSize(3);
            assertThat(hub.as(OPERATOR)
                            .get("/books?verify=true")
                            .json()
                            .path("balanced")
                            .asBoolean())
                    .isTrue();
        }
    }

    private static void settle(RunningHub hub) {
        await().atMost(LONG)
                .until(() -> hub.bean(Broker.class).depth(Queues.LEDGER) == 0
                        && hub.bean(Broker.class).depth(Queues.DELIVERY) == 0
                        && hub.bean(Broker.class).depth(Queues.DEAD_LETTER) == 0);
        hub.settle();
    }

    static JsonNode rehearse(RunningHub hub, String selection) {
        Participant operator = hub.as(OPERATOR);
        Participant.Answer begun = operator.post("/dead-letters/rehearsals", "application/json", utf8(selection));
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        String path = "/dead-letters/rehearsals/" + begun.json().path("id").asText();
        await().atMost(LONG)
                .until(() -> !operator.get(path).json().at("/rehearsal/endedAt").isNull());
        return operator.get(path).json();
    }

    /** What was foreseen of each letter, by its id. */
    private static Map<String, String> predictions(RunningHub hub, JsonNode rehearsal) {
        Map<String, String> predictions = new HashMap<>();
        String path =
                "/dead-letters/rehearsals/" + rehearsal.at("/rehearsal/id").asText() + "?size=500&after=";
        String after = "0";
        while (after != null) {
            JsonNode page = hub.as(OPERATOR).get(path + after).json();
            page.path("items")
                    .forEach(item -> predictions.put(
                            item.path("letter").asText(), item.path("outcome").asText()));
            after = page.path("next").asText(null);
        }
        return predictions;
    }

    private static Duration rehearsed(JsonNode rehearsal) {
        return Duration.between(
                Instant.parse(rehearsal.at("/rehearsal/askedAt").asText()),
                Instant.parse(rehearsal.at("/rehearsal/endedAt").asText()));
    }

    private static void assertTotal(JsonNode answer, String outcome, String cause, int letters) {
        JsonNode totals = answer.at("/rehearsal/totals");
        assertThat(totals).as(totals.toString()).hasSize(1);
        assertThat(totals.at("/0/outcome").asText()).isEqualTo(outcome);
        assertThat(totals.at("/0/cause").asText(null)).isEqualTo(cause);
        assertThat(totals.at("/0/letters").asInt()).isEqualTo(letters);
    }

    private static String begin(RunningHub hub, String plan) {
        Participant.Answer begun = hub.as(OPERATOR).post("/dead-letters/runs", "application/json", utf8(plan));
        assertThat(begun.status()).as(begun.text()).isEqualTo(200);
        return begun.json().path("id").asText();
    }

    private static Participant.Answer order(RunningHub hub, String run, String order) {
        return hub.as(OPERATOR).post("/dead-letters/runs/" + run + "/" + order, "application/json", utf8("{}"));
    }

    private static JsonNode awaitRun(RunningHub hub, String run, String state) {
        await().atMost(LONG).untilAsserted(() -> {
            JsonNode now =
                    hub.as(OPERATOR).get("/dead-letters/runs/" + run).json().path("run");
            assertThat(now.path("state").asText()).as(now.toString()).isEqualTo(state);
            assertThat(now.at("/progress/onTheirWay").asInt()).isZero();
        });
        return hub.as(OPERATOR).get("/dead-letters/runs/" + run).json().path("run");
    }

    private static void assertProgress(JsonNode run, int waiting, int resolved, int failed, int skipped) {
        assertThat(run.path("progress").toString())
                .isEqualTo("{\"waiting\":%d,\"onTheirWay\":0,\"resolved\":%d,\"failed\":%d,\"skipped\":%d}"
                        .formatted(waiting, resolved, failed, skipped));
    }

    private static List<JsonNode> items(RunningHub hub, String run, String state) {
        List<JsonNode> items = new ArrayList<>();
        String after = "0";
        while (after != null) {
            JsonNode page = hub.as(OPERATOR)
                    .get("/dead-letters/runs/" + run + "?size=500&state=" + state + "&after=" + after)
                    .json();
            page.path("items").forEach(items::add);
            after = page.path("next").asText(null);
        }
        return items;
    }

    private static String referral(RunningHub hub, String letter) {
        return hub.bean(Desk.class).show(letter).orElseThrow().summary().referralId();
    }

    private static long mostInASecond(List<JsonNode> items) {
        List<Instant> moments = items.stream()
                .map(item -> Instant.parse(item.path("sentAt").asText()))
                .sorted()
                .toList();
        long most = 0;
        int first = 0;
        for (int last = 0; last < moments.size(); last++) {
            while (!moments.get(last).isBefore(moments.get(first).plusSeconds(1))) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    /** Referrals of everything in an agency's inbox, in the order in which it gets it. */
    private static List<String> take(RunningHub hub, String agency) throws Exception {
        List<String> referrals = new ArrayList<>();
        try (Connection connection = hub.as(agency).amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.inbox(agency)))) {
            connection.start();
            for (Message message = consumer.receive(1500); message != null; message = consumer.receive(1500)) {
                referrals.add(message.getStringProperty(Headers.REFERRAL_ID));
            }
        }
        return referrals;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
