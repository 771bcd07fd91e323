package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.referralhub.testing.Samples.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.ledger.Tracking.AssignmentView;
import org.referralhub.message.Identifiers;
import org.referralhub.testing.Letter;
import org.referralhub.testing.Participant;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.Way;

/** What the police answer in XML reaches the helpline in its JSON, and everybody concerned sees where the referral stands. */
class AnswersIT {
    private static final String HELPLINE = "helpline-108";
    private static final String POLICE = "police-family-division";
    private static final String SOCIAL_WORKER = "social-work-111653";

    private static RunningHub hub;

    private final String callId = "call-" + UUID.randomUUID();
    private final String referralId = Identifiers.referralId(HELPLINE, callId);
    private int answers;

    @BeforeAll
    static void start() {
        hub = RunningHub.shared();
    }

    @BeforeEach
    void sendACall() throws Exception {
        hub.emptyInboxes();
        Way.AMQP.send(hub.as(HELPLINE), "helpline", bytes(Samples.callWithEverything(callId)));
        Way.AMQP.take(hub.as(POLICE), "REQUEST", referralId);
        hub.settle();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void the_police_take_it_over_and_finish_it(Way way) throws Exception {
        JsonNode acknowledged = answer(way, "<Acknowledgement/>", "ACK");
        assertThat(acknowledged.path("record_type").asText()).isEqualTo("FOLLOW_UP");
        assertThat(acknowledged.path("action").asText()).isEqualTo("ACKNOWLEDGE");
        assertThat(acknowledged.path("from").asText()).isEqualTo(POLICE);
        assertThat(state(POLICE)).isEqualTo("received");

        JsonNode accepted = answer(
                way,
                "<Acceptance><CaseNumberID>СХД-2026-1</CaseNumberID>"
                        + "<ResponseNoteText>Эргүүл хөдөлсөн.</ResponseNoteText></Acceptance>",
                "ACCEPT");
        assertThat(accepted.path("action").asText()).isEqualTo("ACCEPT");
        // The helpline learns that there is a note, and not what it says; other ids are not for it at all.
        assertThat(accepted.toString()).doesNotContain("Эргүүл", "СХД-2026-1");
        assertThat(state(POLICE)).isEqualTo("accepted");

        answer(way, "<WorkStart/>", "START");
        assertThat(state(POLICE)).isEqualTo("in-progress");

        JsonNode outcome = answer(
                way,
                "<Outcome><OutcomeResultCode>COMPLETED</OutcomeResultCode>"
                        + "<OutcomeCloseReasonCode>SERVICE_IMPLEMENTED</OutcomeCloseReasonCode>"
                        + "<OutcomeSummaryText>Аюулын зэргийн үнэлгээ хийсэн.</OutcomeSummaryText></Outcome>",
                "OUTCOME");
        assertThat(outcome.toString())
                .contains("COMPLETED", "SERVICE_IMPLEMENTED")
                .doesNotContain("Аюулын зэргийн");
        assertThat(state(POLICE)).isEqualTo("completed");
        assertThat(state(SOCIAL_WORKER)).isEqualTo("requested");
    }

    @Test
    void the_police_reject_it() throws Exception {
        JsonNode rejected = answer(
                Way.AMQP,
                "<Rejection><RejectionReasonCode>OUT_OF_AREA</RejectionReasonCode>"
                        + "<RedirectOrganizationID>police-capital</RedirectOrganizationID></Rejection>",
                "REJECT");

        assertThat(rejected.path("action").asText()).isEqualTo("REJECT");
        assertThat(rejected.toString()).contains("OUT_OF_AREA", "police-capital");
        assertThat(state(POLICE)).isEqualTo("rejected");
    }

    @Test
    void an_answer_that_the_lifecycle_forbids_is_refused_and_changes_nothing() throws Exception {
        answer(
                Way.AMQP,
                "<Rejection><RejectionReasonCode>OUT_OF_AREA</RejectionReasonCode>"
                        + "<RedirectOrganizationID>police-capital</RedirectOrganizationID></Rejection>",
                "REJECT");

        Way.AMQP.send(
                hub.as(POLICE), "police", bytes(Samples.policeAnswer("late-" + callId, referralId, "<WorkStart/>")));

        Letter receipt = takeReceipt("late-" + callId);
        assertThat(receipt.body()).contains("refused", "lifecycle.");
        hub.settle();
        assertThat(state(POLICE)).isEqualTo("rejected");
        assertThat(hub.waiting(HELPLINE, referralId))
                .noneMatch(letter -> letter.type().equals("START"));
    }

    @Test
    void who_is_no_party_to_a_referral_does_not_learn_that_it_exists() throws Exception {
        String reference = Identifiers.reference(referralId);

        JsonNode sender = hub.as(HELPLINE).get("/referrals/" + reference).json();
        assertThat(sender.path("assignments")).hasSizeGreaterThanOrEqualTo(2);
        assertThat(sender.toString()).doesNotContain("Анударь");
        assertThat(sender.at("/assignments/0/withheld").findValuesAsText("en")).isNotEmpty();
        JsonNode police = hub.as(POLICE).get("/referrals/" + referralId).json();
        assertThat(police.path("assignments")).hasSize(1);
        assertThat(police.path("assignments").path(0).path("recipient").asText())
                .isEqualTo(POLICE);
        assertThat(police.toString()).doesNotContain(SOCIAL_WORKER);
        assertThat(police.at("/assignments/0/withheld")).isEmpty();
        assertThat(hub.as("operator").get("/referrals/" + reference).status()).isEqualTo(200);

        Participant.Answer stranger = hub.as("court-capital").get("/referrals/" + referralId);
        Participant.Answer unknown = hub.as("court-capital").get("/referrals/" + UUID.randomUUID());
        assertThat(List.of(stranger.status(), unknown.status())).containsOnly(404);
        assertThat(stranger.text()).isEqualTo(unknown.text());

        // Nor can it answer it.
        Way.AMQP.send(hub.as("court-capital"), "canonical", bytes("""
                {"messageId": "court-%s", "messageType": "ACCEPT", "sentAt": "%s", "referralId": "%s", "body": {}}""".formatted(callId, Samples.now(), referralId)));
        Letter receipt = Way.AMQP.takeNext(hub.as("court-capital"));
        assertThat(receipt.json().at("/body/status").asText()).isEqualTo("refused");
        hub.settle();
        assertThat(hub.waiting(HELPLINE, referralId))
                .noneMatch(letter -> letter.type().equals("ACCEPT"));
    }

    @Test
    void operators_list_referrals_page_by_page() {
        JsonNode page =
                hub.as("operator").get("/referrals?size=1&agency=" + POLICE).json();

        assertThat(page.path("items")).hasSize(1);
        assertThat(page.path("items").path(0).path("referralId").asText()).isEqualTo(referralId);
        assertThat(page.toString()).doesNotContain("Анударь");
        assertThat(hub.as("operator")
                        .get("/referrals?state=completed&agency=court-capital")
                        .json()
                        .path("items"))
                .isEmpty();
        assertThat(hub.as("operator").get("/referrals?size=0").status()).isEqualTo(400);
        assertThat(hub.as(HELPLINE).get("/referrals").status()).isEqualTo(403);
    }

    private JsonNode answer(Way way, String answer, String type) throws Exception {
        String messageId = "answer-%d-%s".formatted(++answers, callId);
        way.send(hub.as(POLICE), "police", bytes(Samples.policeAnswer(messageId, referralId, answer)));
        JsonNode got = way.take(hub.as(HELPLINE), type, referralId).json();
        hub.settle();
        return got;
    }

    private static Letter takeReceipt(String messageId) throws Exception {
        for (int i = 0; i < 10; i++) {
            Letter letter = Way.AMQP.takeNext(hub.as(POLICE));
            if (letter.type().equals("RECEIPT") && letter.body().contains(messageId)) {
                return letter;
            }
        }
        throw new AssertionError("no receipt for " + messageId);
    }

    private String state(String recipient) {
        return hub.referral(referralId).assignments().stream()
                .filter(assignment -> assignment.recipient().equals(recipient))
                .map(AssignmentView::state)
                .findFirst()
                .orElse("none");
    }
}
