package org.referralhub.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.reset;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;
import static org.referralhub.api.FacesApplication.HELPLINE;
import static org.referralhub.api.FacesApplication.POLICE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSContext;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.broker.Broker;
import org.referralhub.counts.CountTable;
import org.referralhub.counts.Counts;
import org.referralhub.counts.Dimension;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskException;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.DeskOutcome;
import org.referralhub.deadletter.Page;
import org.referralhub.ledger.AccessLog;
import org.referralhub.ledger.Books;
import org.referralhub.ledger.BusyException;
import org.referralhub.ledger.LedgerUnavailableException;
import org.referralhub.ledger.Manifests;
import org.referralhub.ledger.ReferralSearch;
import org.referralhub.ledger.Tracking;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;
import org.referralhub.message.Text;
import org.referralhub.message.Urgency;
import org.referralhub.testing.FhirJudge;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

@SpringBootTest(
        classes = FacesApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"hub.api.burst=1000", "management.endpoint.health.group.readiness.include=readinessState"})
class HttpFaceTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MESSAGE = """
            {"messageId": "m-1", "messageType": "REQUEST", "body": {"urgency": "IMMEDIATE"}}""";

    @Autowired
    private Environment environment;

    @Autowired
    private ConnectionFactory connections;

    @Autowired
    private Tracking tracking;

    @Autowired
    private ReferralSearch search;

    @Autowired
    private AccessLog access;

    @Autowired
    private Books books;

    @Autowired
    private Manifests manifests;

    @Autowired
    private Counts counts;

    @Autowired
    private Broker broker;

    @Autowired
    private Desk desk;

    @Autowired
    private DeskOrders orders;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    private Faces faces;

    @BeforeEach
    void findServer() {
        faces = new Faces(environment.getRequiredProperty("local.server.port", Integer.class));
        FacesApplication.PRIORS.clear();
        clearInvocations(access);
    }

    @AfterEach
    void emptyQueues() {
        try (JMSContext context = connections.createContext()) {
            for (String queue : List.of("intake.canonical", inbox(HELPLINE), inbox(POLICE))) {
                try (var consumer = context.createConsumer(context.createQueue(queue))) {
                    while (consumer.receiveNoWait() != null) {
                        // Thrown away.
                    }
                }
            }
        }
    }

    @Test
    void anAcceptedMessageLiesOnItsIntakeQueueAsItCameInTheAgencysName() throws Exception {
        HttpResponse<String> answer = faces.post(HELPLINE, "/api/v1/messages", MESSAGE);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        JsonNode body = JSON.readTree(answer.body());
        String referralId = Identifiers.referralId(HELPLINE, "m-1");
        assertThat(body.path("referralId").asText()).isEqualTo(referralId);
        assertThat(body.path("reference").asText()).isEqualTo(Identifiers.reference(referralId));
        assertThat(body.path("status").asText()).isEqualTo("accepted");
        assertThat(body.path("incomplete").asBoolean(true)).isFalse();
        assertThat(body.at("/findings/0/severity").asText()).isEqualTo("warning");
        assertThat(body.at("/findings/0/line").asInt()).isEqualTo(3);

        try (JMSContext context = connections.createContext();
                var consumer = context.createConsumer(context.createQueue("intake.canonical"))) {
            BytesMessage taken = (BytesMessage) consumer.receive(5000);
            assertThat(taken.getBody(byte[].class)).isEqualTo(MESSAGE.getBytes(StandardCharsets.UTF_8));
            assertThat(taken.getStringProperty(Headers.SENDER)).isEqualTo(HELPLINE);
            assertThat(taken.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
            assertThat(taken.getJMSPriority()).isEqualTo(Urgency.IMMEDIATE.priority());
        }
    }

    @Test
    void aRefusedMessageIsAnsweredWithItsReportAndGoesNowhere() throws Exception {
        HttpResponse<String> answer = faces.post(HELPLINE, "/api/v1/messages", "{\"refuse\": true}");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(JSON.readTree(answer.body()).path("resourceType").asText()).isEqualTo("OperationOutcome");
        assertThat(depth("intake.canonical")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/xml", "text/html", "application/fhir+json;q=0, text/csv", "no type at all", ""})
    void noMessageWaitsForWhatItsSenderWouldRatherRead(String accept) throws Exception {
        HttpResponse<String> answer = asking(accept, "/api/v1/messages", message(accept));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(JSON.readTree(answer.body()).path("status").asText()).isEqualTo("accepted");
        assertThat(depth("intake.canonical")).isEqualTo(1);
        assertProblem(asking(accept, "/api/v1/inbox?max=0", null), "bad-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/fhir+json",
                "application/fhir+xml;q=0.9, application/fhir+json;q=1.0, */*;q=0.1",
                "application/fhir+xml;charset=utf-8",
                "application/json;q=0.5, application/fhir+xml"
            })
    void whoReadsNothingButFhirIsAnsweredInIt(String accept) throws Exception {
        String form = accept.contains("json;q=1.0") || !accept.contains("xml")
                ? "application/fhir+json"
                : "application/fhir+xml";

        HttpResponse<String> taken = asking(accept, "/api/v1/messages", message(accept));
        HttpResponse<String> refused = asking(accept, "/api/v1/messages", "{\"refuse\": true}");
        HttpResponse<String> checked = asking(accept, "/api/v1/validate", MESSAGE);

        assertThat(List.of(taken.statusCode(), refused.statusCode(), checked.statusCode()))
                .containsExactly(202, 422, 200);
        for (HttpResponse<String> answer : List.of(taken, refused, checked)) {
            assertThat(answer.headers().firstValue("Content-Type")).contains(form);
            assertThat(answer.body()).contains("OperationOutcome");
            assertThat(FhirJudge.faults(answer.body())).isEmpty();
        }
        assertThat(taken.body())
                .contains(
                        "urn:referral-hub:extension:reference",
                        Identifiers.reference(Identifiers.referralId(HELPLINE, id(accept))),
                        "accepted");
        assertThat(refused.body()).contains("error").doesNotContain("urn:referral-hub:extension:reference");
    }

    private static String message(String accept) {
        return MESSAGE.replace("m-1", id(accept));
    }

    private static String id(String accept) {
        return "asks-" + Integer.toHexString(accept.hashCode());
    }

    private HttpResponse<String> asking(String accept, String path, @Nullable String body) throws Exception {
        HttpRequest.BodyPublisher publisher =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpRequest request =
                faces.request(HELPLINE, body == null ? "GET" : "POST", path, "application/json", publisher);
        return faces.send(HttpRequest.newBuilder(request, (name, value) -> true)
                .header("Accept", accept)
                .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "[]", "{\"a\":", "\u0000"})
    void nonsenseIsRefusedAndNeverAFailureOfTheHub(String body) throws Exception {
        assertThat(faces.post(HELPLINE, "/api/v1/messages", body).statusCode()).isEqualTo(422);
    }

    @Test
    void theSameMessageAgainIsADuplicateAndOtherContentUnderItsIdAConflict() throws Exception {
        String referralId = Identifiers.referralId(HELPLINE, "m-1");
        FacesApplication.PRIORS.put(
                HELPLINE + " m-1",
                new Tracking.Prior(
                        referralId,
                        Identifiers.reference(referralId),
                        Identifiers.digest(MESSAGE.getBytes(StandardCharsets.UTF_8)),
                        "none",
                        "accepted"));

        HttpResponse<String> again = faces.post(HELPLINE, "/api/v1/messages", MESSAGE);
        HttpResponse<String> other = faces.post(HELPLINE, "/api/v1/messages", MESSAGE.replace("IMMEDIATE", "ROUTINE"));

        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(JSON.readTree(again.body()).path("status").asText()).isEqualTo("duplicate");
        assertThat(other.statusCode()).isEqualTo(409);
        assertProblem(other, "conflict");
        assertThat(JSON.readTree(other.body()).path("referralId").asText()).isEqualTo(referralId);
    }

    @Test
    void whoRepeatsWhatTheLedgerHasRefusedIsToldSo() throws Exception {
        String referralId = Identifiers.referralId(HELPLINE, "m-1");
        FacesApplication.PRIORS.put(
                HELPLINE + " m-1",
                new Tracking.Prior(
                        referralId,
                        Identifiers.reference(referralId),
                        Identifiers.digest(MESSAGE.getBytes(StandardCharsets.UTF_8)),
                        "none",
                        "refused"));

        JsonNode again =
                JSON.readTree(faces.post(HELPLINE, "/api/v1/messages", MESSAGE).body());

        assertThat(again.path("status").asText()).isEqualTo("duplicate");
        assertThat(again.path("findings").findValuesAsText("code")).contains("message.refused-before");
    }

    @Test
    void whatTheLedgerDoesNotKnowYetIsADuplicateOrAConflictAllTheSame() throws Exception {
        String message = MESSAGE.replace("m-1", "m-under-way");
        HttpResponse<String> first = faces.post(HELPLINE, "/api/v1/messages", message);
        HttpResponse<String> again = faces.post(HELPLINE, "/api/v1/messages", message);
        HttpResponse<String> other = faces.post(HELPLINE, "/api/v1/messages", message.replace("IMMEDIATE", "ROUTINE"));
        HttpResponse<String> anothers = faces.post(POLICE, "/api/v1/messages", message);

        assertThat(JSON.readTree(first.body()).path("status").asText()).isEqualTo("accepted");
        assertThat(JSON.readTree(again.body()).path("status").asText()).isEqualTo("duplicate");
        assertThat(JSON.readTree(again.body()).path("reference"))
                .isEqualTo(JSON.readTree(first.body()).path("reference"));
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(JSON.readTree(anothers.body()).path("status").asText()).isEqualTo("accepted");
    }

    @Test
    void validatingAnswersWithAReportAndSendsNothing() throws Exception {
        HttpResponse<String> refused = faces.post(HELPLINE, "/api/v1/validate", "{\"refuse\": true}");
        HttpResponse<String> fine = faces.post(HELPLINE, "/api/v1/validate", MESSAGE);

        assertThat(refused.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(refused.body()).at("/issue/0/severity").asText())
                .isEqualTo("error");
        assertThat(fine.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(fine.body()).at("/issue/0/severity").asText()).isEqualTo("warning");
        assertThat(depth("intake.canonical")).isZero();
    }

    @Test
    void validatingShowsTheStagesWhenAskedAndSendsNothing() throws Exception {
        HttpResponse<String> stages = faces.post(HELPLINE, "/api/v1/validate?stages=true", MESSAGE);
        HttpResponse<String> foreign = faces.post(
                HELPLINE, "/api/v1/validate?stages=true", "text/csv", MESSAGE.getBytes(StandardCharsets.UTF_8));

        assertThat(stages.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(stages.body()).path("sender").asText()).isEqualTo("helpline-108");
        assertThat(JSON.readTree(stages.body()).path("bytes").asInt()).isEqualTo(MESSAGE.length());
        assertThat(foreign.statusCode()).isEqualTo(415);
        assertThat(depth("intake.canonical")).isZero();
    }

    @Test
    void aFormatThatTheAgencyDoesNotSpeakIsRefusedByName() throws Exception {
        HttpResponse<String> answer = faces.post(
                HELPLINE,
                "/api/v1/messages",
                "application/x-www-form-urlencoded",
                MESSAGE.getBytes(StandardCharsets.UTF_8));

        assertThat(answer.statusCode()).isEqualTo(415);
        assertProblem(answer, "unsupported-media-type");
        assertThat(answer.body()).contains("application/json");
    }

    @Test
    void aPackedBodyIsRefusedByName() throws Exception {
        HttpRequest request = faces.request(
                HELPLINE,
                "POST",
                "/api/v1/messages",
                "application/json",
                HttpRequest.BodyPublishers.ofByteArray(new byte[] {0x1f, (byte) 0x8b, 8, 0}));
        HttpResponse<String> packed = faces.send(HttpRequest.newBuilder(request, (name, value) -> true)
                .header("Content-Encoding", "gzip")
                .build());

        assertThat(packed.statusCode()).isEqualTo(415);
        assertProblem(packed, "content-encoding");
        assertThat(packed.body()).contains("without the header Content-Encoding");
    }

    @Test
    void aBodyBeyondTheLimitIsRefusedWhetherItSaysItsLengthOrNot() throws Exception {
        byte[] large = new byte[1024 * 1024 + 1];

        HttpResponse<String> declared = faces.post(HELPLINE, "/api/v1/messages", "application/json", large);
        HttpResponse<String> chunked = faces.send(faces.request(
                HELPLINE,
                "POST",
                "/api/v1/messages",
                "application/json",
                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))));

        assertThat(declared.statusCode()).isEqualTo(413);
        assertProblem(declared, "too-large");
        assertThat(chunked.statusCode()).isEqualTo(413);
        assertProblem(chunked, "too-large");
    }

    @Test
    void lookingAtTheInboxTakesNothingAndAcknowledgingIsHarmlessWhenRepeated() throws Exception {
        put(POLICE, "d-1", "<Referral/>");
        put(POLICE, "d-2", "<Referral2/>");

        JsonNode first = JSON.readTree(faces.get(POLICE, "/api/v1/inbox").body());
        JsonNode second = JSON.readTree(faces.get(POLICE, "/api/v1/inbox?max=1").body());

        assertThat(first).hasSize(2);
        assertThat(first.at("/0/id").asText()).isEqualTo("d-1");
        assertThat(first.at("/0/body").asText()).isEqualTo("<Referral/>");
        assertThat(first.at("/0/contentType").asText()).isEqualTo("application/xml");
        assertThat(first.at("/0/messageType").asText()).isEqualTo("REQUEST");
        assertThat(second).hasSize(1);

        assertThat(faces.delete(POLICE, "/api/v1/inbox/d-1").statusCode()).isEqualTo(204);
        assertThat(faces.delete(POLICE, "/api/v1/inbox/d-1").statusCode()).isEqualTo(204);
        assertThat(JSON.readTree(faces.get(POLICE, "/api/v1/inbox").body()).findValuesAsText("id"))
                .containsExactly("d-2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"d-1'%20OR%201=1", "d-1%27%20OR%20%271%27=%271", "%00"})
    void anIdCannotReachBeyondItself(String id) throws Exception {
        put(POLICE, "d-1", "<Referral/>");

        assertThat(faces.delete(POLICE, "/api/v1/inbox/" + id).statusCode()).isIn(204, 400);
        assertThat(depth(inbox(POLICE))).isEqualTo(1);
    }

    @Test
    void aWaitingReaderIsAnsweredAsSoonAsSomethingComes() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return faces.get(POLICE, "/api/v1/inbox?wait=20");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        put(POLICE, "d-9", "<Referral/>");

        await().until(answer::isDone);
        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(answer.get().body()).at("/0/id").asText()).isEqualTo("d-9");
    }

    @Test
    void aReaderThatWaitsInVainGetsAnEmptyList() throws Exception {
        HttpResponse<String> answer = faces.get(POLICE, "/api/v1/inbox?wait=1");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("[]");
    }

    @Test
    void waitersHoldNoServerThreads() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> waiters = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            waiters.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return faces.get(POLICE, "/api/v1/inbox?wait=2");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> waiter : waiters) {
            statuses.add(waiter.get().statusCode());
        }
        assertThat(statuses).containsOnly(200, 429);
        assertThat(statuses.stream().filter(status -> status == 200).count()).isGreaterThanOrEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max=0", "max=101", "wait=-1", "wait=31", "max=many"})
    void parametersOutOfRangeAreNamed(String query) throws Exception {
        HttpResponse<String> answer = faces.get(POLICE, "/api/v1/inbox?" + query);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertProblem(answer, "bad-request");
        assertThat(JSON.readTree(answer.body()).path("detail").asText())
                .startsWith(query.substring(0, query.indexOf('=')))
                .doesNotContain("many");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/audit?from=yesterday | from is not a time such as 2026-11-22T08:00:00+08:00 (in an address + is %2B).",
                "/manifest?day=today | day is not a day such as 2026-11-22.",
                "/manifest | day is missing.",
                "/counts?from=2026&to=2026-11 | from is not a month such as 2026-11.",
                "/books?verify=perhaps | verify is not true or false.",
                "/audit?size=all | size is not a whole number.",
                "/audit?actr=operator | A parameter is not one of this call; it has action, actor, after, from, size, subject, to.",
                "/referrals/x?all=true | This call has no parameters."
            })
    void whatCanNotBeReadOfAQueryIsNamed(String path, String detail) throws Exception {
        HttpResponse<String> answer = faces.get("auditor", "/api/v1" + path);

        assertProblem(answer, "bad-request");
        assertThat(JSON.readTree(answer.body()).path("detail").asText()).isEqualTo(detail);
    }

    @Test
    void anAgencyReadsAndAcknowledgesOnlyItsOwnInbox() throws Exception {
        put(POLICE, "d-1", "<Referral/>");

        assertThat(faces.get(HELPLINE, "/api/v1/inbox").body()).isEqualTo("[]");
        assertThat(faces.delete(HELPLINE, "/api/v1/inbox/d-1").statusCode()).isEqualTo(204);
        assertThat(depth(inbox(POLICE))).isEqualTo(1);
    }

    @Test
    void anAgencyCannotSendInAnothersName() throws Exception {
        HttpRequest forged = HttpRequest.newBuilder(
                        faces.request(
                                HELPLINE,
                                "POST",
                                "/api/v1/messages",
                                "application/json",
                                HttpRequest.BodyPublishers.ofString(MESSAGE)),
                        (name, value) -> true)
                .header(Headers.SENDER, POLICE)
                .header("_AMQ_VALIDATED_USER", POLICE)
                .build();
        faces.send(forged);

        try (JMSContext context = connections.createContext();
                var consumer = context.createConsumer(context.createQueue("intake.canonical"))) {
            assertThat(consumer.receive(5000).getStringProperty(Headers.SENDER)).isEqualTo(HELPLINE);
        }
    }

    @Test
    void aReferralIsShownToItsPartiesAndToNobodyElse() throws Exception {
        Tracking.ReferralView referral = referral();
        when(tracking.referral("RF-1")).thenReturn(Optional.of(referral));
        when(tracking.isParty(HELPLINE, "r-1")).thenReturn(true);
        when(tracking.isParty(POLICE, "r-1")).thenReturn(false);

        JsonNode sender =
                JSON.readTree(faces.get(HELPLINE, "/api/v1/referrals/RF-1").body());
        assertThat(sender.path("assignments")).hasSize(2);
        assertThat(sender.at("/assignments/0/withheld/0/en").asText()).isEqualTo("narrative");
        assertThat(faces.get(POLICE, "/api/v1/referrals/RF-1").statusCode()).isEqualTo(404);
        assertThat(faces.get(POLICE, "/api/v1/referrals/RF-UNKNOWN").body())
                .isEqualTo(faces.get(POLICE, "/api/v1/referrals/RF-1").body());
        assertThat(faces.get("operator", "/api/v1/referrals/RF-1").statusCode()).isEqualTo(200);

        when(tracking.isParty(POLICE, "r-1")).thenReturn(true);
        JsonNode recipient =
                JSON.readTree(faces.get(POLICE, "/api/v1/referrals/RF-1").body());
        assertThat(recipient.path("assignments").findValuesAsText("recipient")).containsExactly(POLICE);
        assertThat(recipient.path("timeline").findValuesAsText("recipient")).containsOnly(POLICE);
        assertThat(recipient.path("concerns").isNull()).isTrue();
        assertThat(recipient.toString()).doesNotContain("shelter-1", "narrative");
    }

    private static Tracking.ReferralView referral() {
        return new Tracking.ReferralView(
                "r-1",
                "RF-1",
                HELPLINE,
                Urgency.URGENT,
                List.of("PHYSICAL_VIOLENCE"),
                "01101",
                1,
                false,
                Instant.EPOCH,
                List.of(
                        new Tracking.AssignmentView(
                                POLICE,
                                "requested",
                                "rule",
                                Instant.EPOCH,
                                null,
                                null,
                                List.of(new Text("Өгүүлсэн зүйл", "narrative")),
                                List.of()),
                        new Tracking.AssignmentView(
                                "shelter-1", "requested", "rule", Instant.EPOCH, null, null, List.of(), List.of())),
                List.of(new Tracking.EventView(
                        "m-1",
                        MessageType.REQUEST,
                        HELPLINE,
                        Instant.EPOCH,
                        "accepted",
                        List.of(
                                new Tracking.DeliveryView(
                                        "d-1",
                                        POLICE,
                                        MessageType.REQUEST,
                                        org.referralhub.ledger.DeliveryState.DELIVERED,
                                        null,
                                        null),
                                new Tracking.DeliveryView(
                                        "d-2",
                                        "shelter-1",
                                        MessageType.REQUEST,
                                        org.referralhub.ledger.DeliveryState.DELIVERED,
                                        null,
                                        null)))));
    }

    /** Status for: nobody, an agency, an operator, an integrator, an auditor, an administrator. */
    @ParameterizedTest
    @CsvSource({
        "POST,   /api/v1/messages,                  401, 422, 403, 403, 403, 403",
        "POST,   /api/v1/validate,                  401, 200, 403, 403, 403, 403",
        "GET,    /api/v1/inbox,                     401, 200, 403, 403, 403, 403",
        "DELETE, /api/v1/inbox/x,                   401, 204, 403, 403, 403, 403",
        "GET,    /api/v1/referrals/x,               401, 404, 404, 403, 404, 404",
        "GET,    /api/v1/referrals/x/timeline,      401, 404, 404, 403, 404, 404",
        "GET,    /api/v1/referrals,                 401, 403, 200, 403, 200, 200",
        "POST,   /api/v1/referrals/search,          401, 403, 400, 403, 403, 403",
        "GET,    /api/v1/dead-letters,              401, 403, 200, 200, 403, 403",
        "GET,    /api/v1/dead-letters/x,            401, 403, 404, 404, 403, 403",
        "GET,    /api/v1/dead-letters/groups,       401, 403, 200, 200, 403, 403",
        "GET,    /api/v1/dead-letters/groups/x,     401, 403, 404, 404, 403, 403",
        "POST,   /api/v1/dead-letters/groups/x,     401, 403, 400, 403, 403, 403",
        "POST,   /api/v1/dead-letters/x/discard,    401, 403, 400, 403, 403, 403",
        "POST,   /api/v1/dead-letters/x/return,     401, 403, 400, 403, 403, 403",
        "POST,   /api/v1/dead-letters/x/restore,    401, 403, 404, 403, 403, 403",
        "POST,   /api/v1/dead-letters/x/own,        401, 403, 400, 403, 403, 403",
        "POST,   /api/v1/dead-letters/x/note,       401, 403, 400, 403, 403, 403",
        "POST,   /api/v1/dead-letters/x/replay,     401, 403, 404, 403, 403, 403",
        "GET,    /api/v1/dead-letters/x/content,    401, 403, 404, 404, 403, 403",
        "POST,   /api/v1/dead-letters/x/unmask,     401, 403, 400, 403, 403, 403",
        "POST,   /api/v1/dead-letters/x/correct,    401, 403, 400, 403, 403, 403",
        "GET,    /api/v1/unmaskings,                401, 403, 200, 403, 200, 200",
        "GET,    /api/v1/unmaskings?state=open,     401, 403, 400, 403, 400, 400",
        "GET,    /api/v1/unmaskings?size=501,       401, 403, 400, 403, 400, 400",
        "POST,   /api/v1/unmaskings/x/refuse,       401, 403, 400, 403, 403, 400",
        "GET,    /api/v1/agencies,                  401, 403, 200, 200, 200, 200",
        "POST,   /api/v1/agencies/police-khan-uul/pause,  401, 403, 400, 403, 403, 400",
        "POST,   /api/v1/agencies/police-khan-uul/resume, 401, 403, 400, 403, 403, 400",
        "GET,    /api/v1/books,                     401, 403, 200, 200, 200, 200",
        "GET,    /api/v1/books/hours?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z, 401, 403, 200, 200, 200, 200",
        "GET,    /api/v1/books/hours?from=2026-11-22T00:00:00Z&to=2027-11-23T00:00:00Z, 401, 403, 400, 400, 400, 400",
        "GET,    /api/v1/routes,                    401, 403, 200, 200, 200, 200",
        "GET,    /api/v1/alarms,                    401, 403, 200, 200, 200, 200",
        "GET,    /api/v1/alarms?max=0,              401, 403, 400, 400, 400, 400",
        "GET,    /api/v1/users,                     401, 403, 403, 403, 403, 200",
        "GET,    /api/v1/audit,                     401, 403, 403, 403, 200, 200",
        "GET,    /api/v1/audit?size=501,            401, 403, 403, 403, 400, 400",
        "GET,    /api/v1/audit?from=yesterday,      401, 403, 403, 403, 400, 400",
        "GET,    /api/v1/audit/verification,        401, 403, 403, 403, 200, 200",
        "GET,    /api/v1/audit/verification?from=0, 401, 403, 403, 403, 400, 400",
        "GET,    /api/v1/counts?from=2026-10&to=2026-11, 401, 403, 403, 403, 200, 200",
        "GET,    /api/v1/counts?from=2026-10&to=2026-11&format=csv, 401, 403, 403, 403, 200, 200",
        "GET,    /api/v1/counts?from=2026-11&to=2026-10, 401, 403, 403, 403, 400, 400",
        "GET,    /api/v1/counts?from=2026-10&to=october, 401, 403, 403, 403, 400, 400",
        "GET,    '/api/v1/counts?from=2026-10&to=2026-11&by=aimag,name', 401, 403, 403, 403, 400, 400",
        "GET,    '/api/v1/counts?from=2026-10&to=2026-11&by=kind,urgency,concern,month', 401, 403, 403, 403, 400, 400",
        "GET,    /api/v1/manifest?day=2026-11-22,   401, 200, 400, 403, 400, 400",
        "GET,    /api/v1/manifest?day=2026-11-22&agency=police-khan-uul, 401, 403, 200, 403, 200, 200",
        "GET,    /api/v1/manifest?day=2026-11-22&agency=nobody, 401, 403, 404, 403, 404, 404",
        "GET,    /api/v1/manifest?day=2026-11-22&size=0, 401, 400, 400, 403, 400, 400",
        "GET,    /api/v1/manifest,                  401, 400, 400, 403, 400, 400",
        "GET,    /actuator/health,                  200, 200, 200, 200, 200, 200",
        "GET,    /actuator/health/liveness,         200, 200, 200, 200, 200, 200",
        "GET,    /actuator/health/readiness,        200, 200, 200, 200, 200, 200",
        "GET,    /actuator/prometheus,              401, 403, 200, 200, 200, 200",
        "GET,    /actuator/info,                    401, 403, 200, 200, 200, 200",
        "GET,    /actuator/env,                     401, 403, 404, 404, 404, 404",
        "GET,    /v3/api-docs,                      200, 200, 200, 200, 200, 200",
        "GET,    /api/v1/nothing,                   401, 403, 403, 403, 403, 403",
        "PUT,    /api/v1/messages,                  401, 403, 403, 403, 403, 403",
        "GET,    /,                                 401, 403, 403, 403, 403, 403",
    })
    void everybodyMayDoWhatTheTableSaysAndNothingElse(
            String method,
            String path,
            int nobody,
            int agency,
            int operator,
            int integrator,
            int auditor,
            int administrator)
            throws Exception {
        when(books.books())
                .thenReturn(new Books.BooksView(
                        null, new Books.Account("*", 0, 0, 0, 0, 0), List.of(), 0, 0, 0, List.of()));
        when(broker.activity()).thenReturn(Map.of());
        when(counts.count(any(), any(), any()))
                .thenReturn(new CountTable(List.of(), List.of(), row(Map.of(), Map.of(), null)));
        when(manifests.page(any(), any(), any(), any(), anyInt())).thenReturn(new Manifests.Page(List.of(), null));
        when(desk.list(any(), any(), anyInt())).thenReturn(new Page<>(List.of(), null));
        when(orders.order(any(), eq("x"), any(), any(), any(), any()))
                .thenReturn(new DeskOrders.Answer("o-1", DeskOutcome.unknown()));
        when(desk.show("x")).thenReturn(Optional.empty());
        when(tracking.referral("x")).thenReturn(Optional.empty());

        List<Integer> statuses = new ArrayList<>();
        String[] callers = {null, HELPLINE, "operator", "integrator", "auditor", "administrator"};
        for (String caller : callers) {
            HttpResponse<String> answer =
                    faces.call(caller, method, path, "POST".equals(method) ? "application/json" : null, new byte[0]);
            statuses.add(answer.statusCode());
            if (answer.statusCode() == 401 || answer.statusCode() == 403) {
                assertProblem(answer, answer.statusCode() == 401 ? "unauthenticated" : "forbidden");
            }
        }
        assertThat(statuses).containsExactly(nobody, agency, operator, integrator, auditor, administrator);
    }

    @Test
    void lookingForAChildIsNotedBeforeItIsAnsweredAndRefusedWhenTheHubHasNoKey() throws Exception {
        String wanted = "{\"registerNo\": \"АВ16250415\"}";
        when(search.findsChildren()).thenReturn(false);
        assertProblem(faces.post("operator", "/api/v1/referrals/search", wanted), "search-off");
        verifyNoInteractions(access);

        when(search.findsChildren()).thenReturn(true);
        when(search.search(any(), any(), anyInt())).thenReturn(new ReferralSearch.Page(List.of(), null));
        assertThat(faces.post("operator", "/api/v1/referrals/search", wanted).statusCode())
                .isEqualTo(200);
        verify(access).note("operator", "search-child");

        doThrow(LedgerUnavailableException.class).when(access).note(any(), any());
        clearInvocations(search);
        assertThat(faces.post("operator", "/api/v1/referrals/search", wanted).statusCode())
                .isEqualTo(503);
        verify(search, never()).search(any(), any(), anyInt());
        reset(access, search);

        HttpResponse<String> nonsense =
                faces.post("operator", "/api/v1/referrals/search", "{\"registerNo\": [\"АВ16250415\"]}");
        assertThat(nonsense.statusCode()).isEqualTo(400);
        assertThat(nonsense.body()).doesNotContain("16250415");
    }

    private static CountTable.Row row(Map<String, String> of, Map<String, Text> names, Long identified) {
        return new CountTable.Row(
                of,
                names,
                identified,
                0L,
                null,
                7L,
                0L,
                Map.of("OUT_OF_AREA", 3L),
                0L,
                0L,
                0L,
                null,
                new CountTable.Times(60, 90));
    }

    @Test
    void figuresComeAsATableWithAStarForWhatIsNotShownAndWhoAskedIsNoted() throws Exception {
        CountTable.Row row = row(
                Map.of("aimag", "65", "month", "2026-10"),
                Map.of("aimag", new Text("Архангай", "Arkhangai"), "month", new Text("2026-10", "2026-10")),
                12L);
        when(counts.count(YearMonth.of(2026, 10), YearMonth.of(2026, 11), List.of(Dimension.AIMAG, Dimension.MONTH)))
                .thenReturn(new CountTable(
                        List.of(Dimension.AIMAG, Dimension.MONTH), List.of(row), row(Map.of(), Map.of(), null)));
        String path = "/api/v1/counts?from=2026-10&to=2026-11&by=aimag,month";

        assertThat(faces.get("auditor", path + "&format=csv").body()).isEqualTo("""
                aimag,aimag_mn,aimag_en,month,identified,referred,acknowledged,accepted,rejected,rejected_out_of_area,\
                transferred,solved,overdue,acknowledge_median_s,acknowledge_90_s,accept_median_s,accept_90_s
                65,Архангай,Arkhangai,2026-10,12,0,*,7,0,3,0,0,0,*,*,60,90
                ALL,Бүгд,All,ALL,*,0,*,7,0,3,0,0,0,*,*,60,90
                """);
        JsonNode json = JSON.readTree(faces.get("auditor", path).body());
        assertThat(json.at("/rows/0/of/aimag").asText()).isEqualTo("65");
        assertThat(json.at("/rows/0/identified").asLong()).isEqualTo(12);
        assertThat(json.at("/rows/0/acknowledged").isNull()).isTrue();
        assertThat(json.at("/total/identified").isNull()).isTrue();
        verify(access, org.mockito.Mockito.times(2)).note("auditor", "counts 2026-10..2026-11 aima,mont");
        reset(access);
    }

    @Test
    void anAgencyGetsTheManifestOfItsOwnDayAsATableOfAllPages() throws Exception {
        Instant begin = Instant.parse("2026-11-21T16:00:00Z");
        Instant end = Instant.parse("2026-11-22T16:00:00Z");
        Manifests.Line one =
                new Manifests.Line(Manifests.Way.FROM, begin, "m-1", "call, 1", "REQUEST", "r-1", "accepted", "ab12");
        Manifests.Line two =
                new Manifests.Line(Manifests.Way.TO, begin, "d-1", "call-2", "RECEIPT", null, "delivered", null);
        when(manifests.page(HELPLINE, begin, end, null, Manifests.LARGEST_PAGE))
                .thenReturn(new Manifests.Page(List.of(one), "0-1-m"));
        when(manifests.page(HELPLINE, begin, end, "0-1-m", Manifests.LARGEST_PAGE))
                .thenReturn(new Manifests.Page(List.of(two), null));

        HttpResponse<String> table = faces.get(HELPLINE, "/api/v1/manifest?day=2026-11-22&format=csv");

        assertThat(table.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
        assertThat(table.body()).isEqualTo("""
                way,at,id,messageId,messageType,referralId,state,digest
                from,2026-11-22T00:00:00+08:00,m-1,"call, 1",REQUEST,r-1,accepted,ab12
                to,2026-11-22T00:00:00+08:00,d-1,call-2,RECEIPT,,delivered,
                """);
        assertThat(faces.get(HELPLINE, "/api/v1/manifest?day=2026-11-22&format=csv&agency=" + POLICE)
                        .statusCode())
                .isEqualTo(403);
        reset(manifests);
    }

    @Test
    void anOrderAtTheDeskNamesWhoGaveItAndSaysWhatItCameTo() throws Exception {
        when(orders.order("replay", "l-1", 3, "operator", "once more", Map.of()))
                .thenReturn(new DeskOrders.Answer("o-1", DeskOutcome.done()))
                .thenReturn(new DeskOrders.Answer("o-2", null))
                .thenReturn(new DeskOrders.Answer(
                        "o-3",
                        new DeskOutcome(
                                DeskOutcome.CHANGED,
                                Map.of(
                                        "state", "REPLAYED",
                                        "revision", "4",
                                        "by", "operator-2",
                                        "at", "2026-11-22T10:00:00Z"))));
        String order = "{\"expected\": 3, \"reason\": \"once more\"}";

        assertThat(faces.post("operator", "/api/v1/dead-letters/l-1/replay", order)
                        .statusCode())
                .isEqualTo(200);
        assertThat(faces.post("operator", "/api/v1/dead-letters/l-1/replay", order)
                        .statusCode())
                .isEqualTo(202);
        HttpResponse<String> refused = faces.post("operator", "/api/v1/dead-letters/l-1/replay", order);
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body())
                .contains("urn:referral-hub:problem:changed", "REPLAYED", "operator-2", "2026-11-22T10:00:00Z");
    }

    @Test
    void anOwnerIsSomebodyAndANameThatNobodyKnowsIsNoOrder() throws Exception {
        clearInvocations(orders);
        assertThat(faces.post("operator", "/api/v1/dead-letters/l-1/own", "{\"owner\": \"nobody-at-all\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(faces.post("operator", "/api/v1/dead-letters/l-1/correct", "{\"edits\": [], \"Send\": false}")
                        .statusCode())
                .isEqualTo(400);
        verifyNoInteractions(orders);
    }

    @Test
    void aDeskThatCannotBeReadIsToBeAskedAgainAndNotAFailureOfTheHub() throws Exception {
        when(desk.show("l-away")).thenThrow(org.mockito.Mockito.mock(DeskException.class));
        HttpResponse<String> answer = faces.get("operator", "/api/v1/dead-letters/l-away");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void nothingIsPutAwayWithoutAReason() throws Exception {
        assertThat(faces.post("operator", "/api/v1/dead-letters/l-1/discard", "{}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aPageOfAnotherSiteCannotUseAnOperatorsBrowser() throws Exception {
        HttpRequest steered = HttpRequest.newBuilder(
                        faces.request(
                                "operator",
                                "POST",
                                "/api/v1/dead-letters/l-1/replay",
                                null,
                                HttpRequest.BodyPublishers.noBody()),
                        (name, value) -> true)
                .header("Sec-Fetch-Site", "cross-site")
                .build();

        assertThat(faces.send(steered).statusCode()).isEqualTo(403);
    }

    @Test
    void healthSaysWhyToOperatorsOnly() throws Exception {
        assertThat(faces.get(null, "/actuator/health").body()).doesNotContain("components");
        assertThat(faces.get(HELPLINE, "/actuator/health").body()).doesNotContain("components");
        assertThat(faces.get("operator", "/actuator/health").body()).contains("components");
    }

    @Test
    void answersCarrySecurityHeadersAndNoCookie() throws Exception {
        HttpResponse<String> answer = faces.get(POLICE, "/api/v1/inbox");

        assertThat(answer.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.headers().firstValue("X-Frame-Options")).contains("DENY");
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(answer.headers().firstValue("Server")).isEmpty();
    }

    @Test
    void theApiDescriptionHasEveryPathOfTheControllersAndBothWaysOfSayingNo() throws Exception {
        JsonNode api = JSON.readTree(faces.get(null, "/v3/api-docs").body());

        TreeSet<String> described = new TreeSet<>();
        api.path("paths").fields().forEachRemaining(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(
                        method -> described.add(method.toUpperCase(java.util.Locale.ROOT) + ' ' + path.getKey())));
        TreeSet<String> mapped = new TreeSet<>();
        mappings.getHandlerMethods().keySet().forEach(mapping -> {
            for (String path : mapping.getPatternValues()) {
                if (path.startsWith("/api/v1/")) {
                    mapping.getMethodsCondition().getMethods().forEach(method -> mapped.add(method + " " + path));
                }
            }
        });
        assertThat(described).isEqualTo(mapped).isNotEmpty();

        JsonNode send = api.path("paths").path("/api/v1/messages").path("post");
        assertThat(fieldNames(send.path("responses")))
                .contains("202", "401", "403", "409", "413", "415", "422", "429", "503");
        JsonNode checked =
                api.at("/paths/~1api~1v1~1validate/post/responses/200/content/application~1json/schema/anyOf");
        assertThat(checked.findValuesAsText("$ref"))
                .containsExactly("#/components/schemas/OperationOutcome", "#/components/schemas/Stages");
        assertThat(send.at("/responses/422/content/application~1json/examples").isEmpty())
                .isFalse();
        assertThat(send.at("/responses/409/content/application~1problem+json/examples")
                        .isEmpty())
                .isFalse();
        assertThat(send.at("/requestBody/content/application~1json/examples/helpline")
                        .isMissingNode())
                .isFalse();
        for (String reference : api.findValuesAsText("$ref")) {
            assertThat(api.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
        }
    }

    @Test
    void anAdministratorSeesWhoWasHereAndWhoIsLockedOutAndNoSecret() throws Exception {
        assertThat(faces.get("integrator", "/api/v1/agencies").statusCode()).isEqualTo(200);
        for (int i = 0; i < 6; i++) {
            faces.get("auditor:wrong", "/api/v1/agencies");
        }

        String answer = faces.get("administrator", "/api/v1/users").body();
        JsonNode users = JSON.readTree(answer);

        assertThat(users.findValuesAsText("id")).containsExactly("operator", "integrator", "auditor", "administrator");
        assertThat(users.get(1).has("lastSeen")).isTrue();
        assertThat(users.get(1).has("lockedUntil")).isFalse();
        assertThat(users.get(2).has("lastFailed")).isTrue();
        assertThat(Instant.parse(users.get(2).path("lockedUntil").asText())).isAfter(Instant.now());
        assertThat(users.get(2).path("roles").get(0).asText()).isEqualTo("AUDITOR");
        assertThat(answer).doesNotContain("secret");
    }

    private static List<String> fieldNames(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void assertProblem(HttpResponse<String> answer, String code) throws Exception {
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("type").asText()).isEqualTo("urn:referral-hub:problem:" + code);
        assertThat(problem.path("status").asInt()).isEqualTo(answer.statusCode());
        assertThat(problem.at("/remedy/mn").asText()).isNotBlank();
        assertThat(problem.at("/remedy/en").asText()).isNotBlank();
    }

    private void put(String agency, String deliveryId, String body) throws Exception {
        try (JMSContext context = connections.createContext()) {
            BytesMessage message = context.createBytesMessage();
            message.writeBytes(body.getBytes(StandardCharsets.UTF_8));
            message.setStringProperty(Headers.DELIVERY_ID, deliveryId);
            message.setStringProperty(Headers.MESSAGE_TYPE, "REQUEST");
            message.setStringProperty(Headers.CONTENT_TYPE, "application/xml");
            context.createProducer().send(context.createQueue(inbox(agency)), message);
        }
    }

    private int depth(String queue) throws Exception {
        try (JMSContext context = connections.createContext();
                var browser = context.createBrowser(context.createQueue(queue))) {
            return java.util.Collections.list(browser.getEnumeration()).size();
        }
    }

    private static String inbox(String agency) {
        return "agency." + agency + ".inbox";
    }

    /** Behind a proxy all calls come from one address; who calls is what the proxy says. */
    @Test
    void strangersBehindTheProxyLockNobodyOut() throws Exception {
        for (int i = 0; i < 120; i++) {
            faces.send(through("203.0.113.9", i < 6 ? HELPLINE : "stranger-" + i, "wrong"));
        }
        assertThat(faces.send(through("203.0.113.9", HELPLINE, "secret-" + HELPLINE))
                        .statusCode())
                .as("from where the wrong ones came")
                .isEqualTo(429);
        assertThat(faces.send(through("203.0.113.9", POLICE, "secret-" + POLICE))
                        .statusCode())
                .as("another user from there")
                .isEqualTo(429);
        assertThat(faces.send(through("198.51.100.7, 203.0.113.9", POLICE, "secret-" + POLICE))
                        .statusCode())
                .as("what the caller itself wrote before the proxy's word")
                .isEqualTo(429);
        assertThat(faces.send(through("203.0.113.10", HELPLINE, "secret-" + HELPLINE))
                        .statusCode())
                .as("the same agency from its own address")
                .isEqualTo(200);
        assertThat(faces.get(HELPLINE, "/api/v1/inbox").statusCode()).isEqualTo(200);
    }

    @Test
    void whoWasLetInFromAnAddressIsNotHeldUpByOthersThere() throws Exception {
        assertThat(faces.send(through("203.0.113.20", POLICE, "secret-" + POLICE))
                        .statusCode())
                .isEqualTo(200);
        for (int i = 0; i < 110; i++) {
            faces.send(through("203.0.113.20", "stranger-" + i, "wrong"));
        }
        assertThat(faces.send(through("203.0.113.20", HELPLINE, "secret-" + HELPLINE))
                        .statusCode())
                .isEqualTo(429);
        assertThat(faces.send(through("203.0.113.20", POLICE, "secret-" + POLICE))
                        .statusCode())
                .isEqualTo(200);
    }

    private HttpRequest through(String address, String user, String secret) {
        HttpRequest request =
                faces.request(user + ":" + secret, "GET", "/api/v1/inbox", null, HttpRequest.BodyPublishers.noBody());
        return HttpRequest.newBuilder(request, (name, value) -> true)
                .header("X-Forwarded-For", address)
                .build();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/manifest?agency=x&day=%2B999999999-12-31",
                "/manifest?agency=x&day=-999999999-12-31",
                "/manifest?day=2026-11-22&agency=police%00",
                "/manifest?agency=helpline-108&day=2026-11-22&after=0-1-%00",
                "/books?verify=true&from=%2B999999999-12-31T00:00:00Z",
                "/books/hours?from=%2B999999998-12-31T00:00:00Z&to=%2B999999999-01-01T00:00:00Z",
                "/referrals?from=-999999999-01-01T00:00:00Z",
                "/referrals?place=%0a",
                "/counts?from=%2B999999999-12&to=%2B999999999-12",
                "/counts?from=-999999999-01&to=2026-11",
            })
    void whatNobodyMeansIsABadRequest(String path) throws Exception {
        for (String role : List.of("operator", "auditor")) {
            HttpResponse<String> answer = faces.get(role, "/api/v1" + path);
            if (answer.statusCode() != 403) {
                assertThat(answer.statusCode()).as(role + " " + answer.body()).isEqualTo(400);
                assertProblem(answer, "bad-request");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"agency", "place", "after"})
    void aControlCharacterInASearchIsABadRequestAndNobodyIsNoted(String field) throws Exception {
        when(search.findsChildren()).thenReturn(true);
        String wanted = "{\"registerNo\": \"АВ16250415\", \"%s\": \"x\\u0000\"}".formatted(field);

        assertProblem(faces.post("operator", "/api/v1/referrals/search", wanted), "bad-request");
        verifyNoInteractions(access);
        reset(search);
    }

    @Test
    void aManifestOfWhichAPageCannotBeReadDoesNotLookComplete() throws Exception {
        when(manifests.page(any(), any(), any(), any(), anyInt()))
                .thenReturn(new Manifests.Page(
                        List.of(new Manifests.Line(
                                Manifests.Way.TO, Instant.EPOCH, "d-1", "m", "RECEIPT", null, "delivered", null)),
                        "2-1-d-1"))
                .thenThrow(new LedgerUnavailableException(new java.sql.SQLException()));

        HttpResponse<String> answer = faces.get(HELPLINE, "/api/v1/manifest?day=2026-11-22&format=csv");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertProblem(answer, "unavailable");
        reset(manifests);
    }

    @Test
    void whatIsDoneOneAtATimeIsToBeAskedForAgain() throws Exception {
        when(counts.count(any(), any(), any())).thenThrow(new BusyException());
        when(books.verify(any(), any())).thenThrow(new BusyException());

        for (String path : List.of("/counts?from=2026-10&to=2026-11", "/books?verify=true")) {
            HttpResponse<String> answer = faces.get("auditor", "/api/v1" + path);
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
        reset(counts, books);
    }

    @Test
    void largeMessagesComeInPortionsAndOneThatIsTooLargeByItselfComesAlone() throws Exception {
        String half = "x".repeat(Inboxes.MOST_CHARACTERS / 2);
        put(POLICE, "d-1", half + half + half);
        put(POLICE, "d-2", half);
        put(POLICE, "d-3", half);
        put(POLICE, "d-4", "small");

        List<List<String>> portions = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            List<String> ids = JSON.readTree(
                            faces.get(POLICE, "/api/v1/inbox?max=100").body())
                    .findValuesAsText("id");
            portions.add(ids);
            for (String id : ids) {
                faces.delete(POLICE, "/api/v1/inbox/" + id);
            }
        }

        assertThat(portions).containsExactly(List.of("d-1"), List.of("d-2", "d-3"));
    }
}
