package org.referralhub.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.deadletter.Desk;
import org.referralhub.ledger.Books;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;

/** Two operators act on the same letters at the same moment, over HTTP. */
class DeskRaceIT {
    private static final String FIRST = "operator";
    private static final String SECOND = "night-operator";
    /** What the one and the other order about a letter; both saw the same revision. */
    private static final List<List<String>> PAIRS = List.of(
            List.of("discard", "discard"),
            List.of("discard", "own"),
            List.of("own", "own"),
            List.of("note", "discard"),
            List.of("discard", "note"),
            List.of("own", "note"),
            List.of("discard", "replay"),
            List.of("replay", "replay"));
    /** What a letter is after an order has won; what is sent again may have arrived meanwhile. */
    private static final Map<String, List<String>> BECOMES = Map.of(
            "discard", List.of("DISCARDED"),
            "own", List.of("OPEN"),
            "note", List.of("OPEN"),
            "replay", List.of("REPLAYED", "RESOLVED"));

    @TempDir
    private Path folder;

    /** One operator's order about a letter and its answer. */
    private record Ordered(String operator, String action, Participant.Answer answer) {}

    private RunningHub startWithTwoOperators() throws Exception {
        Path home = RunningHub.copyHome(Files.createDirectories(folder.resolve("home")));
        Path operators = home.resolve("config/demo/operators.yaml");
        Files.writeString(operators, Files.readString(operators).stripTrailing() + """

                  - id: %s
                    roles: [OPERATOR]
                    secret: { plain: demo-%s }
                """.formatted(SECOND, SECOND));
        return RunningHub.start(home, folder.resolve("data"), Map.of(), "demo");
    }

    @Test
    void one_wins_and_the_other_is_told_what_it_is_now_by_whom_and_since_when() throws Exception {
        try (RunningHub hub = startWithTwoOperators()) {
            Instant begun = Instant.now().minusSeconds(1);
            List<String> letters = letters(hub);
            List<List<Ordered>> races = race(hub, letters);

            SoftAssertions all = new SoftAssertions();
            for (int i = 0; i < races.size(); i++) {
                check(all, hub, letters.get(i), races.get(i), begun);
            }
            all.assertAll();
            hub.settle();
            assertThat(hub.bean(Books.class).verify().faults()).isEmpty();
        }
    }

    private static void check(SoftAssertions all, RunningHub hub, String letter, List<Ordered> race, Instant begun) {
        String what = race.stream()
                .map(one -> one.operator() + ": " + one.action() + " "
                        + one.answer().status())
                .toList()
                .toString();
        all.assertThat(race).as(what).extracting(one -> one.answer().status()).containsExactlyInAnyOrder(200, 409);
        Ordered winner = of(race, 200);
        Ordered loser = of(race, 409);
        JsonNode now = loser.answer().json().path("now");
        List<String> states = BECOMES.get(winner.action());
        all.assertThat(now.path("code").asText()).as(what).isEqualTo("changed");
        all.assertThat(now.path("state").asText()).as(what).isIn(states);
        all.assertThat(now.path("revision").asInt()).as(what).isPositive();
        // What was sent again may have arrived before the other order came to it: the hub was the last then.
        all.assertThat(now.path("by").asText())
                .as(what)
                .isIn(winner.operator(), states.size() > 1 ? "hub" : winner.operator());
        all.assertThat(Instant.parse(now.path("at").asText())).as(what).isBetween(begun, Instant.now());
        all.assertThat(loser.answer().json().path("detail").asText())
                .as(what)
                .contains(now.path("by").asText(), now.path("at").asText());

        JsonNode after = hub.as(FIRST).get("/dead-letters/" + letter).json();
        all.assertThat(after.at("/summary/state").asText()).as(what).isIn(states);
        List<String> history = new ArrayList<>();
        after.path("history").forEach(event -> {
            if (!event.path("actor").asText().equals("hub")) {
                history.add("%s %s %s"
                        .formatted(
                                event.path("actor").asText(),
                                event.path("action").asText(),
                                event.path("outcome").asText()));
            }
        });
        // Both are kept, what was done and what was refused.
        all.assertThat(history)
                .as(what)
                .containsExactlyInAnyOrder(
                        winner.operator() + " " + winner.action() + " DONE",
                        loser.operator() + " " + loser.action() + " changed");
    }

    private static Ordered of(List<Ordered> race, int status) {
        return race.stream()
                .filter(one -> one.answer().status() == status)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody got " + status + ": " + race));
    }

    /** All operators order at the same moment. */
    private static List<List<Ordered>> race(RunningHub hub, List<String> letters) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2 * letters.size());
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<List<Future<Ordered>>> races = new ArrayList<>();
            for (int i = 0; i < letters.size(); i++) {
                String letter = letters.get(i);
                List<String> pair = PAIRS.get(i);
                races.add(List.of(
                        threads.submit(() -> order(start, hub.as(FIRST), letter, pair.get(0))),
                        threads.submit(() -> order(start, hub.as(SECOND), letter, pair.get(1)))));
            }
            List<List<Ordered>> answers = new ArrayList<>();
            for (List<Future<Ordered>> race : races) {
                answers.add(List.of(
                        race.get(0).get(60, TimeUnit.SECONDS), race.get(1).get(60, TimeUnit.SECONDS)));
            }
            return answers;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Ordered order(CyclicBarrier start, Participant operator, String letter, String action)
            throws Exception {
        byte[] body = """
                {"expected": 0, %s}
                """.formatted(
                        switch (action) {
                            case "own" -> "\"owner\": \"me\"";
                            case "note" -> "\"note\": \"seen\"";
                            default -> "\"reason\": \"decided\"";
                        })
                .getBytes(StandardCharsets.UTF_8);
        start.await(30, TimeUnit.SECONDS);
        return new Ordered(
                operator.id(),
                action,
                operator.post("/dead-letters/" + letter + "/" + action, "application/json", body));
    }

    /** A letter for each pair, at the desk and never touched. */
    private static List<String> letters(RunningHub hub) throws JMSException {
        List<String> letters = new ArrayList<>();
        try (Connection connection = hub.bean(Broker.class).connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.DEAD_LETTER))) {
            for (int i = 0; i < PAIRS.size(); i++) {
                String stamp = UUID.randomUUID().toString();
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(Referrals.call("race-" + stamp).getBytes(StandardCharsets.UTF_8));
                message.setStringProperty(Headers.KIND, LedgerKind.DEAD.name());
                message.setStringProperty(Headers.STAMP, stamp);
                message.setStringProperty(Headers.SENDER, "helpline-108");
                message.setStringProperty(Headers.DIALECT, "helpline");
                message.setStringProperty(Headers.DEAD_ORIGIN, Queues.intake("helpline"));
                message.setStringProperty(Headers.DEAD_STAGE, "intake-helpline");
                message.setStringProperty(Headers.DEAD_CAUSE, "unexpected-failure");
                message.setStringProperty(Headers.DEAD_CLASS, "unknown");
                message.setStringProperty(Headers.URGENCY, "URGENT");
                message.setStringProperty(Headers.ARRIVED_AT, Instant.now().toString());
                producer.send(message);
                letters.add(Identifiers.derive("letter", "stamp", stamp));
            }
        }
        await("letters at the desk").atMost(RunningHub.PATIENCE).until(() -> letters.stream()
                .allMatch(id -> hub.bean(Desk.class).show(id).isPresent()));
        return letters;
    }
}
