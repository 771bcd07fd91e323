package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.disclosure.Disclosure;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Queues;
import org.referralhub.recipient.Choice;

class LedgerTest {
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with("police-bzd", AgencyKind.POLICE, "1110")
            .with("social-bzd-23", AgencyKind.SOCIAL_WORKER, "111095")
            .with("team-bzd", AgencyKind.JOINT_TEAM, "1110")
            .with("shelter-ub", AgencyKind.SHELTER, "11")
            .registry();
    private static final Disclosure DISCLOSURE = Disclosure.load(new HubHome(Path.of(".")), new Faults());
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T04:00:00Z"), ZoneOffset.UTC);

    private LedgerDatabase database;
    private Ledger ledger;
    private final List<LedgerInput> letters = new ArrayList<>();

    private void open(Databases kind) {
        database = kind.open();
        ledger = ledger();
    }

    private Ledger ledger() {
        return ledger(CLOCK);
    }

    private Ledger ledger(Clock clock) {
        return new Ledger(database, (request, at) -> choices(), Views.WHOLE, AGENCIES, ResponseTimes.PROPOSED, clock)
                .add(new LedgerEntry() {
                    @Override
                    public java.util.Set<LedgerKind> kinds() {
                        return java.util.Set.of(LedgerKind.DEAD);
                    }

                    @Override
                    public void record(LedgerInput input, LedgerTransaction transaction) {
                        letters.add(input);
                    }
                });
    }

    private static List<Choice> choices() {
        return List.of(
                new Choice(AGENCIES.find("police-bzd").orElseThrow(), "violence"),
                new Choice(AGENCIES.find("social-bzd-23").orElseThrow(), "violence"));
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void aRequestGoesToEveryRecipientAndItsSenderGetsAReceipt(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");

        List<Emission> emissions = ledger.process(List.of(request.input()));

        assertThat(emissions)
                .extracting(emission -> emission.properties().get(Headers.RECIPIENT))
                .containsExactly("police-bzd", "social-bzd-23", "helpline-108");
        assertThat(emissions).allMatch(emission -> emission.queue().equals(Queues.DELIVERY));
        assertThat(emissions).allMatch(emission -> emission.priority() == 7);
        JsonNode receipt = json(emissions.get(2));
        assertThat(receipt.at("/body/status").asText()).isEqualTo("accepted");
        assertThat(receipt.at("/body/inReplyTo").asText()).isEqualTo("call-1");
        assertThat(receipt.at("/body/reference").asText()).startsWith("RF-");
        assertThat(receipt.at("/body/recipients/0/agency").asText()).isEqualTo("police-bzd");
        assertThat(receipt.at("/body/recipients/0/rule").asText()).isEqualTo("violence");
        Instant sent = OffsetDateTime.parse(receipt.path("sentAt").asText()).toInstant();
        assertThat(OffsetDateTime.parse(
                        receipt.at("/body/recipients/0/acknowledgeBy").asText()))
                .hasToString(sent.plus(Duration.ofHours(1))
                        .atOffset(ZoneOffset.ofHours(8))
                        .toString());
        assertThat(OffsetDateTime.parse(
                                receipt.at("/body/recipients/1/acceptBy").asText())
                        .toInstant())
                .isEqualTo(sent.plus(Duration.ofHours(3)));
        assertThat(states("assignment")).containsOnly(Map.entry("requested", 2L));
        assertThat(states("delivery")).containsOnly(Map.entry("WAITING", 3L));
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerFromBeforeTheRequestCountsAndItsSenderIsTold(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1").sentAt("2026-11-22T11:58:00+08:00");
        ledger.process(List.of(request.input()));
        for (String written : List.of("2026-11-22T11:57:00+08:00", "2026-11-22T11:59:00+08:00")) {
            JsonNode receipt = json(ledger
                    .process(List.of(Messages.followUp(
                                    "police-bzd",
                                    "at-" + written.charAt(15),
                                    MessageType.FEEDBACK,
                                    request.referralId())
                            .body("{\"text\":\"…\"}")
                            .sentAt(written)
                            .input()))
                    .stream()
                    .filter(emission ->
                            emission.properties().get(Headers.RECIPIENT).equals("police-bzd"))
                    .findFirst()
                    .orElseThrow());
            assertThat(receipt.at("/body/status").asText()).isEqualTo("accepted");
            assertThat(receipt.at("/body/findings").findValuesAsText("code"))
                    .isEqualTo(written.contains("11:57") ? List.of("answer.before-request") : List.of());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSameStampAgainEmitsTheSameAgain(Databases kind) throws Exception {
        open(kind);
        List<LedgerInput> batch = List.of(
                Messages.request("helpline-108", "call-1").input(),
                Messages.request("helpline-108", "call-2").input(),
                Messages.request("helpline-108", "call-1").input());

        List<Emission> first = ledger.process(batch);
        ledger.close();
        List<Emission> second = ledger().process(batch);

        assertThat(first).hasSize(7);
        assertThat(contents(second)).containsExactlyInAnyOrderElementsOf(contents(first));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDeliveredIsNotEmittedAgain(Databases kind) throws Exception {
        open(kind);
        LedgerInput input = Messages.request("helpline-108", "call-1").input();
        List<Emission> first = ledger.process(List.of(input));

        LedgerInput notice = Messages.delivered(first.get(0).properties().get(Headers.DELIVERY_ID));
        assertThat(ledger.process(List.of(notice, notice))).isEmpty();

        assertThat(ledger.process(List.of(input))).hasSize(2);
        assertThat(states("delivery")).containsOnly(Map.entry("WAITING", 2L), Map.entry("DELIVERED", 1L));
    }

    @ParameterizedTest
    @EnumSource
    void aSendersRepeatGetsTheSameReceiptAndNothingElse(Databases kind) throws Exception {
        open(kind);
        List<Emission> first = ledger.process(
                List.of(Messages.request("helpline-108", "call-1").input()));

        List<Emission> repeat = ledger.process(
                List.of(Messages.request("helpline-108", "call-1").input()));

        assertThat(repeat).hasSize(1);
        assertThat(repeat.get(0).body()).isEqualTo(first.get(2).body());
        assertThat(repeat.get(0).properties().get(Headers.MESSAGE_ID))
                .isEqualTo(first.get(2).properties().get(Headers.MESSAGE_ID));
        assertThat(repeat.get(0).properties().get(Headers.DELIVERY_ID))
                .isNotEqualTo(first.get(2).properties().get(Headers.DELIVERY_ID));
    }

    @ParameterizedTest
    @EnumSource
    void otherBytesWithTheSameMeaningAreARepeat(Databases kind) throws Exception {
        open(kind);
        ledger.process(List.of(Messages.request("helpline-108", "call-1").input()));

        List<Emission> repeat = ledger.process(List.of(Messages.request("helpline-108", "call-1")
                .original("the same with other white space")
                .input()));

        assertThat(repeat).hasSize(1);
        assertThat(json(repeat.get(0)).at("/body/status").asText()).isEqualTo("accepted");
    }

    @ParameterizedTest
    @EnumSource
    void otherContentUnderTheSameIdIsRefusedAndKept(Databases kind) throws Exception {
        open(kind);
        ledger.process(List.of(Messages.request("helpline-108", "call-1").input()));
        LedgerInput other = Messages.request("helpline-108", "call-1")
                .original("something else")
                .urgency("ROUTINE")
                .input();

        List<Emission> refusal = ledger.process(List.of(other));

        assertThat(refusal).hasSize(1);
        assertThat(json(refusal.get(0)).at("/body/status").asText()).isEqualTo("conflict");
        assertThat(json(refusal.get(0)).at("/body/findings/0/code").asText()).isEqualTo("message.conflict");
        assertThat(letters).hasSize(1);
        assertThat(contents(ledger.process(List.of(other)))).isEqualTo(contents(refusal));
        assertThat(states("assignment")).containsOnly(Map.entry("requested", 2L));
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerMovesItsAssignmentAndReachesTheSender(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        List<Emission> emissions = arrive(List.of(
                request.input(),
                Messages.followUp("police-bzd", "p-1", MessageType.ACK, request.referralId())
                        .input(),
                Messages.followUp("police-bzd", "p-2", MessageType.ACCEPT, request.referralId())
                        .input()));

        assertThat(emissions).hasSize(3 + 2 + 2);
        assertThat(emissions.get(3).properties())
                .containsEntry(Headers.RECIPIENT, "helpline-108")
                .containsEntry(Headers.MESSAGE_TYPE, "ACK");
        assertThat(states("assignment")).containsOnly(Map.entry("accepted", 1L), Map.entry("requested", 1L));

        List<Emission> outcome =
                arrive(List.of(Messages.followUp("police-bzd", "p-3", MessageType.OUTCOME, request.referralId())
                        .body("{\"result\":\"FAILED\",\"closeReason\":\"NOT_SEEN\"}")
                        .input()));
        assertThat(outcome).hasSize(2);
        assertThat(states("assignment")).containsOnly(Map.entry("failed", 1L), Map.entry("requested", 1L));
    }

    @ParameterizedTest
    @EnumSource
    void whatTheTableForbidsIsRefusedWithWhatWouldBeAllowed(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        ledger.process(List.of(
                request.input(),
                Messages.followUp("police-bzd", "p-1", MessageType.ACCEPT, request.referralId())
                        .input()));

        List<Emission> refusal =
                ledger.process(List.of(Messages.followUp("police-bzd", "p-2", MessageType.REJECT, request.referralId())
                        .input()));

        assertThat(refusal).hasSize(1);
        JsonNode receipt = json(refusal.get(0));
        assertThat(receipt.at("/body/status").asText()).isEqualTo("refused");
        assertThat(receipt.at("/body/findings/0/code").asText()).isEqualTo("lifecycle.not-allowed");
        assertThat(receipt.at("/body/findings/0/en").asText()).contains("accepted", "START");
        assertThat(states("message")).containsOnly(Map.entry("accepted", 2L), Map.entry("refused", 1L));
    }

    @ParameterizedTest
    @EnumSource
    void aStrangerLearnsNothingAboutAReferral(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        ledger.process(List.of(request.input()));

        assertThat(ledger.process(List.of(
                        Messages.followUp("shelter-ub", "s-1", MessageType.ACK, request.referralId())
                                .input(),
                        Messages.followUp("shelter-ub", "s-2", MessageType.ACK, "no-such-referral")
                                .input())))
                .as("an answer that comes at once would tell them apart")
                .isEmpty();
        List<Emission> refused = waited();

        JsonNode one = json(refused.get(0));
        JsonNode other = json(refused.get(1));
        assertThat(one.at("/body/findings")).isEqualTo(other.at("/body/findings"));
        assertThat(one.at("/body/findings/0/code").asText()).isEqualTo("lifecycle.unknown-referral");
        assertThat(one.at("/body/referralId").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void amendAndRecallReachEveryRecipient(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1").incomplete();
        List<Emission> opened = arrive(List.of(request.input()));
        assertThat(json(opened.get(2)).at("/body/incomplete").asBoolean()).isTrue();
        assertThat(json(opened.get(2)).at("/body/findings").findValuesAsText("code"))
                .containsExactly("message.incomplete");

        List<Emission> amended =
                arrive(List.of(Messages.followUp("helpline-108", "call-2", MessageType.AMEND, request.referralId())
                        .body("{\"changes\":{\"urgency\":\"IMMEDIATE\"}}")
                        .input()));
        assertThat(amended).hasSize(3);
        assertThat(json(amended.get(0)).at("/version").asInt()).isEqualTo(2);
        assertThat(amended).allMatch(emission -> emission.priority() == 9);

        List<Emission> recalled =
                arrive(List.of(Messages.followUp("helpline-108", "call-3", MessageType.RECALL, request.referralId())
                        .body("{\"reason\":\"…\"}")
                        .input()));
        assertThat(recalled).hasSize(3);
        assertThat(states("assignment")).containsOnly(Map.entry("cancelled", 2L));
    }

    @ParameterizedTest
    @EnumSource
    void aTransferTakesEffectWhenTheNewAgencyAccepts(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        String referral = request.referralId();
        List<Emission> emissions = ledger.process(List.of(
                request.input(),
                Messages.followUp("police-bzd", "p-1", MessageType.ACCEPT, referral)
                        .input(),
                Messages.followUp("police-bzd", "p-2", MessageType.TRANSFER, referral)
                        .body("{\"to\":\"shelter-ub\",\"reason\":\"…\"}")
                        .input()));

        Emission handed = emissions.stream()
                .filter(emission -> "shelter-ub".equals(emission.properties().get(Headers.RECIPIENT)))
                .findFirst()
                .orElseThrow();
        assertThat(handed.properties()).containsEntry(Headers.MESSAGE_TYPE, "REQUEST");
        assertThat(json(handed).at("/messageId").asText()).isEqualTo("call-1");
        assertThat(states("assignment")).containsOnly(Map.entry("accepted", 1L), Map.entry("requested", 2L));

        ledger.process(List.of(Messages.followUp("shelter-ub", "s-1", MessageType.ACCEPT, referral)
                .input()));
        assertThat(states("assignment"))
                .containsOnly(Map.entry("accepted", 1L), Map.entry("requested", 1L), Map.entry("transferred", 1L));
    }

    @ParameterizedTest
    @EnumSource
    void aMandatedRecipientMayNotRejectAnImmediateReferralWithoutARedirect(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1").urgency("IMMEDIATE");
        String referral = request.referralId();
        ledger.process(List.of(request.input()));

        JsonNode refused =
                json(ledger.process(List.of(Messages.followUp("police-bzd", "p-1", MessageType.REJECT, referral)
                                .body("{\"reason\":\"OUT_OF_AREA\"}")
                                .input()))
                        .get(0));
        assertThat(refused.at("/body/findings/0/code").asText()).isEqualTo("lifecycle.redirect-required");

        List<Emission> redirected =
                ledger.process(List.of(Messages.followUp("police-bzd", "p-2", MessageType.REJECT, referral)
                        .body("{\"reason\":\"OUT_OF_AREA\",\"redirectTo\":\"team-bzd\"}")
                        .input()));
        assertThat(redirected)
                .extracting(emission -> emission.properties().get(Headers.RECIPIENT))
                .containsExactly("helpline-108", "team-bzd", "police-bzd");
    }

    @ParameterizedTest
    @EnumSource
    void anAmendmentCarriesTheConsentThatStandsSoThatItIsEnforced(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1").body("""
                        {"urgency":"URGENT","concerns":["NEGLECT"],"narrative":"…",\
                        "reporter":{"kind":"NEIGHBOUR","anonymous":true},\
                        "consent":{"disclosure":true,"withholdFrom":["SOCIAL_WORKER"]}}""");
        arrive(List.of(request.input()));

        List<Emission> amended =
                arrive(List.of(Messages.followUp("helpline-108", "call-2", MessageType.AMEND, request.referralId())
                        .body("{\"changes\":{\"callbackPhone\":\"99112233\"}}")
                        .input()));
        JsonNode changes = json(amended.get(0)).at("/body/changes");
        assertThat(changes.at("/consent/withholdFrom/0").asText()).isEqualTo("SOCIAL_WORKER");
        assertThat(changes.at("/reporter/anonymous").asBoolean()).isTrue();
        assertThat(view(amended, "social-bzd-23").at("/body/changes").isEmpty()).isTrue();
        assertThat(view(amended, "police-bzd")
                        .at("/body/changes/consent/disclosure")
                        .asBoolean())
                .isTrue();
        assertThat(view(amended, "police-bzd").at("/body/changes/consent").has("withholdFrom"))
                .isFalse();

        // A later change of the consent that says nothing of the list does not take anybody off it.
        List<Emission> again =
                arrive(List.of(Messages.followUp("helpline-108", "call-3", MessageType.AMEND, request.referralId())
                        .body("{\"changes\":{\"narrative\":\"!\",\"consent\":{\"disclosure\":false}}}")
                        .input()));
        assertThat(view(again, "social-bzd-23").at("/body/changes").isEmpty()).isTrue();
        assertThat(view(again, "police-bzd").at("/body/changes/narrative").asText())
                .isEqualTo("!");

        List<Emission> recalled =
                arrive(List.of(Messages.followUp("helpline-108", "call-4", MessageType.RECALL, request.referralId())
                        .body("{\"reason\":\"as she says herself\"}")
                        .input()));
        assertThat(view(recalled, "social-bzd-23").at("/body/reason").asText()).isNotEqualTo("as she says herself");
        assertThat(view(recalled, "police-bzd").at("/body/reason").asText()).isEqualTo("as she says herself");
    }

    @ParameterizedTest
    @EnumSource
    void whoIsWithheldByAnAmendmentCannotBeAddedLater(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        String referral = request.referralId();
        ledger.process(List.of(
                request.input(),
                Messages.followUp("helpline-108", "call-2", MessageType.AMEND, referral)
                        .body("{\"changes\":{\"consent\":{\"withholdFrom\":[\"Shelter-UB\"]}}}")
                        .input(),
                Messages.followUp("police-bzd", "p-1", MessageType.ACCEPT, referral)
                        .input()));

        List<Emission> refusal =
                ledger.process(List.of(Messages.followUp("police-bzd", "p-2", MessageType.TRANSFER, referral)
                        .body("{\"to\":\"shelter-ub\",\"reason\":\"…\"}")
                        .input()));

        assertThat(refusal).hasSize(1);
        assertThat(json(refusal.get(0)).at("/body/findings/0/code").asText())
                .isEqualTo("lifecycle.agency-not-possible");
    }

    @ParameterizedTest
    @EnumSource
    void whoIsAddedLaterGetsTheReferralAsAmended(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1").incomplete();
        String referral = request.referralId();
        LedgerInput amendment = Messages.followUp("helpline-108", "call-2", MessageType.AMEND, referral)
                .body("{\"changes\":{\"narrative\":\"much worse\",\"urgency\":\"IMMEDIATE\"}}")
                .input();
        ledger.process(List.of(request.input(), amendment));
        ledger.close();
        LedgerInput escalation = Messages.followUp("police-bzd", "p-1", MessageType.ESCALATE, referral)
                .body("{\"reason\":\"…\",\"to\":\"team-bzd\"}")
                .input();

        List<Emission> added = ledger().process(List.of(escalation));

        JsonNode received = json(added.stream()
                .filter(emission -> "team-bzd".equals(emission.properties().get(Headers.RECIPIENT)))
                .findFirst()
                .orElseThrow());
        assertThat(received.at("/messageType").asText()).isEqualTo("REQUEST");
        assertThat(received.at("/messageId").asText()).isEqualTo("call-1");
        assertThat(received.at("/version").asInt()).isEqualTo(2);
        assertThat(received.has("incomplete")).isFalse();
        assertThat(received.at("/body/narrative").asText()).isEqualTo("much worse");
        assertThat(received.at("/body/child/givenName").asText()).isEqualTo("Тэмүүлэн");

        // A later amendment changes nothing of what a repeat after a crash sends.
        ledger().process(List.of(Messages.followUp("helpline-108", "call-3", MessageType.AMEND, referral)
                .body("{\"changes\":{\"narrative\":\"better\"}}")
                .input()));
        assertThat(contents(ledger().process(List.of(escalation))))
                .containsExactlyInAnyOrderElementsOf(contents(added));
    }

    @ParameterizedTest
    @EnumSource
    void aRecallReachesEverybodyWhoWasEverTold(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        String referral = request.referralId();
        arrive(List.of(
                request.input(),
                Messages.followUp("social-bzd-23", "s-1", MessageType.REJECT, referral)
                        .body("{\"reason\":\"OUT_OF_AREA\"}")
                        .input(),
                Messages.followUp("police-bzd", "p-1", MessageType.ACCEPT, referral)
                        .input(),
                Messages.followUp("police-bzd", "p-2", MessageType.TRANSFER, referral)
                        .body("{\"to\":\"shelter-ub\",\"reason\":\"…\"}")
                        .input(),
                Messages.followUp("shelter-ub", "u-1", MessageType.ACCEPT, referral)
                        .input()));

        List<Emission> recalled =
                arrive(List.of(Messages.followUp("helpline-108", "call-2", MessageType.RECALL, referral)
                        .body("{\"reason\":\"…\"}")
                        .input()));

        assertThat(recalled)
                .extracting(emission -> emission.properties().get(Headers.RECIPIENT))
                .containsExactlyInAnyOrder("police-bzd", "social-bzd-23", "shelter-ub", "helpline-108");
        assertThat(states("assignment"))
                .containsOnly(Map.entry("rejected", 1L), Map.entry("transferred", 1L), Map.entry("cancelled", 1L));

        List<Emission> voided = arrive(List.of(Messages.followUp("helpline-108", "call-3", MessageType.VOID, referral)
                .body("{\"reason\":\"…\"}")
                .input()));
        assertThat(voided)
                .extracting(emission -> emission.properties().get(Headers.RECIPIENT))
                .containsExactlyInAnyOrder("police-bzd", "social-bzd-23", "shelter-ub", "helpline-108");
        assertThat(states("assignment")).containsOnly(Map.entry("entered-in-error", 3L));
    }

    @Test
    void whatItDidIsCounted() throws Exception {
        open(Databases.SQLITE);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        ledger.measure(meters);
        LedgerMeters.books(meters, new Books(database.readers(), queue -> 0));
        LedgerInput request = Messages.request("helpline-108", "call-1").input();

        ledger.process(List.of(request));
        ledger.process(
                List.of(request, Messages.request("helpline-108", "call-1").input()));
        ledger.process(List.of(Messages.followUp(
                        "helpline-108",
                        "call-2",
                        MessageType.ACK,
                        Messages.request("helpline-108", "call-1").referralId())
                .input()));

        assertThat(meters.get("hub.ledger.messages")
                        .tag("result", "accepted")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("hub.ledger.messages")
                        .tag("result", "duplicate")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("hub.ledger.messages")
                        .tag("result", "refused")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("hub.ledger.batch").timer().count()).isEqualTo(3);
        assertThat(meters.get("hub.letters.open").gauge().value()).isZero();
        // Five deliveries wait, and the queue is said to be empty.
        assertThat(meters.get("hub.books.balanced").gauge().value()).isZero();
    }

    /** What follows when messages that came too early have waited long enough. */
    private List<Emission> waited() throws Exception {
        ledger.close();
        ledger = ledger(Clock.offset(CLOCK, EarlyMessages.PATIENCE));
        return ledger.process(Messages.announced(ledger.process(List.of())));
    }

    /** Takes the messages, and delivers what follows from them until nothing is on its way. */
    private List<Emission> arrive(List<LedgerInput> inputs) throws Exception {
        return Messages.arrive(ledger, inputs);
    }

    /** What the delivery stage would let this recipient see. */
    private static JsonNode view(List<Emission> emissions, String recipient) throws Exception {
        Emission emission = emissions.stream()
                .filter(one -> recipient.equals(one.properties().get(Headers.RECIPIENT)))
                .findFirst()
                .orElseThrow();
        return DISCLOSURE
                .project((ObjectNode) json(emission), AGENCIES.find(recipient).orElseThrow())
                .canonical();
    }

    /** An agency that gets a new name must not see what was kept from it under the old one. */
    @ParameterizedTest
    @EnumSource
    void whoIsWithheldByNameStaysSoUnderANewName(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1").body("""
                        {"urgency":"URGENT","concerns":["UNKNOWN"],"consent":{"withholdFrom":
                        ["SHELTER","shelter ub (MN)","хойд эцэг"]}}""");
        assertThat(withheld(arrive(List.of(request.input())), "/body/consent"))
                .containsExactly("SHELTER", "shelter ub (MN)", "хойд эцэг", "shelter-ub");
        assertThat(withheld(
                        arrive(List.of(
                                Messages.followUp("helpline-108", "call-2", MessageType.AMEND, request.referralId())
                                        .body("{\"changes\":{\"consent\":{\"withholdFrom\":[\"Social BZD 23 (MN)\"]}}}")
                                        .input())),
                        "/body/changes/consent"))
                .containsExactly("Social BZD 23 (MN)", "social-bzd-23");
        assertThat(withheld(
                        arrive(List.of(
                                Messages.followUp("helpline-108", "call-3", MessageType.AMEND, request.referralId())
                                        .body("{\"changes\":{\"narrative\":\"!\"}}")
                                        .input())),
                        "/body/changes/consent"))
                .as("the list that stands")
                .containsExactly("Social BZD 23 (MN)", "social-bzd-23");

        ledger.process(List.of(request.input()));
        assertThat(states("message")).as("the same message is known again").isEqualTo(Map.of("accepted", 3L));
    }

    /** The list that the first of them carries to the place where the view is cut. */
    private static List<String> withheld(List<Emission> emissions, String consent) throws Exception {
        for (Emission emission : emissions) {
            JsonNode list = json(emission).at(consent + "/withholdFrom");
            if (list.isArray()) {
                return list.valueStream().map(JsonNode::asText).toList();
            }
        }
        return List.of();
    }

    @ParameterizedTest
    @EnumSource
    void oneBadMessageUndoesTheWholeBatch(Databases kind) throws Exception {
        open(kind);
        LedgerInput good = Messages.request("helpline-108", "call-1").input();
        LedgerInput bad =
                new LedgerInput("ID:bad", LedgerKind.MESSAGE, good.properties(), Messages.utf8("this is not a parcel"));

        assertThatThrownBy(() -> ledger.process(List.of(good, bad))).isInstanceOf(IllegalArgumentException.class);

        assertThat(states("delivery")).isEmpty();
        assertThat(ledger.process(List.of(good))).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void twoNodesCannotBothMoveOneReferral(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        ledger.process(List.of(request.input()));
        try (Connection other = database.writer()) {
            Batch stale = new Batch(
                    other,
                    new java.util.HashMap<>(),
                    CLOCK.instant(),
                    new SearchIndex(place -> List.of(), ChildKeys.OFF),
                    Postings.open(other, false),
                    EarlyMessages.PATIENCE,
                    new Versions(),
                    "",
                    (input, transaction) -> {});
            Referral referral = stale.referral(request.referralId());
            ledger.process(List.of(Messages.followUp("police-bzd", "p-1", MessageType.ACK, request.referralId())
                    .input()));
            referral.changed = true;

            assertThatThrownBy(stale::flush).isInstanceOf(java.sql.SQLTransientException.class);
        }
    }

    private Map<String, Long> states(String table) throws Exception {
        String column = table.equals("message") ? "status" : "state";
        Map<String, Long> counts = new java.util.TreeMap<>();
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select " + column + ", count(*) from " + table + " group by " + column)) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getLong(2));
            }
        }
        return counts;
    }

    private static List<String> contents(List<Emission> emissions) {
        return emissions.stream()
                .map(emission -> new java.util.TreeMap<>(emission.properties())
                        + new String(emission.body(), StandardCharsets.UTF_8))
                .toList();
    }

    private static JsonNode json(Emission emission) throws Exception {
        return new ObjectMapper().readTree(emission.body());
    }
}
