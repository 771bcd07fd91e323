package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.referralhub.message.Finding;
import org.referralhub.testing.FhirExamples;
import org.referralhub.validation.Findings;

/** FHIR that nobody here wrote: HL7's own examples are taken over, or refused with the place of every fault. */
class FhirExamplesTest {
    private static final Instant NOW = Instant.parse("2026-11-20T15:40:00Z");
    private static final Translator TRANSLATOR = new Translator(SamplesTest.load());

    private static final List<String> NO_MESSAGE = List.of("fhir.bundle /resourceType");

    /** What is wrong with each as a referral or an answer; nothing, of those that are one. */
    private static final Map<String, List<String>> FAULTS = Map.ofEntries(
            Map.entry(
                    "message-request-link",
                    List.of("document.kind /entry/0/resource/eventCoding/code", "fhir.once /entry/2")),
            Map.entry("patient-example", NO_MESSAGE),
            Map.entry("patient-example-infant-twin-1", NO_MESSAGE),
            Map.entry("servicerequest-example", NO_MESSAGE),
            Map.entry(
                    "servicerequest-example in a message",
                    ofAnAdult(
                            "schema.required /entry/1/resource/reasonCode", "fhir.not-asked /entry/1/resource/status")),
            Map.entry("servicerequest-example for a child", List.of("schema.required /entry/1/resource/reasonCode")),
            Map.entry("servicerequest-example-di", NO_MESSAGE),
            Map.entry(
                    "servicerequest-example-di in a message",
                    ofAnAdult("fhir.reference /entry/1/resource/subject/reference")),
            Map.entry("servicerequest-example-di for a child", List.of()),
            Map.entry("servicerequest-example-edu", NO_MESSAGE),
            Map.entry(
                    "servicerequest-example-edu in a message",
                    ofAnAdult("fhir.not-asked /entry/1/resource/status", "fhir.reference /entry/1/resource/subject")),
            Map.entry("servicerequest-example-edu for a child", List.of()),
            Map.entry("task-example2", NO_MESSAGE),
            Map.entry("task-example2 in a message", List.of("schema.required /entry/1/resource/basedOn")),
            Map.entry("task-example2 of a referral", List.of()));

    /** The patient of the examples is 51, lives in Australia and writes his number as they do there. */
    private static List<String> ofAnAdult(String... faults) {
        List<String> all = new ArrayList<>(List.of(
                "schema.pattern /entry/2/resource/telecom/1/value",
                "child.not-a-child /entry/2/resource/birthDate",
                "place.unknown /entry/2/resource/address/0/district",
                "place.unknown /entry/2/resource/address/0/state"));
        all.addAll(List.of(faults));
        return all;
    }

    @Test
    void a_message_of_too_many_parts_is_refused_before_it_is_looked_into() {
        String entries = "{}" + ",{}".repeat(200);
        assertThat(found("{\"resourceType\":\"Bundle\",\"type\":\"message\",\"entry\":[" + entries + "]}"))
                .containsExactly("fhir.too-many-entries /entry");
        String codings = "{\"code\":\"a\"}" + ",{\"code\":\"a\"}".repeat(10_000);
        assertThat(found("{\"resourceType\":\"Bundle\",\"type\":\"message\",\"entry\":[{\"resource\":"
                        + "{\"resourceType\":\"Basic\",\"code\":{\"coding\":[" + codings + "]}}}]}"))
                .containsExactly("fhir.too-many-elements ");
    }

    private static List<String> found(String document) {
        return TRANSLATOR
                .inbound("health", "health-capital", document.getBytes(StandardCharsets.UTF_8), NOW)
                .report()
                .findings()
                .stream()
                .map(finding -> finding.code() + " " + finding.pointer())
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> each_is_taken_over_or_refused_with_the_place_of_every_fault() throws IOException {
        return documents().stream()
                .map(document -> DynamicTest.dynamicTest(document.name(), () -> {
                    Inbound inbound = read(document);

                    List<String> faults = inbound.report().findings().stream()
                            .filter(Finding::refuses)
                            .map(finding -> finding.code() + " " + finding.pointer())
                            .toList();
                    assertThat(faults).containsExactlyInAnyOrderElementsOf(FAULTS.get(kind(document)));
                    assertThat(inbound).isInstanceOf(faults.isEmpty() ? Inbound.Accepted.class : Inbound.Refused.class);
                    assertThat(inbound.report().findings()).allSatisfy(finding -> {
                        assertThat(Findings.knows(finding.code())).isTrue();
                        assertThat(finding.line()).isPositive();
                        assertThat(finding.column()).isPositive();
                    });
                }));
    }

    @TestFactory
    Stream<DynamicTest> what_is_taken_over_says_what_the_example_says() throws IOException {
        Map<String, String> bodies = Map.of(
                "servicerequest-example-di for a child",
                ofTheTwin("Check for metastatic disease\\nChest CT"),
                "servicerequest-example-edu for a child",
                ofTheTwin("early detection of breast mass\\nHealth education - breast examination"),
                "task-example2 of a referral",
                "{\"expectedBy\": \"2016-11-01T09:45:05+10:00\"}");
        return documents().stream()
                .filter(document -> FAULTS.get(kind(document)).isEmpty())
                .map(document -> DynamicTest.dynamicTest(document.name(), () -> {
                    JsonNode canonical = ((Inbound.Accepted) read(document)).canonical();
                    assertThat(canonical.path("body"))
                            .isEqualTo(new ObjectMapper().readTree(bodies.get(kind(document))));
                }));
    }

    private static String ofTheTwin(String narrative) {
        return """
                {"urgency": "URGENT", "concerns": ["UNKNOWN"], "narrative": "%s",
                 "child": {"givenName": "Jaina", "patronymic": "Solo", "birthDate": "2017-05-15", "sex": "FEMALE",
                   "otherIds": [{"type": "MRN", "value": "MRN7465737865"}, {"type": "OTHER", "value": "7465737865"}]},
                 "caregivers": [{"relation": "MOTHER", "name": "Organa Leia", "phone": "+31201234567"}]}
                """.formatted(narrative);
    }

    private static String kind(FhirExamples.Document document) {
        return document.name().replaceFirst(", (JSON|XML)$", "");
    }

    @Test
    void json_and_xml_of_one_example_say_the_same() throws IOException {
        List<FhirExamples.Document> documents = documents();
        for (int i = 0; i < documents.size(); i += 2) {
            List<String> json = lines(read(documents.get(i)));
            assertThat(lines(read(documents.get(i + 1))))
                    .as(documents.get(i).name())
                    .containsExactlyInAnyOrderElementsOf(json);
        }
    }

    private static List<String> lines(Inbound inbound) {
        return inbound.report().findings().stream()
                .map(finding -> finding.severity() + " " + finding.code() + " " + finding.pointer())
                .toList();
    }

    private static List<FhirExamples.Document> documents() throws IOException {
        return FhirExamples.all("E-", "2026-11-20T22:15:00+08:00");
    }

    private static Inbound read(FhirExamples.Document document) {
        return TRANSLATOR.inbound("health", "health-capital", document.bytes(), NOW);
    }
}
