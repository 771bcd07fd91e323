package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.referralhub.testing.CpuTime;

/** Documents made to keep the hub busy are each answered soon, and with a report that a person can read. */
class HostileInputTest {
    private static final Instant NOW = Instant.parse("2026-11-20T15:40:00Z");
    /** Of a cold Java on a busy machine; {@link HostileCost} measures what it is when warm. */
    private static final Duration BOUND = Duration.ofSeconds(2);

    private static final Translator TRANSLATOR = new Translator(SamplesTest.load());

    @TestFactory
    Stream<DynamicTest> documents_of_a_mebibyte() {
        return HostileDocuments.all()
                .map(hostile -> DynamicTest.dynamicTest(hostile.toString(), () -> isAnswered(hostile)));
    }

    @Test
    void a_document_of_more_values_than_any_message_has_is_refused_for_that_alone() {
        String list = "[" + "1,".repeat(JsonCodec.MAX_VALUES) + "1]";
        String elements = "<A/>".repeat(XmlShape.MAX_ELEMENTS);

        assertThat(codes("canonical", "{\"body\": " + list + "}")).containsExactly("json.too-many-values 1:1");
        assertThat(codes("helpline", "{\"concerns\": " + list + "}")).containsExactly("json.too-many-values 1:1");
        assertThat(codes(
                        "police",
                        "<ChildProtectionReport xmlns=\"urn:referral-hub:police:1\">" + elements
                                + "</ChildProtectionReport>"))
                .singleElement()
                .asString()
                .startsWith("xml.too-many-elements 1:");
    }

    private static List<String> codes(String dialect, String document) {
        return TRANSLATOR
                .inbound(dialect, "agency-1", document.getBytes(StandardCharsets.UTF_8), NOW)
                .report()
                .findings()
                .stream()
                .map(finding -> "%s %d:%d".formatted(finding.code(), finding.line(), finding.column()))
                .toList();
    }

    private static void isAnswered(HostileDocuments.Hostile hostile) {
        List<Received> answers = new ArrayList<>();
        CpuTime.assertWithin(
                BOUND,
                hostile.name(),
                () -> answers.addAll(TRANSLATOR.inboundEach(hostile.dialect(), "agency-1", hostile.document(), NOW)));
        for (Received answer : answers) {
            assertThat(answer.inbound().report().findings()).hasSizeBetween(1, 1000);
        }
    }
}
