package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.referralhub.testing.Samples.bytes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.broker.Broker;
import org.referralhub.broker.EmbeddedBroker;
import org.referralhub.ledger.Tracking;
import org.referralhub.message.Identifiers;
import org.referralhub.testing.FhirJudge;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.Way;

/** Who may do what over HTTP on the real hub. */
class RestDoorIT {
    private static final String HELPLINE = "helpline-108";
    private static final String SOCIAL_WORKER = "social-work-111095";
    private static final String STRANGER = "court-capital";

    private static RunningHub hub;

    @BeforeAll
    static void start() {
        hub = RunningHub.shared();
    }

    @BeforeEach
    void forgetOtherTests() {
        hub.emptyInboxes();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        // method, path, agency, operator, integrator, auditor, administrator
        "GET,    /inbox,                  200, 403, 403, 403, 403",
        "DELETE, /inbox/x,                204, 403, 403, 403, 403",
        "POST,   /messages,               422, 403, 403, 403, 403",
        "POST,   /validate,               200, 403, 403, 403, 403",
        "GET,    /referrals/x,            404, 404, 403, 404, 404",
        "GET,    /referrals,              403, 200, 403, 200, 200",
        "GET,    /dead-letters,           403, 200, 200, 403, 403",
        "GET,    /dead-letters/x,         403, 404, 404, 403, 403",
        "POST,   /dead-letters/x/replay,  403, 404, 403, 403, 403",
        "GET,    /agencies,               403, 200, 200, 200, 200",
        "GET,    /books,                  403, 200, 200, 200, 200",
        "GET,    /configuration,          403, 200, 200, 200, 200",
        "GET,    /configuration/history,  403, 200, 200, 200, 200",
        "POST,   /configuration,          403, 200, 200, 403, 200",
        "POST,   /configuration/back,     403, 404, 404, 403, 404",
        "GET,    /anything-else,          403, 403, 403, 403, 403"
    })
    void each_may_do_what_is_its_own(
            String method, String path, int agency, int operator, int integrator, int auditor, int administrator) {
        Map<String, Integer> expected = Map.of(
                HELPLINE,
                agency,
                "operator",
                operator,
                "integrator",
                integrator,
                "auditor",
                auditor,
                "administrator",
                administrator);
        byte[] body = method.equals("POST") ? bytes("{}") : new byte[0];
        expected.forEach((user, status) -> {
            assertThat(hub.as(user).call(method, path, "application/json", body).status())
                    .as(user)
                    .isEqualTo(status);
            Participant.Answer stranger = hub.as("no-" + user).call(method, path, "application/json", body);
            assertThat(stranger.status()).as("nobody").isIn(401, 429);
        });
    }

    @Test
    void a_wrong_secret_is_401_and_soon_has_to_wait_while_others_go_on() {
        List<Integer> statuses = new ArrayList<>();
        Participant.Answer last = null;
        for (int i = 0; i < 10; i++) {
            // Nobody else's tests use it: it is locked out for a while.
            last = hub.as("joint-team-1125").withSecret("demo-helpline-108").get("/inbox");
            statuses.add(last.status());
        }

        assertThat(statuses).startsWith(401).endsWith(429).doesNotContain(200);
        assertThat(Integer.parseInt(last.header("Retry-After"))).isPositive();
        assertThat(hub.as(HELPLINE).get("/inbox").status()).isEqualTo(200);
    }

    @Test
    void a_document_that_claims_another_sender_is_refused() {
        String id = "forged-" + UUID.randomUUID();
        Participant.Answer answer =
                hub.as(SOCIAL_WORKER).send("application/json", """
                {"messageId": "%s", "messageType": "REQUEST", "sentAt": "%s", "sender": "%s",
                 "body": {"urgency": "ROUTINE", "concerns": ["NEGLECT"], "narrative": "x"}}""".formatted(id, Samples.now(), STRANGER));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(Samples.faultsOf(answer.json())).singleElement().asString().startsWith("sender.forged /sender 1:");
        assertThat(hub.bean(Tracking.class).prior(STRANGER, id)).isEmpty();
    }

    /** As a client of FHIR asks. Nothing is refused because of it, whoever else asks for whatever. */
    @ParameterizedTest
    @CsvSource({
        "health-capital, health/samples/accepted/smallest-referral.json, application/fhir+json, application/fhir+json",
        "health-1125, health-xml/samples/accepted/doctor-notices-injuries.xml, application/fhir+xml, application/fhir+xml",
        "police-capital, police/samples/accepted/smallest-report.xml, application/xml, application/json"
    })
    void who_asks_for_its_own_format_is_heard(String agency, String sample, String accept, String answered)
            throws Exception {
        byte[] document = Files.readAllBytes(Path.of("schemas", sample));
        Participant.Answer answer = hub.as(agency).post("/validate", accept, accept, document);
        Participant.Answer refused = hub.as(agency).post("/messages", accept, accept, bytes("nonsense"));

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo(answered);
        assertThat(refused.status()).as(refused.text()).isEqualTo(422);
        assertThat(refused.header("Content-Type")).isEqualTo(answered);
        if (answered.contains("fhir")) {
            assertThat(FhirJudge.faults(answer.text())).isEmpty();
            assertThat(FhirJudge.faults(refused.text())).isEmpty();
        }
    }

    @Test
    void nobody_can_acknowledge_what_lies_in_anothers_inbox() throws Exception {
        String call = "call-" + UUID.randomUUID();
        String referralId = Identifiers.referralId(HELPLINE, call);
        Way.REST.send(hub.as(HELPLINE), "helpline", bytes(Referrals.call(call)));
        hub.settle();
        String delivery = hub.waiting(SOCIAL_WORKER, referralId).get(0).id();

        // Offices of its own dialect too: nothing but the login tells two of them apart.
        List<String> others =
                new ArrayList<>(hub.as("operator").get("/agencies").json().findValuesAsText("id"));
        others.remove(SOCIAL_WORKER);
        assertThat(others).contains(STRANGER, HELPLINE, "social-work-111653");
        for (String other : others) {
            // What is not there can be acknowledged again, so the answer tells nobody whether it is somewhere else.
            assertThat(hub.as(other).delete("/inbox/" + delivery).status())
                    .as(other)
                    .isEqualTo(204);
            assertThat(hub.as(other).get("/inbox?max=100").text()).as(other).doesNotContain(delivery);
            assertThat(hub.as(other).get("/inbox/" + SOCIAL_WORKER).status())
                    .as(other)
                    .isIn(403, 404, 405);
            assertThat(hub.as(other)
                            .get("/inbox?max=100&agency=" + SOCIAL_WORKER)
                            .text())
                    .as(other)
                    .doesNotContain(delivery);
        }

        assertThat(hub.waiting(SOCIAL_WORKER, referralId)).hasSize(1);
        assertThat(hub.as(SOCIAL_WORKER).get("/inbox").json().findValuesAsText("id"))
                .contains(delivery);
    }

    @Test
    void an_agency_that_asks_too_often_is_told_to_wait_and_a_broker_that_is_away_is_503(@TempDir Path data) {
        try (RunningHub small =
                RunningHub.start(data, Map.of("hub.api.requests-per-second", "1", "hub.api.burst", "5"))) {
            Participant school = small.as("school-1110");
            Participant.Answer answer = school.get("/inbox");
            for (int i = 0; i < 20 && answer.status() == 200; i++) {
                answer = school.get("/inbox");
            }
            assertThat(answer.status()).isEqualTo(429);
            assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
            assertThat(answer.json().at("/remedy/mn").asText()).isNotEmpty();
            assertThat(small.as(HELPLINE).get("/inbox").status()).isEqualTo(200);

            // Stopped on purpose: a broker that stops by itself ends the process.
            ((EmbeddedBroker) small.bean(Broker.class)).close();
            answer = small.as(HELPLINE).send("application/json", Referrals.call("away-" + UUID.randomUUID()));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
            assertThat(small.as("police-capital").get("/inbox").status()).isEqualTo(503);
        }
    }
}
