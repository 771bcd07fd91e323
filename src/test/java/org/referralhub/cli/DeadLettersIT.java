package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.referralhub.testing.Samples.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.Letter;
import org.referralhub.testing.Participant;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.Way;

/** What cannot be delivered waits at the desk with its cause, and goes once after the repair. */
class DeadLettersIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HELPLINE = "helpline-108";
    private static final String POLICE = "police-family-division";
    private static final String SOCIAL_WORKER = "social-work-111653";

    private final String callId = "call-" + UUID.randomUUID();
    private final String referralId = Identifiers.referralId(HELPLINE, callId);

    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void makeAHome() throws Exception {
        home = RunningHub.copyHome(Files.createDirectories(folder.resolve("home")));
    }

    private RunningHub start() {
        // What is broken here is what a hub would rather not take.
        return RunningHub.start(
                home,
                folder.resolve("data"),
                Map.of("hub.configuration.watch", "false", "hub.configuration.start-on-last-good", "false"),
                "demo");
    }

    @Test
    void what_cannot_be_delivered_is_sent_again_once_after_the_repair() throws Exception {
        try (RunningHub hub = start()) {
            hub.bean(CamelContext.class).getRouteController().stopRoute("deliver");
            Way.REST.send(hub.as(HELPLINE), "helpline", bytes(Samples.callWithEverything(callId)));
            await().atMost(RunningHub.PATIENCE)
                    .until(() -> hub.bean(Broker.class).depth(Queues.DELIVERY) == 3);
        }

        // Meanwhile somebody breaks the police's mapping, and the social worker leaves the registry.
        Path mapping = home.resolve("schemas/police/from-canonical.jslt");
        Path agencies = home.resolve("config/demo/agencies.yaml");
        String goodMapping = Files.readString(mapping);
        String allAgencies = Files.readString(agencies);
        Files.writeString(mapping, "{\"ChildProtectionReport\": {\"Broken\": .body.narrative}}");
        Files.writeString(agencies, allAgencies.replace("id: " + SOCIAL_WORKER, "id: somebody-else"));
        try (RunningHub hub = start()) {
            hub.settle();
            // Its receipt, and that each of the two has not been reached yet.
            assertThat(hub.waiting(HELPLINE, referralId)).hasSize(3);
            JsonNode letters = openLetters(hub);
            assertThat(letters.findValuesAsText("cause"))
                    .containsExactlyInAnyOrder("translation-failed", "unknown-agency");
            assertThat(letters.findValuesAsText("recipient")).containsExactlyInAnyOrder(POLICE, SOCIAL_WORKER);
            assertThat(letters.toString()).doesNotContain("Анударь");
            // It still fails, and is one letter still.
            replay(hub, letters.path(0).path("id").asText());
            await().atMost(RunningHub.PATIENCE)
                    .untilAsserted(() -> assertThat(openLetters(hub).findValuesAsText("attempts"))
                            .contains("2"));
            hub.settle();
            assertThat(openLetters(hub)).hasSize(2);
        }

        Files.writeString(mapping, goodMapping);
        Files.writeString(agencies, allAgencies);
        try (RunningHub hub = start()) {
            List<String> ids = new ArrayList<>();
            openLetters(hub).forEach(letter -> ids.add(letter.path("id").asText()));
            assertThat(hub("dead-letters list", hub)).contains("translation-failed", "unknown-agency");
            for (String id : ids) {
                Participant.Answer letter = hub.as("operator").get("/dead-letters/" + id);
                assertThat(letter.json().at("/summary/referralId").asText()).isEqualTo(referralId);
                assertThat(letter.text()).doesNotContain("Анударь");
                assertThat(hub("dead-letters show " + id, hub))
                        .contains(referralId)
                        .doesNotContain("Анударь");
            }
            assertThat(hub("dead-letters rehearse --where recipient=" + POLICE, hub))
                    .contains("DELIVERED", "1 of 1 letters", POLICE)
                    .doesNotContain("Анударь");
            rehearsalsAreListedAndEnded(hub);
            aGroupIsShownNotedAndLookedAfter(hub, ids.get(0));
            assertThat(hub("dead-letters replay " + ids.get(0), hub)).contains("It is sent again");
            replay(hub, ids.get(1));
            Participant.Answer again =
                    hub.as("operator").post("/dead-letters/" + ids.get(0) + "/replay", "application/json", new byte[0]);
            assertThat(again.status()).isEqualTo(409);
            assertThat(again.json().at("/now/state").asText()).isIn("REPLAYED", "RESOLVED");
            assertThat(again.json().at("/now/by").asText()).isIn("operator", "hub");

            await().atMost(RunningHub.PATIENCE)
                    .until(() -> !hub.waiting(POLICE, referralId).isEmpty()
                            && !hub.waiting(SOCIAL_WORKER, referralId).isEmpty());
            hub.settle();
            assertThat(hub.waiting(POLICE, referralId)).hasSize(1);
            assertThat(hub.waiting(SOCIAL_WORKER, referralId)).hasSize(1);
            assertThat(openLetters(hub)).isEmpty();
            // A run over what has arrived is over at once.
            assertThat(hub("dead-letters run " + String.join(" ", ids) + " --reason by-mistake", hub))
                    .contains("DONE", "2 skipped");
            assertThat(hub("dead-letters runs", hub)).contains("DONE");
            hub.settle();
            assertThat(hub.waiting(POLICE, referralId)).hasSize(1);
            assertThat(hub("books", hub)).contains(POLICE);
        }
    }

    @Test
    void a_message_that_its_agency_cannot_digest_ends_at_the_desk_and_can_come_back() throws Exception {
        Path broker = home.resolve("config/broker.xml");
        String settings = Files.readString(broker);
        String impatient = settings.replace("<max-delivery-attempts>18<", "<max-delivery-attempts>2<")
                .replace("<redelivery-delay>1000<", "<redelivery-delay>10<");
        assertThat(impatient).isNotEqualTo(settings);
        Files.writeString(broker, impatient);
        try (RunningHub hub = start()) {
            Way.REST.send(hub.as(HELPLINE), "helpline", bytes(Samples.callWithEverything(callId)));
            try (Connection connection = hub.as(POLICE).amqp();
                    Session session = connection.createSession(Session.SESSION_TRANSACTED);
                    MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.inbox(POLICE)))) {
                connection.start();
                for (int attempt = 1; attempt <= 2; attempt++) {
                    Message message = consumer.receive(RunningHub.PATIENCE.toMillis());
                    assertThat(message).as("attempt %d", attempt).isNotNull();
                    session.rollback();
                }
            }
            await().atMost(RunningHub.PATIENCE)
                    .untilAsserted(() -> assertThat(openLetters(hub)).hasSize(1));
            hub.settle();
            JsonNode letter = openLetters(hub).path(0);
            assertThat(letter.path("origin").asText()).isEqualTo(Queues.inbox(POLICE));
            assertThat(letter.path("recipient").asText()).isEqualTo(POLICE);
            assertThat(letter.path("failureClass").asText()).isEqualTo("exhausted");

            replay(hub, letter.path("id").asText());

            Letter again = Way.STOMP.take(hub.as(POLICE), "REQUEST", referralId);
            assertThat(again.body()).contains("Анударь");
            hub.settle();
            assertThat(hub.waiting(POLICE, referralId)).isEmpty();
        }
    }

    private void rehearsalsAreListedAndEnded(RunningHub hub) throws Exception {
        String id = JSON.readTree(hub("dead-letters rehearsal list --json", hub))
                .at("/0/id")
                .asText();
        assertThat(hub("dead-letters rehearsal list", hub)).contains(id, "DONE", "1 of 1");
        assertThat(hub("dead-letters rehearsal cancel " + id, hub)).contains("It has ended.");
        assertThat(JSON.readTree(hub("dead-letters rehearsal cancel --json " + id, hub))
                        .at("/rehearsal/id")
                        .asText())
                .isEqualTo(id);
    }

    private void aGroupIsShownNotedAndLookedAfter(RunningHub hub, String letter) throws Exception {
        String group = hub.as("operator")
                .get("/dead-letters/" + letter)
                .json()
                .at("/summary/group")
                .asText();
        String revision = JSON.readTree(hub("dead-letters group show --json " + group, hub))
                .at("/group/revision")
                .asText();
        assertThat(hub("dead-letters group own --expected " + revision + ' ' + group, hub))
                .contains("It is recorded.");
        assertThat(JSON.readTree(hub("dead-letters group note --json " + group + " they-are-called", hub))
                        .path("status")
                        .asText())
                .isEqualTo("done");
        assertThat(hub("dead-letters group show " + group, hub))
                .contains("they-are-called", "own-group", "note-group", "operator")
                .doesNotContain("Анударь");
    }

    private static JsonNode openLetters(RunningHub hub) {
        return hub.as("operator").get("/dead-letters").json().path("items");
    }

    private static void replay(RunningHub hub, String id) {
        assertThat(hub.as("operator")
                        .post("/dead-letters/" + id + "/replay", "application/json", new byte[0])
                        .status())
                .isEqualTo(200);
    }

    /** What {@code ./hub} prints, called as an operator. */
    private String hub(String command, RunningHub hub) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "demo-operator\n");
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(
                List.of("--as", "operator", "--url", hub.url().toString(), "--secret-file", secret.toString()));
        StringWriter out = new StringWriter();
        int code = Hub.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(arguments.toArray(String[]::new));
        assertThat(code).as(out.toString()).isZero();
        return out.toString();
    }
}
