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

/** Two operators act on the same letter, group or unmasking at the same moment, over HTTP. */
class DeskRaceIT {
    private static final String FIRST = "operator";
    private static final String SECOND = "night-operator";
    private static final String THIRD = "day-operator";

    /**
     * What the one and the other order about one thing; both saw the same revision.
     *
     * @param putAway whether it is about a letter that was put away before
     */
    private record Pair(boolean putAway, String first, String second) {
        static Pair of(String first, String second) {
            return new Pair(false, first, second);
        }

        static Pair ofPutAway(String first, String second) {
            return new Pair(true, first, second);
        }
    }

    private static final List<Pair> LETTERS = List.of(
            Pair.of("discard", "discard"),
            Pair.of("discard", "own"),
            Pair.of("own", "own"),
            Pair.of("note", "discard"),
            Pair.of("discard", "note"),
            Pair.of("own", "note"),
            Pair.of("note", "note"),
            Pair.of("discard", "replay"),
            Pair.of("own", "replay"),
            Pair.of("note", "replay"),
            Pair.of("replay", "replay"),
            Pair.of("return", "return"),
            Pair.of("return", "discard"),
            Pair.of("return", "replay"),
            Pair.of("return", "own"),
            Pair.of("return", "note"),
            Pair.of("correct", "correct"),
            Pair.of("correct", "return"),
            Pair.of("correct", "discard"),
            Pair.of("correct", "replay"),
            Pair.of("correct", "own"),
            Pair.of("correct", "note"),
            Pair.ofPutAway("restore", "restore"),
            Pair.ofPutAway("restore", "own"),
            Pair.ofPutAway("restore", "note"));
    private static final List<Pair> GROUPS = List.of(
            Pair.of("own-group", "own-group"), Pair.of("own-group", "note-group"), Pair.of("note-group", "note-group"));
    private static final List<Pair> UNMASKINGS =
            List.of(Pair.of("approve", "approve"), Pair.of("approve", "refuse"), Pair.of("refuse", "refuse"));
    /** What a letter is after an order has won that moves it; what is sent again may have arrived meanwhile. */
    private static final Map<String, List<String>> BECOMES = Map.of(
            "discard", List.of("DISCARDED"),
            "return", List.of("RETURNED"),
            "correct", List.of("SUPERSEDED"),
            "restore", List.of("OPEN"),
            "replay", List.of("REPLAYED", "RESOLVED"),
            "approve", List.of("GRANTED"),
            "refuse", List.of("REFUSED"));

    @TempDir
    private Path folder;

    /** One operator's order and its answer. */
    private record Ordered(String operator, String action, Participant.Answer answer) {}

    /** What both do at the same moment. */
    private record Race(Pair pair, String path, int revision) {}

    private RunningHub startWithMoreOperators() throws Exception {
        Path home = RunningHub.copyHome(Files.createDirectories(folder.resolve("home")));
        Path operators = home.resolve("config/demo/operators.yaml");
        StringBuilder more = new StringBuilder(Files.readString(operators).stripTrailing());
        for (String operator : List.of(SECOND, THIRD)) {
            more.append("\n  - id: %s\n    roles: [OPERATOR]\n    secret: { plain: demo-%s }\n"
                    .formatted(operator, operator));
        }
        Files.writeString(operators, more);
        return RunningHub.start(home, folder.resolve("data"), Map.of(), "demo");
    }

    @Test
    void one_wins_and_the_other_is_told_what_it_is_now_by_whom_and_since_when() throws Exception {
        try (RunningHub hub = startWithMoreOperators()) {
            Instant begun = Instant.now().minusSeconds(1);
            SoftAssertions all = new SoftAssertions();
            letters(all, hub, begun);
            groups(all, hub, begun);
            unmaskings(all, hub, begun);
            all.assertAll();
            hub.settle();
            assertThat(hub.bean(Books.class).verify().faults()).isEmpty();
        }
    }

    private static void letters(SoftAssertions all, RunningHub hub, Instant begun) throws Exception {
        List<String> letters = letters(hub, LETTERS.size());
        List<Race> races = new ArrayList<>();
        for (int i = 0; i < LETTERS.size(); i++) {
            Pair pair = LETTERS.get(i);
            String path = "/dead-letters/" + letters.get(i);
            if (pair.putAway()) {
                assertThat(post(hub, SECOND, path + "/discard", "{\"reason\": \"twice\"}")
                                .status())
                        .isEqualTo(200);
            }
            races.add(new Race(pair, path, pair.putAway() ? 1 : 0));
        }
        List<List<Ordered>> answers = race(hub, races);
        for (int i = 0; i < races.size(); i++) {
            Pair pair = races.get(i).pair();
            String untouched = pair.putAway() ? "DISCARDED" : "OPEN";
            List<String> states = BECOMES.getOrDefault(winner(answers.get(i)).action(), List.of(untouched));
            String what = check(all, answers.get(i), begun, states);
            JsonNode after = hub.as(FIRST).get(races.get(i).path()).json();
            all.assertThat(after.at("/summary/state").asText()).as(what).isIn(states);
            List<String> kept = new ArrayList<>(inHistory(answers.get(i)));
            if (pair.putAway()) {
                kept.add(SECOND + " discard DONE");
            }
            all.assertThat(history(after)).as(what).containsExactlyInAnyOrderElementsOf(kept);
        }
    }

    private static void groups(SoftAssertions all, RunningHub hub, Instant begun) throws Exception {
        String letter = letters(hub, 1).get(0);
        String group = "/dead-letters/groups/"
                + hub.bean(Desk.class).show(letter).orElseThrow().summary().group();
        List<String> kept = new ArrayList<>();
        for (Pair pair : GROUPS) {
            int revision = hub.as(FIRST).get(group).json().at("/group/revision").asInt();
            List<Ordered> race =
                    race(hub, List.of(new Race(pair, group, revision))).get(0);
            String what = check(all, race, begun, null);
            JsonNode after = hub.as(FIRST).get(group).json();
            kept.addAll(inHistory(race));
            all.assertThat(after.at("/group/revision").asInt()).as(what).isEqualTo(revision + 1);
            all.assertThat(history(after)).as(what).containsExactlyInAnyOrderElementsOf(kept);
        }
    }

    private static void unmaskings(SoftAssertions all, RunningHub hub, Instant begun) throws Exception {
        List<String> letters = letters(hub, UNMASKINGS.size());
        List<Race> races = new ArrayList<>();
        for (int i = 0; i < UNMASKINGS.size(); i++) {
            String asked = post(
                            hub,
                            THIRD,
                            "/dead-letters/" + letters.get(i) + "/unmask",
                            "{\"reason\": \"Who is it\", \"fields\": [\"\"]}")
                    .json()
                    .at("/detail/unmasking")
                    .asText();
            races.add(new Race(UNMASKINGS.get(i), "/unmaskings/" + asked, 0));
        }
        List<List<Ordered>> answers = race(hub, races);
        for (int i = 0; i < races.size(); i++) {
            Ordered winner = winner(answers.get(i));
            List<String> states = BECOMES.get(winner.action());
            String what = check(all, answers.get(i), begun, states);
            JsonNode after = hub.as(FIRST)
                    .get("/unmaskings?letter=" + letters.get(i))
                    .json()
                    .path("items");
            all.assertThat(after).as(what).hasSize(1);
            all.assertThat(after.at("/0/state").asText()).as(what).isIn(states);
            all.assertThat(after.at("/0/decider").asText()).as(what).isEqualTo(winner.operator());
        }
    }

    /** @param states of which it is one now; null for what has none */
    private static String check(SoftAssertions all, List<Ordered> race, Instant begun, List<String> states) {
        String what = race.stream()
                .map(one -> one.operator() + ": " + one.action() + " "
                        + one.answer().status())
                .toList()
                .toString();
        Ordered winner = winner(race);
        Ordered loser = of(race, 409);
        JsonNode now = loser.answer().json().path("now");
        all.assertThat(now.path("code").asText()).as(what).isEqualTo("changed");
        if (states != null) {
            all.assertThat(now.path("state").asText()).as(what).isIn(states);
        }
        // What was sent again may have arrived before the other order came to it: the hub was the last then.
        all.assertThat(now.path("by").asText())
                .as(what)
                .isIn(winner.operator(), winner.action().equals("replay") ? "hub" : winner.operator());
        all.assertThat(Instant.parse(now.path("at").asText())).as(what).isBetween(begun, Instant.now());
        all.assertThat(loser.answer().json().path("detail").asText())
                .as(what)
                .contains(now.path("by").asText(), now.path("at").asText());
        return what;
    }

    /** Both are kept, what was done and what was refused. */
    private static List<String> inHistory(List<Ordered> race) {
        Ordered winner = winner(race);
        Ordered loser = of(race, 409);
        return List.of(
                winner.operator() + " " + winner.action() + " DONE",
                loser.operator() + " " + loser.action() + " changed");
    }

    /** What people did, as the letter or the group tells it. */
    private static List<String> history(JsonNode of) {
        List<String> history = new ArrayList<>();
        of.path("history").forEach(event -> {
            if (!event.path("actor").asText().equals("hub")) {
                history.add("%s %s %s"
                        .formatted(
                                event.path("actor").asText(),
                                event.path("action").asText(),
                                event.path("outcome").asText()));
            }
        });
        return history;
    }

    private static Ordered winner(List<Ordered> race) {
        return of(race, 200);
    }

    private static Ordered of(List<Ordered> race, int status) {
        return race.stream()
                .filter(one -> one.answer().status() == status)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody got " + status + ": " + race));
    }

    /** All operators order at the same moment. */
    private static List<List<Ordered>> race(RunningHub hub, List<Race> races) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2 * races.size());
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<List<Future<Ordered>>> going = new ArrayList<>();
            for (Race race : races) {
                going.add(List.of(
                        threads.submit(
                                () -> order(start, hub, FIRST, race, race.pair().first())),
                        threads.submit(() ->
                                order(start, hub, SECOND, race, race.pair().second()))));
            }
            List<List<Ordered>> answers = new ArrayList<>();
            for (List<Future<Ordered>> race : going) {
                answers.add(List.of(
                        race.get(0).get(60, TimeUnit.SECONDS), race.get(1).get(60, TimeUnit.SECONDS)));
            }
            return answers;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Ordered order(CyclicBarrier start, RunningHub hub, String operator, Race race, String action)
            throws Exception {
        String expected = "\"expected\": " + race.revision() + ", ";
        String body =
                switch (action) {
                    case "own", "own-group" -> expected + "\"owner\": \"me\"";
                    case "note", "note-group" -> expected + "\"note\": \"seen\"";
                    case "correct" ->
                        expected
                                + "\"reason\": \"mended\", \"edits\": [{\"op\": \"set\", \"pointer\": \"/concerns/0\", \"value\": \"NEGLECT\"}]";
                    case "approve", "refuse" -> "\"reason\": \"decided\"";
                    default -> expected + "\"reason\": \"decided\"";
                };
        String path = action.endsWith("-group") ? race.path() : race.path() + "/" + action;
        start.await(30, TimeUnit.SECONDS);
        return new Ordered(operator, action, post(hub, operator, path, "{" + body + "}"));
    }

    private static Participant.Answer post(RunningHub hub, String operator, String path, String body) {
        return hub.as(operator).post(path, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    /** So many letters, at the desk and never touched. */
    private static List<String> letters(RunningHub hub, int count) throws JMSException {
        List<String> letters = new ArrayList<>();
        try (Connection connection = hub.bean(Broker.class).connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.DEAD_LETTER))) {
            for (int i = 0; i < count; i++) {
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
