package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.referralhub.testing.Samples.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.ledger.Tracking.AssignmentView;
import org.referralhub.message.Identifiers;
import org.referralhub.testing.Letter;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.Way;

/** Deadlines of seconds on the whole hub: who is asked next, who is woken, and a recall that one of three does not answer. */
class EscalationIT {
    private static final String HELPLINE = "helpline-108";
    private static final Duration ACKNOWLEDGE = Duration.ofSeconds(10);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final List<String> POSTED = new CopyOnWriteArrayList<>();

    @TempDir
    private static Path folder;

    private static HttpServer hook;
    private static GreenMail post;
    private static RunningHub hub;

    private final String callId = "call-" + UUID.randomUUID();
    private final String referralId = Identifiers.referralId(HELPLINE, callId);

    @BeforeAll
    static void start() throws IOException {
        hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/", exchange -> {
            POSTED.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        hook.start();
        post = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
        post.start();
        Path home = RunningHub.copyHome(folder.resolve("home"));
        Path times = home.resolve("config/response-times.yaml");
        Files.writeString(
                times,
                Files.readString(times).replaceAll("acknowledgeWithin: PT1[05]M", "acknowledgeWithin: " + ACKNOWLEDGE));
        Files.writeString(home.resolve("config/alarms.yaml"), """
                gather: PT1S
                window: PT1S
                channels:
                  webhook: { url: "http://127.0.0.1:%d/" }
                  mail: { host: 127.0.0.1, port: %d, startTls: false, from: hub@example.org, to: [duty@example.org] }
                """.formatted(
                        hook.getAddress().getPort(), post.getSmtp().getPort()));
        hub = RunningHub.start(home, folder.resolve("data"), Map.of(), "demo");
    }

    @AfterAll
    static void stop() {
        if (hub != null) {
            hub.close();
        }
        post.stop();
        hook.stop(0);
    }

    @Test
    void whoDoesNotAnswerAnImmediateReferralWakesTheNextOfficeAndTheOperators() {
        call("PHYSICAL_VIOLENCE");
        List<String> asked = recipients();

        await("an alarm within a minute of the deadline")
                .atMost(ACKNOWLEDGE.plus(MINUTE))
                .until(() -> !posted().isEmpty() && mail().toString().contains("overdue-acknowledge IMMEDIATE"));

        assertThat(posted().get(0))
                .contains("\"status\":\"alarm\"", "overdue-acknowledge")
                .doesNotContain("Номин");
        hub.settle();
        assertThat(recipients()).hasSizeGreaterThan(asked.size()).containsAll(asked);
        List<JsonNode> notices = escalations();
        assertThat(notices)
                .extracting(notice -> notice.path("late_agency").asText())
                .containsOnlyOnceElementsOf(asked);
        assertThat(notices).allSatisfy(notice -> assertThat(recipients())
                .contains(notice.path("other_agency").asText()));
    }

    /** What the webhook was told of this test's referral. */
    private List<String> posted() {
        return POSTED.stream()
                .filter(text -> text.contains(Identifiers.reference(referralId)))
                .toList();
    }

    private static StringBuilder mail() {
        StringBuilder text = new StringBuilder();
        for (MimeMessage message : post.getReceivedMessages()) {
            try {
                text.append(message.getSubject()).append('\n');
            } catch (jakarta.mail.MessagingException e) {
                throw new AssertionError(e);
            }
        }
        return text;
    }

    @Test
    void aRecallReachesAllThreeAndTheOneThatDoesNotAcknowledgeItIsOverdue() throws Exception {
        call("SEXUAL_VIOLENCE");
        List<String> told = recipients();
        assertThat(told).containsExactlyInAnyOrder("police-family-division", "social-work-111653", "health-capital");

        assertThat(hub.as(HELPLINE)
                        .send("application/json", """
                                {"record_type": "FOLLOW_UP", "record_id": "recall-%s", "written_at": "%s",
                                 "referral_id": "%s", "action": "RECALL", "reason": "Хүүхэд гэртээ ирсэн."}""".formatted(callId, Referrals.sentAt(), referralId))
                        .status())
                .isEqualTo(202);
        await().atMost(RunningHub.PATIENCE)
                .until(() -> told.stream().allMatch(agency -> hub.waiting(agency, referralId).stream()
                        .anyMatch(letter -> letter.type().equals("RECALL"))));
        // Three notices, and three acknowledgements asked for.
        JsonNode receipt = hub.waiting(HELPLINE, referralId).stream()
                .map(Letter::json)
                .filter(json -> json.path("about").asText().startsWith("recall-"))
                .findAny()
                .orElseThrow();
        assertThat(receipt.path("sent_to").findValuesAsText("agency")).containsExactlyInAnyOrderElementsOf(told);
        assertThat(receipt.path("sent_to").findValuesAsText("acknowledge_by")).hasSize(3);

        Way.AMQP.send(
                hub.as("police-family-division"),
                "police",
                bytes(Samples.policeAnswer("ack-" + callId, referralId, "<Acknowledgement/>")));
        assertThat(hub.as("social-work-111653")
                        .send("application/json", """
                                {"messageId": "ack-%s", "messageType": "ACK", "sentAt": "%s", "referralId": "%s",
                                 "correlationId": "recall-%s", "body": {}}""".formatted(callId, Referrals.sentAt(), referralId, callId))
                        .status())
                .isEqualTo(202);

        await().atMost(ACKNOWLEDGE.plus(MINUTE)).until(() -> !escalations().isEmpty());
        hub.settle();
        assertThat(escalations()).singleElement().satisfies(notice -> {
            assertThat(notice.path("late_agency").asText()).isEqualTo("health-capital");
            assertThat(notice.has("other_agency")).isFalse();
        });
        assertThat(recipients()).containsExactlyInAnyOrderElementsOf(told);
        assertThat(hub.as("operator")
                        .get("/referrals?overdue=true&agency=health-capital")
                        .json()
                        .path("items")
                        .findValuesAsText("referralId"))
                .contains(referralId);
    }

    /** A call of a child in khoroo 2 of Songinokhairkhan that somebody must answer now. */
    private void call(String concern) {
        assertThat(hub.as(HELPLINE)
                        .send("application/json", """
                                {"record_type": "CALL", "call_id": "%s", "call_time": "%s", "response": "NOW",
                                 "concerns": ["%s"], "caller": {"relation": "self", "callback_number": "99112233"},
                                 "child": {"first_name": "Номин"}, "address": {"aimag": "11", "soum": "1116", "bag": "111653"},
                                 "story": "…", "legal_basis": "VITAL_INTERESTS"}""".formatted(callId, Referrals.sentAt(), concern))
                        .status())
                .isEqualTo(202);
        await().atMost(RunningHub.PATIENCE)
                .until(() -> hub.waiting(HELPLINE, referralId).size() == 1);
    }

    private List<String> recipients() {
        return hub.referral(referralId).assignments().stream()
                .map(AssignmentView::recipient)
                .toList();
    }

    private List<JsonNode> escalations() {
        return hub.waiting(HELPLINE, referralId).stream()
                .filter(letter -> letter.type().equals("ESCALATE"))
                .map(Letter::json)
                .toList();
    }
}
