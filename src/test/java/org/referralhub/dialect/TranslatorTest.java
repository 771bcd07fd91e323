package org.referralhub.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
    void a_place_is_named_in_words_that_fit_into_the_answer_however_long_the_senders_names_are() {
        String hostile = SIX_FAULTS
                .formatted("URGENT")
                .replace("\"narrative\"", "\"" + "n".repeat(2_100) + "\": \"\\u0001\", \"narrative\"");
        assertThat(inbound(hostile).report().findings())
                .anyMatch(finding -> finding.code().equals("text.control-character"))
                .allMatch(finding -> finding.pointer().length() <= 512);
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

    @Test
    void the_codes_of_the_list_are_taken_and_others_refused_with_what_may_stand_there() {
        List<String> allowed = List.of("T74.0", "T74.1", "T74.2", "T74.3", "T74.8", "T74.9");
        for (String code : allowed) {
            assertThat(errors(icd10(code))).as(code).isEmpty();
        }
        for (String code : List.of("T74.4", "T74.7", "S72.0")) {
            Inbound inbound = icd10(code);
            assertThat(errors(inbound)).as(code).containsExactly("error code.unknown /body/icd10/0 3:21");
            assertThat(inbound.report().findings())
                    .filteredOn(finding -> finding.refuses())
                    .allSatisfy(finding ->
                            assertThat(finding.message().en()).contains(allowed).contains("T74.1 (Physical abuse)"))
                    .filteredOn(finding -> finding.refuses())
                    .allSatisfy(finding ->
                            assertThat(finding.message().mn()).contains("T74.1 (Бие махбодийн хүчирхийлэл)"));
        }
        for (String code : List.of("T74.11", "T74.01XA", "T7411")) {
            assertThat(errors(icd10(code))).as(code).containsExactly("error icd10.longer /body/icd10/0 3:21");
        }
        for (String code : List.of("T74", "t74.1", "T74,1", "T741")) {
            assertThat(errors(icd10(code))).as(code).containsExactly("error icd10.form /body/icd10/0 3:21");
        }
    }

    private static Inbound icd10(String code) {
        return inbound("""
                {"messageId": "M-3", "messageType": "REQUEST", "sentAt": "2026-11-20T22:00:00+08:00",
                 "body": {"urgency": "URGENT", "concerns": ["NEGLECT"], "narrative": "x",
                          "icd10": ["%s"]}}
                """.formatted(code));
    }

    @Test
    void control_characters_become_spaces_with_a_warning_and_every_recipient_can_be_written_to() {
        Inbound inbound = inbound("""
                {"messageId": "M-4", "messageType": "REQUEST", "sentAt": "2026-11-20T22:00:00+08:00",
                 "body": {"urgency": "URGENT", "concerns": ["NEGLECT"], "callbackPhone": "99112233",
                          "narrative": "a\\u0001\\tb\\u001f\uFFFFc", "incidents": [{"narrative": "\\u0008"}]}}
                """);
        assertThat(inbound).as(inbound.report().toString()).isInstanceOf(Inbound.Accepted.class);
        assertThat(inbound.report().findings().stream().map(Samples::line))
                .contains("warning text.control-character /body/narrative 3:24");
        ObjectNode canonical = ((Inbound.Accepted) inbound).canonical();
        assertThat(canonical.at("/body/narrative").asText()).isEqualTo("a \tb  c");
        for (String dialect : List.of("canonical", "helpline", "police")) {
            assertThat(new String(TRANSLATOR.outbound(dialect, canonical).bytes(), UTF_8))
                    .as(dialect)
                    .doesNotContain("\uFFFD", "\\u0001");
        }
        String identifier = "{\"messageId\": \"M\\u00015\", \"messageType\": \"REQUEST\", \"body\": {}}";
        assertThat(errors(inbound(identifier))).anyMatch(finding -> finding.contains("/messageId"));
    }

    private static Inbound inbound(String document) {
        return TRANSLATOR.inbound("canonical", "ngo-1", document.getBytes(UTF_8), NOW);
    }

    private static List<String> errors(Inbound inbound) {
        return inbound.report().findings().stream()
                .filter(finding -> finding.refuses())
                .map(Samples::line)
                .toList();
    }
}
