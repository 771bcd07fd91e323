package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.referralhub.testing.FhirJudge.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.referralhub.message.MessageType;

/**
 * HAPI FHIR's validator, with all that R4 says of elements, invariants and code lists, judges what the hub writes and what
 * it shows integrators. In the hub itself {@link FhirStructure} stands in its place.
 */
class FhirValidatorTest {
    private static final Dialects DIALECTS = SamplesTest.load();
    private static final Translator TRANSLATOR = new Translator(DIALECTS);
    private static final int OF_EACH_TYPE = 10;

    /** Where an accepted sample is not FHIR: what is wrong with an immediate referral is left out of it, and no child waits. */
    private static final Map<String, List<String>> BORNE = Map.of(
            "health immediate-with-faults-goes-out-as-core.json",
            List.of(
                    "Bundle.entry[1].resource/*ServiceRequest/null*/.authoredOn",
                    "Bundle.entry[1].resource/*ServiceRequest/null*/",
                    "Bundle.entry[2].resource/*Patient/null*/.gender"),
            // Every writer of XML may put one there, and it says nothing.
            "health prefixes-comments-and-narrative.xml",
            List.of("(document)"));

    @TestFactory
    Stream<DynamicTest> what_the_hub_sends_is_fhir() throws IOException {
        return samples("outbound")
                .map(file -> dynamicTest(shown(file), () -> assertThat(faults(Files.readString(file)))
                        .isEmpty()));
    }

    @TestFactory
    Stream<DynamicTest> whatever_is_said_becomes_fhir() {
        return Stream.of("health", "health-xml").flatMap(dialect -> Stream.of(MessageType.values())
                .map(type -> dynamicTest(dialect + " " + type, () -> {
                    GeneratedMessages generated = new GeneratedMessages(20261123 + type.ordinal());
                    for (int i = 0; i < OF_EACH_TYPE; i++) {
                        byte[] document = TRANSLATOR
                                .outbound(dialect, generated.next(type))
                                .bytes();
                        assertThat(faults(new String(document, StandardCharsets.UTF_8)))
                                .as("message %d", i)
                                .isEmpty();
                    }
                })));
    }

    @TestFactory
    Stream<DynamicTest> what_integrators_are_shown_is_fhir() throws IOException {
        return samples("accepted")
                .map(file -> dynamicTest(shown(file), () -> assertThat(faults(Files.readString(file)))
                        .extracting(fault -> fault.substring(0, fault.indexOf(' ')))
                        .hasSameElementsAs(BORNE.getOrDefault(shown(file), List.of()))));
    }

    @Test
    void what_is_not_fhir_is_found() {
        assertThat(
                        faults(
                                "{\"resourceType\": \"Bundle\", \"type\": \"message\", \"entry\": [{\"fullUrl\": \"urn:a:b\"}]}"))
                .contains(
                        "Bundle.entry[0] Constraint failed: bdl-5: 'must be a resource unless there's a request or response'");
        assertThat(faults("<Patient xmlns=\"http://hl7.org/fhir\"><gender value=\"girl\"/></Patient>"))
                .anyMatch(fault -> fault.startsWith("Patient.gender "));
    }

    private static Stream<Path> samples(String way) throws IOException {
        return Stream.concat(
                        Files.list(Path.of("schemas/health/samples", way)),
                        Files.list(Path.of("schemas/health-xml/samples", way)))
                .filter(file -> !file.toString().matches(".*\\.(canonical|findings)\\.json"))
                .sorted();
    }

    private static String shown(Path file) {
        return file.getName(1) + " " + file.getFileName();
    }
}
