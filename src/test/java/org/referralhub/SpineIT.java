package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.referralhub.testing.Samples.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.referralhub.message.Identifiers;
import org.referralhub.testing.Letter;
import org.referralhub.testing.Participant;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.Way;

/** A helpline call goes in at one end and comes out in each recipient's own format, cut to what it may see. */
class SpineIT {
    private static final String HELPLINE = "helpline-108";
    private static final String POLICE = "police-family-division";
    private static final String SOCIAL_WORKER = "social-work-111653";

    private static RunningHub hub;

    private final String callId = "call-" + UUID.randomUUID();
    private final String referralId = Identifiers.referralId(HELPLINE, callId);

    @BeforeAll
    static void start() {
        hub = RunningHub.shared();
    }

    @BeforeEach
    void forgetOtherTests() {
        hub.emptyInboxes();
    }

    static Stream<Arguments> ways() {
        return Stream.of(Way.values()).flatMap(in -> Stream.of(Way.values()).map(out -> Arguments.of(in, out)));
    }

    @ParameterizedTest(name = "sent over {0}, received over {1}")
    @MethodSource("ways")
    void a_call_reaches_the_police_and_the_social_worker_cut_to_what_each_may_see(Way in, Way out) throws Exception {
        in.send(hub.as(HELPLINE), "helpline", bytes(Samples.callWithEverything(callId)));

        Letter police = out.take(hub.as(POLICE), "REQUEST", referralId);
        validate(police.body());
        assertThat(police.contentType()).isEqualTo("application/xml");
        assertThat(police.urgency()).isEqualTo("IMMEDIATE");
        assertThat(police.reference()).isEqualTo(Identifiers.reference(referralId));
        assertThat(police.body())
                .contains("<PersonGivenName>Анударь</PersonGivenName>", "Хүүхэд хичээлдээ явахаас айж байна.")
                // The reporter's name, psychological assessment, household welfare: the matrix says L, N and N.
                .doesNotContain("Сэлэнгэ", "Түгшүүр өндөр", "Эмээгийн тэтгэвр", "оп-11", "withhold", "SCHOOL</With");

        Letter social = out.take(hub.as(SOCIAL_WORKER), "REQUEST", referralId);
        JsonNode canonical = social.json();
        assertThat(canonical.path("referralId").asText()).isEqualTo(referralId);
        assertThat(canonical.at("/body/urgency").asText()).isEqualTo("IMMEDIATE");
        assertThat(canonical.at("/body/child/address/subdistrict").asText()).isEqualTo("111653");
        assertThat(canonical.at("/body/psychologicalAssessment").asText()).isEqualTo("Түгшүүр өндөр.");
        assertThat(canonical.at("/body/reporter/kind").asText()).isNotEmpty();
        assertThat(social.body()).doesNotContain("Сэлэнгэ", "withholdFrom", "16.9");

        JsonNode receipt = out.take(hub.as(HELPLINE), "RECEIPT", referralId).json();
        assertThat(receipt.path("status").asText()).isEqualTo("accepted");
        assertThat(receipt.path("about").asText()).isEqualTo(callId);
        assertThat(receipt.path("reference").asText()).isEqualTo(Identifiers.reference(referralId));
        assertThat(receipt.path("sent_to").findValuesAsText("agency")).contains(POLICE, SOCIAL_WORKER);

        hub.settle();
        assertThat(hub.waiting(POLICE, referralId)).isEmpty();
        assertThat(hub.waiting(SOCIAL_WORKER, referralId)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void a_call_with_nothing_but_an_unknown_concern_and_a_number_to_call_back_is_delivered(Way in) throws Exception {
        in.send(hub.as(HELPLINE), "helpline", bytes(Samples.call("unknown-concern-and-callback", callId)));

        JsonNode receipt =
                Way.AMQP.take(hub.as(HELPLINE), "RECEIPT", referralId).json();
        assertThat(receipt.path("status").asText()).isEqualTo("accepted");
        String recipient = receipt.path("sent_to").path(0).path("agency").asText();
        Letter request = Way.REST.take(hub.as(recipient), "REQUEST", referralId);
        assertThat(request.body()).contains("99112233", "UNKNOWN");
    }

    @Test
    void six_faults_are_one_report_with_six_places_over_rest() throws Exception {
        Participant.Answer answer =
                hub.as(HELPLINE).post("/messages", "application/json", Samples.refused("helpline", "six-faults.json"));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("resourceType").asText()).isEqualTo("OperationOutcome");
        assertThat(Samples.faultsOf(answer.json())).hasSize(6).isEqualTo(Samples.faults("helpline", "six-faults.json"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"AMQP", "STOMP"})
    void six_faults_are_one_report_with_six_places_over_the_queue(Way in) throws Exception {
        in.send(hub.as(HELPLINE), "helpline", Samples.refused("helpline", "six-faults.json"));

        Letter receipt = in.takeNext(hub.as(HELPLINE));
        assertThat(receipt.type()).isEqualTo("RECEIPT");
        assertThat(receipt.json().path("status").asText()).isEqualTo("refused");
        assertThat(Samples.faultsOfReceipt(receipt.json())).isEqualTo(Samples.faults("helpline", "six-faults.json"));
        for (JsonNode finding : receipt.json().path("findings")) {
            assertThat(finding.path("mn").asText()).isNotEmpty();
            assertThat(finding.path("en").asText()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"AMQP", "STOMP"})
    void what_can_t_be_read_at_all_is_named_to_its_sender_by_its_digest(Way in) throws Exception {
        byte[] cut = bytes("{\"record_type\": \"CALL\", \"call_id\": \"" + callId);
        in.send(hub.as(HELPLINE), "helpline", cut);

        JsonNode receipt = in.takeNext(hub.as(HELPLINE)).json();
        assertThat(receipt.path("about").isMissingNode()).isTrue();
        assertThat(receipt.path("findings").findValuesAsText("code"))
                .contains("json.truncated")
                .endsWith("document.unnamed");
        assertThat(receipt.path("findings").findValuesAsText("en"))
                .anyMatch(text ->
                        text.contains("of " + cut.length + " bytes whose SHA-256 is " + Identifiers.digest(cut)));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void what_is_urgent_goes_out_although_it_has_faults(Way in) throws Exception {
        in.send(hub.as(HELPLINE), "helpline", bytes(Samples.call("immediate-with-faults-goes-out-as-core", callId)));

        JsonNode receipt = in.take(hub.as(HELPLINE), "RECEIPT", referralId).json();
        assertThat(receipt.path("status").asText()).isEqualTo("accepted");
        assertThat(receipt.path("incomplete").asBoolean()).isTrue();
        assertThat(Samples.faultsOfReceipt(receipt)).anyMatch(fault -> fault.startsWith("register-number.homoglyph"));
        String recipient = receipt.path("sent_to").path(0).path("agency").asText();
        Letter request = in.take(hub.as(recipient), "REQUEST", referralId);
        assertThat(request.urgency()).isEqualTo("IMMEDIATE");
        assertThat(request.body().toLowerCase(java.util.Locale.ROOT)).contains("incomplete");
        assertThat(hub.referral(referralId).incomplete()).isTrue();
    }

    @Test
    void over_rest_an_incomplete_referral_is_said_to_be_one_at_once() throws Exception {
        Participant.Answer answer = hub.as(HELPLINE)
                .send("application/json", Samples.call("immediate-with-faults-goes-out-as-core", callId));

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json().path("incomplete").asBoolean()).isTrue();
        assertThat(answer.json().path("findings").findValuesAsText("code")).contains("register-number.homoglyph");
    }

    @Test
    void an_inbox_shows_without_taking_and_an_acknowledgement_may_be_repeated() throws Exception {
        Way.REST.send(hub.as(HELPLINE), "helpline", bytes(Samples.callWithEverything(callId)));
        hub.settle();
        Participant police = hub.as(POLICE);

        JsonNode first = police.get("/inbox").json();
        JsonNode again = police.get("/inbox").json();

        assertThat(again).isEqualTo(first);
        assertThat(first).hasSize(1);
        String id = first.path(0).path("id").asText();
        assertThat(police.delete("/inbox/" + id).status()).isEqualTo(204);
        assertThat(police.delete("/inbox/" + id).status()).isEqualTo(204);
        assertThat(police.get("/inbox").json()).isEmpty();
    }

    @Test
    void the_manifest_of_the_day_has_the_digests_of_what_each_side_has_in_hand() throws Exception {
        byte[] call = bytes(Samples.callWithEverything(callId));
        Way.AMQP.send(hub.as(HELPLINE), "helpline", call);
        Letter letter = Way.AMQP.take(hub.as(POLICE), "REQUEST", referralId);
        hub.settle();
        String today = LocalDate.now(ZoneId.of("Asia/Ulaanbaatar")).toString();

        assertThat(manifest(HELPLINE, today)).contains("from " + callId + " " + Identifiers.digest(call));
        assertThat(manifest(POLICE, today)).contains("to " + callId + " " + Identifiers.digest(bytes(letter.body())));
    }

    private static List<String> manifest(String agency, String day) throws Exception {
        return hub.as(agency)
                .get("/manifest?format=csv&day=" + day)
                .text()
                .lines()
                .map(line -> line.split(","))
                .map(line -> line[0] + ' ' + line[3] + ' ' + line[line.length - 1])
                .toList();
    }

    @Test
    void a_reader_who_waits_is_answered_when_something_comes() throws Exception {
        CompletableFuture<Participant.Answer> waiting =
                CompletableFuture.supplyAsync(() -> hub.as(POLICE).get("/inbox?wait=30"));

        Way.REST.send(hub.as(HELPLINE), "helpline", bytes(Samples.callWithEverything(callId)));

        assertThat(waiting).succeedsWithin(Duration.ofSeconds(40));
        assertThat(waiting.join().json()).hasSize(1);
    }

    private static void validate(String xml) throws Exception {
        SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        URI file = Path.of("schemas/police/referral.xsd").toUri();
        Schema schema = factory.newSchema(new StreamSource(file.toString()));
        schema.newValidator().validate(new StreamSource(new StringReader(xml)));
    }
}
