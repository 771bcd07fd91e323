package org.referralhub.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-20T02:00:00Z");

    @Test
    void a_partial_call_gets_warnings_and_no_error() {
        assertThat(check("{'concerns':['UNKNOWN'],'callbackPhone':'99112233'}"))
                .containsExactly(
                        "WARNING concern.unknown /body/concerns/0",
                        "WARNING child.name-missing /body/child/givenName",
                        "WARNING child.register-number-missing /body/child/registerNo",
                        "WARNING child.address-missing /body/child/address",
                        "WARNING consent.missing /body/consent",
                        "WARNING legal-basis.missing /body/legalBasis");
    }

    @Test
    void somebody_of_eighteen_is_no_child_and_somebody_of_seventeen_is() {
        assertThat(errors("{'child':{'birthDate':'2008-11-20'}}"))
                .containsExactly("ERROR child.not-a-child /body/child/birthDate");
        assertThat(errors("{'child':{'birthDate':'2008-11-21'}}")).isEmpty();
        assertThat(errors("{'child':{'birthDate':'2008'}}")).isEmpty();
        assertThat(errors("{'child':{'birthDate':'2007'}}"))
                .containsExactly("ERROR child.not-a-child /body/child/birthDate");
        assertThat(errors("{'child':{'registerNo':'УК03271614'}}"))
                .containsExactly("ERROR child.not-a-child /body/child/registerNo");
        assertThat(errors("{'child':{'ageEstimate':18}}"))
                .containsExactly("ERROR child.not-a-child /body/child/ageEstimate");
    }

    @Test
    void dates_that_lie_ahead_or_cannot_be_are_errors() {
        assertThat(
                        errors(
                                "{'child':{'birthDate':'2027-01-01'},'incidents':[{'date':'2026-12-01'},{'date':'2026-02-30'}]}"))
                .containsExactly(
                        "ERROR date.future /body/child/birthDate",
                        "ERROR date.future /body/incidents/0/date",
                        "ERROR date.impossible /body/incidents/1/date");
        assertThat(errors("{'child':{'birthDate':'2015-07-31'},'incidents':[{'date':'2014'},{'date':'2015'}]}"))
                .containsExactly("ERROR incident.before-birth /body/incidents/0/date");
    }

    @Test
    void a_register_number_that_disagrees_is_a_warning() {
        assertThat(check("{'child':{'registerNo':'УҮ15273112','birthDate':'2015-08','sex':'FEMALE'}}"))
                .contains(
                        "WARNING child.birth-date-mismatch /body/child/birthDate",
                        "WARNING child.sex-mismatch /body/child/sex");
    }

    @Test
    void telephone_numbers_are_never_refused_for_their_prefix() {
        assertThat(check("{'callbackPhone':'+976 9911-2233'}")).noneMatch(finding -> finding.contains("phone."));
        assertThat(check("{'callbackPhone':'31112233'}")).contains("WARNING phone.prefix /body/callbackPhone");
        assertThat(check("{'callbackPhone':'+86 10 1234 5678'}")).contains("WARNING phone.foreign /body/callbackPhone");
        assertThat(check("{'callbackPhone':'102'}")).contains("WARNING phone.short /body/callbackPhone");
        assertThat(errors("{'callbackPhone':'102'}")).isEmpty();
        assertThat(errors("{'callbackPhone':'991122'}")).containsExactly("ERROR phone.form /body/callbackPhone");
    }

    @Test
    void codes_longer_than_the_classification_are_refused_with_their_place() {
        assertThat(errors("{'icd10':['T74.1','T74.11','T74.0XXA','T7']}"))
                .containsExactly(
                        "ERROR icd10.longer /body/icd10/1",
                        "ERROR icd10.longer /body/icd10/2",
                        "ERROR icd10.form /body/icd10/3");
    }

    @Test
    void other_needs_words_and_a_child_must_be_reachable() {
        ObjectNode message = message("{'concerns':['OTHER']}");
        ((ObjectNode) message.get("body")).remove("narrative");
        assertThat(strings(message))
                .contains(
                        "ERROR concern.text-missing /body/narrative", "ERROR referral.unreachable /body/callbackPhone");
    }

    @Test
    void who_was_a_child_when_it_happened_is_not_refused() {
        assertThat(check("{'child':{'birthDate':'2008-11-01'},'incidents':[{'date':'2026-10'}]}"))
                .contains("WARNING child.of-age-since /body/child/birthDate")
                .noneMatch(finding -> finding.startsWith("ERROR"));
        assertThat(errors("{'child':{'birthDate':'2008-11-01'},'incidents':[{'date':'2026-11'}]}"))
                .containsExactly("ERROR child.not-a-child /body/child/birthDate");
        assertThat(errors("{'child':{'birthDate':'2007'},'incidents':[{'date':'2006'},{'date':'2025'}]}"))
                .containsExactly(
                        "ERROR child.not-a-child /body/child/birthDate",
                        "ERROR incident.before-birth /body/incidents/0/date");
    }

    @Test
    void an_age_that_disagrees_with_the_date_of_birth_is_a_warning() {
        assertThat(check("{'child':{'birthDate':'2015-07-31','ageEstimate':8}}"))
                .contains("WARNING child.age-mismatch /body/child/ageEstimate");
        for (int age = 10; age <= 12; age++) {
            assertThat(check("{'child':{'birthDate':'2015-07-31','ageEstimate':" + age + "}}"))
                    .noneMatch(finding -> finding.contains("age-mismatch"));
        }
    }

    @Test
    void what_happened_after_the_message_was_written_is_a_slip() {
        ObjectNode message = message("{'incidents':[{'date':'2026-11-19'},{'date':'2026-11'}]}");
        message.put("sentAt", "2026-11-18T09:00:00+08:00");
        assertThat(strings(message))
                .contains("WARNING incident.after-sent /body/incidents/0/date")
                .noneMatch(finding -> finding.contains("/incidents/1"));
    }

    @Test
    void an_age_that_disagrees_with_the_register_number_is_a_warning_without_a_date_of_birth_too() {
        assertThat(check("{'child':{'registerNo':'УҮ15273112','ageEstimate':8}}"))
                .contains("WARNING child.age-mismatch /body/child/ageEstimate");
        assertThat(check("{'child':{'registerNo':'УҮ15273112','ageEstimate':11}}"))
                .noneMatch(finding -> finding.contains("age-mismatch"));
    }

    @ParameterizedTest
    @CsvSource({
        // Three hours ahead; midnight is between in Ulaanbaatar, and not in Greenwich.
        "2026-11-19T17:00:00Z, 2026-11-19T20:00:00Z, false",
        "2026-11-19T17:00:00Z, 2026-11-19T16:59:59Z, true",
        "2026-11-19T23:30:00+08:00, 2026-11-20T00:30:00+08:00, false",
        "2026-11-20T00:30:00+08:00, 2026-11-19T23:30:00+08:00, true",
        "2026-11-20T09:30:00+08:00, 2026-11-20T09:00:00+08:00, true",
        "2026-11-20T09:30:00+08:00, 2026-11-20T09:00:00+07:00, false",
        // It is the 20th in Ulaanbaatar already.
        "2026-11-19T17:00:00Z, 2026-11-20, false",
        "2026-11-19T17:00:00Z, 2026-11-19, true",
        "2026-11-19T15:00:00Z, 2026-11-19, false",
    })
    void what_is_promised_is_compared_as_moments_and_days_in_mongolia(String sentAt, String promised, boolean slip) {
        ObjectNode message = message("{'expectedBy':'" + promised + "'}");
        message.put("messageType", "ACCEPT");
        message.put("sentAt", sentAt);
        assertThat(strings(message).contains("WARNING date.before-sent /body/expectedBy"))
                .isEqualTo(slip);
    }

    @Test
    void answers_promise_nothing_for_a_day_that_has_passed_and_do_not_contradict_themselves() {
        assertThat(answer("ACCEPT", "{'expectedBy':'2026-11-19'}"))
                .containsExactly("WARNING date.before-sent /body/expectedBy");
        assertThat(answer("ACCEPT", "{'expectedBy':'2026-11-20'}")).isEmpty();
        assertThat(answer("HOLD", "{'reason':'…','until':'2026-11-01T00:00:00Z'}"))
                .containsExactly("WARNING date.before-sent /body/until");
        assertThat(answer("OUTCOME", "{'result':'FAILED','closeReason':'SERVICE_IMPLEMENTED'}"))
                .containsExactly("WARNING outcome.contradiction /body/closeReason");
        assertThat(answer("OUTCOME", "{'result':'FAILED','closeReason':'NOT_SEEN'}"))
                .isEmpty();
    }

    @Test
    void a_name_of_two_alphabets_is_told_with_what_to_type() {
        assertThat(
                        check(
                                "{'child':{'givenName':'Нoмин'},'caregivers':[{'name':'Oюун'}],'perpetrators':[{'name':'Дорж'}],'reporter':{'name':'Anna'}}"))
                .contains(
                        "WARNING name.mixed-alphabets /body/child/givenName",
                        "WARNING name.mixed-alphabets /body/caregivers/0/name")
                .noneMatch(finding -> finding.contains("/perpetrators") || finding.contains("/reporter"));
    }

    @Test
    void documents_have_a_digest_and_are_no_programs() {
        assertThat(check(
                        "{'attachments':[{'mediaType':'application/x-msdownload'},{'mediaType':'image/png','sha256':'12'},"
                                + "{'mediaType':'application/pdf','sha256':'" + "a".repeat(64) + "'}]}"))
                .contains(
                        "WARNING attachment.sha256-missing /body/attachments/0/sha256",
                        "WARNING attachment.media-type /body/attachments/0/mediaType",
                        "ERROR attachment.sha256 /body/attachments/1/sha256")
                .noneMatch(finding -> finding.contains("/attachments/2"));
    }

    @Test
    void consent_that_was_refused_hides_from_some_unless_it_is_overridden() {
        assertThat(check("{'consent':{'disclosure':false}}"))
                .contains("WARNING consent.not-given /body/consent/disclosure");
        assertThat(check("{'legalBasis':'VITAL_INTERESTS','consent':{'disclosure':false,'overridden':true}}"))
                .contains("WARNING consent.override-reason-missing /body/consent/overrideReason")
                .noneMatch(finding -> finding.contains("consent.not-given"));
    }

    @Test
    void an_earlier_referral_lies_in_the_past() {
        assertThat(errors("{'previousReferrals':[{'date':'2027'},{'date':'2026'}]}"))
                .containsExactly("ERROR date.future /body/previousReferrals/0/date");
    }

    @Test
    void a_clock_may_run_ahead_for_a_day() {
        ObjectNode message = message("{}");
        message.put("sentAt", "2026-11-21T01:59:00Z");
        assertThat(strings(message)).noneMatch(finding -> finding.contains("/sentAt"));
        message.put("sentAt", "2026-11-21T02:01:00Z");
        assertThat(strings(message)).contains("ERROR date.future /sentAt");
    }

    @Test
    void fields_of_a_wrong_type_are_left_to_the_schema() {
        assertThat(
                        errors(
                                "{'child':[1],'concerns':{'a':1},'callbackPhone':7,'incidents':'x','icd10':[1],'consent':3,'narrative':'…'}"))
                .isEmpty();
    }

    private static List<String> answer(String type, String body) {
        ObjectNode message = message(body);
        message.put("messageType", type);
        return strings(message);
    }

    private static List<String> errors(String body) {
        return check(body).stream()
                .filter(finding -> finding.startsWith("ERROR"))
                .toList();
    }

    private static List<String> check(String body) {
        return strings(message(body));
    }

    private static List<String> strings(ObjectNode message) {
        return CanonicalRules.check(message, NOW).stream()
                .map(finding -> finding.severity() + " " + finding.code() + " " + finding.pointer())
                .toList();
    }

    private static ObjectNode message(String body) {
        try {
            ObjectMapper mapper = new ObjectMapper();
            ObjectNode message = mapper.createObjectNode();
            message.put("messageType", "REQUEST");
            message.put("sentAt", "2026-11-20T09:30:00+08:00");
            ObjectNode content = (ObjectNode) mapper.readTree(body.replace('\'', '"'));
            if (!content.has("callbackPhone") && !content.has("narrative")) {
                content.put("narrative", "…");
            }
            message.set("body", content);
            return message;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
