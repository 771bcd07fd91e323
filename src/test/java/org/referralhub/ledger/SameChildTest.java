package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;
import org.referralhub.recipient.Choice;
import org.referralhub.validation.MessageSchema;
import org.referralhub.validation.SchemaSet;

class SameChildTest {
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with("school-bzd", AgencyKind.SCHOOL, "1110")
            .with("police-bzd", AgencyKind.POLICE, "1110")
            .with("team-bzd", AgencyKind.JOINT_TEAM, "1110")
            .with("team-shd", AgencyKind.JOINT_TEAM, "1116")
            .registry();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T04:00:00Z"), ZoneOffset.UTC);
    private static final String NUMBER = "\"registerNo\":\"АВ16250415\"";

    private LedgerDatabase database;
    private Ledger ledger;

    private void open(Databases kind, ChildKeys keys) {
        database = kind.open();
        ledger = new Ledger(
                        database,
                        (request, at) ->
                                List.of(new Choice(AGENCIES.find("police-bzd").orElseThrow(), "violence")),
                        Views.WHOLE,
                        AGENCIES,
                        ResponseTimes.PROPOSED,
                        CLOCK)
                .recognise(keys);
    }

    private void open(Databases kind) {
        open(kind, ChildKeys.of("a secret of the test, long enough".toCharArray()));
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    private static Messages report(String sender, String messageId, String child) {
        return report(sender, messageId, child, "");
    }

    private static Messages report(String sender, String messageId, String child, String more) {
        return Messages.request(sender, messageId)
                .body(
                        "{\"urgency\":\"URGENT\",\"concerns\":[\"NEGLECT\"],%s\"child\":{%s,\"address\":{\"district\":\"1110\"}}}"
                                .formatted(more, child));
    }

    private static List<Emission> signals(List<Emission> emissions) {
        return emissions.stream()
                .filter(emission ->
                        MessageType.FEEDBACK.name().equals(emission.properties().get(Headers.MESSAGE_TYPE)))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void theJointTeamOfThePlaceIsToldTheTwoReferencesAndNothingElse(Databases kind) throws Exception {
        open(kind);
        Messages first = report("helpline-108", "c-1", NUMBER);
        LedgerInput second =
                report("school-bzd", "s-1", "\"registerNo\":\"ab16250415\"").input();
        assertThat(signals(ledger.process(List.of(first.input())))).isEmpty();

        List<Emission> signals = signals(ledger.process(List.of(second)));

        assertThat(signals).singleElement().satisfies(signal -> {
            assertThat(signal.properties()).containsEntry(Headers.RECIPIENT, "team-bzd");
            JsonNode message = new ObjectMapper().readTree(signal.body());
            assertThat(message.path("sender").asText()).isEqualTo("hub");
            assertThat(message.at("/body/text").asText())
                    .contains(
                            Identifiers.reference(first.referralId()),
                            Identifiers.reference(Identifiers.referralId("school-bzd", "s-1")))
                    .doesNotContain("16250415", "helpline", "school", "NEGLECT");
            HubHome home = new HubHome(Path.of("."));
            assertThat(MessageSchema.compile(
                                    home.schemas().resolve("canonical").resolve("feedback.schema.json"),
                                    SchemaSet.of(home.schemas()))
                            .check(message))
                    .isEmpty();
        });
        // The same again after a crash; a repeat of the sender's says nothing new.
        assertThat(signals(ledger.process(List.of(second)))).singleElement().satisfies(again -> assertThat(
                        again.properties())
                .isEqualTo(signals.get(0).properties()));
        assertThat(signals(ledger.process(List.of(report("school-bzd", "s-1", "\"registerNo\":\"ab16250415\"")
                        .input()))))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void alsoByNamesWithBirthDateAndWithinOneBatch(Databases kind) throws Exception {
        open(kind);

        List<Emission> signals = signals(ledger.process(List.of(
                report(
                                "helpline-108",
                                "c-1",
                                "\"givenName\":\"Номин\",\"patronymic\":\"Бат\",\"birthDate\":\"2016-05-04\"")
                        .input(),
                report(
                                "school-bzd",
                                "s-1",
                                "\"givenName\":\"НОМИН\",\"patronymic\":\"бат\",\"birthDate\":\"2016-05-04\"")
                        .input(),
                report("police-bzd", "p-1", "\"givenName\":\"Номин\",\"patronymic\":\"Бат\"")
                        .input())));

        assertThat(signals).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void anAmendmentThatSaysWhoTheChildIsIsASignalOnce(Databases kind) throws Exception {
        open(kind);
        Messages first = report("helpline-108", "c-1", NUMBER);
        Messages second = report("school-bzd", "s-1", "\"givenName\":\"Номин\"");
        assertThat(signals(ledger.process(List.of(first.input(), second.input()))))
                .isEmpty();
        LedgerInput amendment = amend(second, "s-2", "\"child\":{" + NUMBER + "}");

        List<Emission> signals = signals(ledger.process(List.of(amendment)));

        assertThat(signals).singleElement().satisfies(signal -> assertThat(signal.properties())
                .containsEntry(Headers.RECIPIENT, "team-bzd"));
        // After a crash the same; what says nothing new of the child, or says it in other words, is no other signal.
        assertThat(signals(ledger.process(List.of(amendment)))).singleElement().satisfies(again -> assertThat(
                        again.properties())
                .isEqualTo(signals.get(0).properties()));
        assertThat(
                        signals(
                                ledger.process(
                                        List.of(
                                                amend(second, "s-3", "\"narrative\":\"newer\""),
                                                amend(
                                                        second,
                                                        "s-4",
                                                        "\"child\":{" + NUMBER
                                                                + ",\"givenName\":\"Номин\",\"patronymic\":\"Бат\",\"birthDate\":\"2016-05-04\"}"),
                                                amend(
                                                        first,
                                                        "c-2",
                                                        "\"child\":{" + NUMBER
                                                                + ",\"givenName\":\"Номин\",\"patronymic\":\"Бат\",\"birthDate\":\"2016-05-04\"}")))))
                .isEmpty();
        assertThat(new Books(database.readers(), queue -> 0).verify().faults())
                .noneMatch(fault -> fault.contains("assigned") || fault.contains("account"));
    }

    private static LedgerInput amend(Messages report, String id, String changes) {
        String sender = id.startsWith("c") ? "helpline-108" : "school-bzd";
        return Messages.followUp(sender, id, MessageType.AMEND, report.referralId())
                .body("{\"changes\":{" + changes + "}}")
                .input();
    }

    @ParameterizedTest
    @EnumSource
    void oneAgencysOwnReportsAndOtherChildrenAreNoSignal(Databases kind) throws Exception {
        open(kind);

        assertThat(signals(ledger.process(List.of(
                        report("helpline-108", "c-1", NUMBER).input(),
                        report("helpline-108", "c-2", NUMBER).input(),
                        report("school-bzd", "s-1", "\"registerNo\":\"АВ16250416\"")
                                .input()))))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aTeamThatEitherReferralIsWithheldFromHearsNothing(Databases kind) throws Exception {
        open(kind);

        assertThat(signals(ledger.process(List.of(
                        report("helpline-108", "c-1", NUMBER, "\"consent\":{\"withholdFrom\":[\"team-bzd\"]},")
                                .input(),
                        report("school-bzd", "s-1", NUMBER).input()))))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void withoutAKeyNothingIsNoticed(Databases kind) throws Exception {
        open(kind, ChildKeys.OFF);

        assertThat(signals(ledger.process(List.of(
                        report("helpline-108", "c-1", NUMBER).input(),
                        report("school-bzd", "s-1", NUMBER).input()))))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void thePartiesDoNotLearnOfTheSignal(Databases kind) throws Exception {
        open(kind);
        Messages second = report("school-bzd", "s-1", NUMBER);
        ledger.process(List.of(report("helpline-108", "c-1", NUMBER).input(), second.input()));
        ReferralTimeline timelines = new ReferralTimeline(database.readers(), CLOCK, sender -> false);

        assertThat(timelines.whole(second.referralId()))
                .anyMatch(entry -> entry.agency().equals("team-bzd"));
        assertThat(timelines.forParty(second.referralId(), "school-bzd", "school-bzd"))
                .isNotEmpty()
                .noneMatch(entry -> entry.agency().equals("team-bzd"));
        assertThat(new Tracking(database.readers(), () -> AGENCIES, () -> Views.WHOLE)
                        .referral(second.referralId())
                        .orElseThrow()
                        .timeline())
                .singleElement()
                .satisfies(event -> assertThat(event.deliveries())
                        .filteredOn(delivery -> delivery.isSignal(event.messageType()))
                        .extracting(Tracking.DeliveryView::recipient)
                        .containsExactly("team-bzd"));
    }
}
