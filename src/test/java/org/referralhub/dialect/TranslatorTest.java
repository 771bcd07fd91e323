package org.referralhub.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.referralhub.message.Identifiers;

class TranslatorTest {
    private static final Instant NOW = Instant.parse("2026-11-20T15:40:00Z");
    private static final Translator TRANSLATOR = new Translator(SamplesTest.load());

    private static final String SIX_FAULTS = """
            {
              "messageId": "M-1",
              "messageType": "REQUEST",
              "sentAt": "2026-11-20T22:00:00+08:00",
              "body": {
                "urgency": "%s",
                "concerns": ["NEGLECT", "NO_SUCH"],
                "child": {
                  "registerNo": "YК15273112",
                  "birthDate": "2027-01-01",
                  "address": {"state": "11", "district": "9999", "line": "x"}
                },
                "callbackPhone": "991122",
                "icd10": ["T74.11"],
                "narrative": "Нууц"
              }
            }
            """;

    @Test
    void six_faults_give_one_report_with_six_places() {
        Inbound inbound = inbound(SIX_FAULTS.formatted("URGENT"));
        assertThat(inbound).isInstanceOf(Inbound.Refused.class);
        assertThat(errors(inbound))
                .containsExactly(
                        "error code.unknown /body/concerns/1 7:29",
                        "error register-number.homoglyph /body/child/registerNo 9:21",
                        "error date.future /body/child/birthDate 10:20",
                        "error place.unknown /body/child/address/district 11:46",
                        "error phone.form /body/callbackPhone 13:22",
                        "error icd10.longer /body/icd10/0 14:15");
        assertThat(inbound.report().toString()).doesNotContain("Нууц", "9999", "NO_SUCH", "15273112");
    }

    @Test
    void an_immediate_referral_goes_out_with_its_core_whatever_else_is_wrong() {
        Inbound inbound = inbound(SIX_FAULTS.formatted("IMMEDIATE"));
        assertThat(inbound).isInstanceOf(Inbound.Accepted.class);
        Inbound.Accepted accepted = (Inbound.Accepted) inbound;
        assertThat(accepted.incomplete()).isTrue();
        assertThat(errors(inbound)).hasSize(6);
        assertThat(accepted.canonical().path("incomplete").asBoolean()).isTrue();
        assertThat(accepted.canonical().path("body").toString())
                .isEqualTo("{\"urgency\":\"IMMEDIATE\",\"child\":{\"address\":{\"state\":\"11\",\"line\":\"x\"}},"
                        + "\"narrative\":\"Нууц\",\"concerns\":[\"NEGLECT\"]}");
        assertThat(accepted.canonical().path("referralId").asText()).isEqualTo(Identifiers.referralId("ngo-1", "M-1"));
    }

    @Test
    void no_urgency_excuses_a_forged_sender_an_adult_or_what_cannot_be_read() {
        String forged =
                SIX_FAULTS.formatted("IMMEDIATE").replace("\"messageId\"", "\"sender\": \"other\", \"messageId\"");
        assertThat(inbound(forged)).isInstanceOf(Inbound.Refused.class);
        assertThat(errors(inbound(forged))).contains("error sender.forged /sender 2:13");
        String adult = SIX_FAULTS.formatted("IMMEDIATE").replace("2027-01-01", "2001-01-01");
        assertThat(errors(inbound(adult))).anyMatch(finding -> finding.contains("child.not-a-child"));
        assertThat(inbound(adult)).isInstanceOf(Inbound.Refused.class);
        assertThat(inbound(SIX_FAULTS.formatted("IMMEDIATE") + "x")).isInstanceOf(Inbound.Refused.class);
    }

    @Test
    void concern_unknown_and_a_number_to_call_are_enough() {
        Inbound inbound = inbound("""
                {"messageId": "M-2", "messageType": "REQUEST", "sentAt": "2026-11-20T22:00:00+08:00",
                 "body": {"urgency": "URGENT", "concerns": ["UNKNOWN"], "callbackPhone": "99112233"}}
                """);
        assertThat(inbound).as(inbound.report().toString()).isInstanceOf(Inbound.Accepted.class);
        assertThat(inbound.report().findings()).isNotEmpty().noneMatch(finding -> finding.refuses());
    }

    @Test
    void whatever_arrives_is_answered() {
        for (String document : List.of("", "null", "[]", "7", "{}", "{\"messageType\":7}", "{\"body\":[]}", "<a/>")) {
            assertThat(inbound(document)).as(document).isInstanceOf(Inbound.Refused.class);
            for (String dialect : List.of("helpline", "police")) {
                assertThat(TRANSLATOR.inbound(dialect, "x-1", document.getBytes(UTF_8), NOW))
                        .as(dialect + document)
                        .isInstanceOf(Inbound.Refused.class);
            }
        }
    }

    private static Inbound inbound(String document) {
        return TRANSLATOR.inbound("canonical", "ngo-1", document.getBytes(UTF_8), NOW);
    }

    private static List<String> errors(Inbound inbound) {
        return inbound.report().findings().stream()
                .filter(finding -> finding.refuses())
                .map(SamplesTest::line)
                .toList();
    }
}
