package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.deadletter.DeadLetterEntry;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.recipient.Choice;

/** What follows when a deadline runs out. */
class EscalationTest {
    static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with("police-bzd", AgencyKind.POLICE, "1110")
            .with("police-ub", AgencyKind.POLICE, "11")
            .with("social-bzd-23", AgencyKind.SOCIAL_WORKER, "111095")
            .with("team-bzd", AgencyKind.JOINT_TEAM, "1110")
            .with("inspector", AgencyKind.CHILD_RIGHTS_INSPECTOR, "*")
            .registry();
    static final HubHome HOME = new HubHome(Path.of("."));
    static final Ladder LADDER = Ladder.load(HOME, AGENCIES, Places.load(HOME, new Faults()), new Faults());

    private final MovableClock clock = new MovableClock("2026-11-22T04:00:00Z");
    private LedgerDatabase database;
    private Ledger ledger;

    private void open(Databases kind) {
        database = kind.open();
        ledger = ledger(database, clock, "police-bzd", "social-bzd-23");
    }

    static Ledger ledger(LedgerDatabase database, MovableClock clock, String... recipients) {
        List<Choice> choices = new ArrayList<>();
        for (String recipient : recipients) {
            choices.add(new Choice(AGENCIES.find(recipient).orElseThrow(), "violence"));
        }
        return new Ledger(database, (request, at) -> choices, Views.WHOLE, AGENCIES, ResponseTimes.PROPOSED, clock)
                .add(new DueEntry(
                        AGENCIES, ResponseTimes.PROPOSED, LADDER, new Obligations(), new SimpleMeterRegistry()));
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void clocksRunUntilTheAnswer(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        take(request.input());
        assertThat(clocks("police-bzd")).containsEntry("ACKNOWLEDGE", "RUNNING").containsEntry("ACCEPT", "RUNNING");

        ledger.process(List.of(answer("police-bzd", "p-1", MessageType.ACK, request)));
        assertThat(clocks("police-bzd")).containsEntry("ACKNOWLEDGE", "MET").containsEntry("ACCEPT", "RUNNING");

        ledger.process(List.of(answer("police-bzd", "p-2", MessageType.ACCEPT, request)));
        assertThat(clocks("police-bzd")).containsEntry("ACCEPT", "MET");
        assertThat(clocks("social-bzd-23")).containsEntry("ACCEPT", "RUNNING");
    }

    @ParameterizedTest
    @EnumSource
    void aLateRecipientsReferralClimbsOnceAndBothSidesAreTold(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        take(request.input());
        LedgerInput due = due(request, "police-bzd", "ACKNOWLEDGE");
        clock.move(Duration.ofHours(1));

        List<Emission> first = ledger.process(List.of(due));

        assertThat(recipients(first))
                .containsExactly("police-ub REQUEST", "helpline-108 ESCALATE", "police-bzd ESCALATE");
        JsonNode notice = new ObjectMapper().readTree(first.get(1).body());
        assertThat(notice.at("/sender").asText()).isEqualTo("hub");
        assertThat(notice.at("/body/to").asText()).isEqualTo("police-ub");
        assertThat(notice.at("/body/late").asText()).isEqualTo("police-bzd");
        assertThat(notice.at("/body/reason").asText()).contains("police-bzd has not acknowledged in time");
        assertThat(clocks("police-bzd")).containsEntry("ACKNOWLEDGE", "OVERDUE").containsEntry("ACCEPT", "RUNNING");
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        OverdueMeters.register(meters, database.readers(), agency -> false);
        assertThat(meters.get("hub.clocks.overdue")
                        .tag("urgency", "URGENT")
                        .gauge()
                        .value())
                .isEqualTo(1);
        SimpleMeterRegistry exercised = new SimpleMeterRegistry();
        OverdueMeters.register(exercised, database.readers(), "helpline-108"::equals);
        assertThat(exercised
                        .get("hub.clocks.overdue")
                        .tag("urgency", "IMMEDIATE")
                        .gauge()
                        .value())
                .as("nobody is woken for an exercise")
                .isZero();
        assertThat(clocks("police-ub")).containsEntry("ACKNOWLEDGE", "RUNNING").containsEntry("ACCEPT", "RUNNING");

        // After a crash before the broker's commit, and from another node: the same again, and nothing new.
        ledger.close();
        List<Emission> again = ledger.process(List.of(due, due));
        assertThat(ids(again)).containsAll(ids(first)).hasSize(6);
        assertThat(deliveries()).isEqualTo(6);

        ledger.process(List.of(answer("police-bzd", "p-1", MessageType.ACK, request)));
        assertThat(clocks("police-bzd")).containsEntry("ACKNOWLEDGE", "LATE");
        Books.BooksView books = new Books(database.readers(), queue -> 0).verify();
        assertThat(books.faults()).noneMatch(fault -> fault.contains("assigned") || fault.contains("nobody"));
    }

    @ParameterizedTest
    @EnumSource
    void afterTheAnswerNothingFollows(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        take(request.input());
        LedgerInput due = due(request, "police-bzd", "ACKNOWLEDGE");
        clock.move(Duration.ofHours(1));

        List<Emission> emissions =
                ledger.process(List.of(answer("police-bzd", "p-1", MessageType.ACK, request), due, due));

        assertThat(recipients(emissions)).containsExactly("helpline-108 ACK", "police-bzd RECEIPT");
        assertThat(clocks("police-bzd")).containsEntry("ACKNOWLEDGE", "MET");
    }

    @ParameterizedTest
    @EnumSource
    void nobodyIsAskedWhoMustNotKnowOrKnowsAlready(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1").body("""
                        {"urgency":"URGENT","concerns":["PHYSICAL_VIOLENCE"],"narrative":"…",\
                        "child":{"address":{"state":"11","district":"1110","subdistrict":"111095"}},\
                        "consent":{"withholdFrom":["police-ub","JOINT_TEAM"]}}""");
        take(request.input());
        clock.move(Duration.ofHours(1));

        assertThat(recipients(ledger.process(List.of(due(request, "police-bzd", "ACKNOWLEDGE")))))
                .containsExactly("inspector REQUEST", "helpline-108 ESCALATE", "police-bzd ESCALATE");
        deliverAll();
        // The inspector is on it and in time: a second silence does not climb further.
        assertThat(recipients(ledger.process(List.of(due(request, "social-bzd-23", "ACKNOWLEDGE")))))
                .containsExactly("helpline-108 ESCALATE", "social-bzd-23 ESCALATE");
        deliverAll();
        clock.move(Duration.ofHours(3));
        List<Emission> end = ledger.process(List.of(due(request, "inspector", "ACKNOWLEDGE")));
        assertThat(recipients(end)).containsExactly("helpline-108 ESCALATE", "inspector ESCALATE");
        assertThat(new ObjectMapper().readTree(end.get(0).body()).at("/body").has("to"))
                .isFalse();
        assertThat(query("select count(*) from clock where ladder_end = 1 and agency = 'inspector'"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void nobodyNewIsAskedOnceConsentIsTakenBack(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        take(request.input());
        take(amend(request, "call-2", "{\"consent\":{\"disclosure\":false}}"));
        clock.move(Duration.ofHours(1));

        assertThat(recipients(ledger.process(List.of(due(request, "police-bzd", "ACKNOWLEDGE")))))
                .containsExactly("helpline-108 ESCALATE", "police-bzd ESCALATE");
        // Nobody is left to ask, and the operators are alarmed.
        assertThat(query("select ladder_end from clock where agency = 'police-bzd' and kind = 'ACKNOWLEDGE'"))
                .isEqualTo(1);

        // With a reason that overrides it the ladder is open again.
        take(amend(
                request,
                "call-3",
                "{\"consent\":{\"disclosure\":false,\"overridden\":true,\"overrideReason\":\"harm\"}}"));
        assertThat(recipients(ledger.process(List.of(due(request, "social-bzd-23", "ACKNOWLEDGE")))))
                .startsWith("team-bzd REQUEST");
    }

    private static LedgerInput amend(Messages request, String id, String changes) {
        return Messages.followUp("helpline-108", id, MessageType.AMEND, request.referralId())
                .body("{\"changes\":" + changes + "}")
                .input();
    }

    @ParameterizedTest
    @EnumSource
    void theNewOfficeGetsTheRequestAsItStands(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        take(
                request.input(),
                Messages.followUp("helpline-108", "call-2", MessageType.AMEND, request.referralId())
                        .body("{\"changes\":{\"narrative\":\"newer\"}}")
                        .input());
        clock.move(Duration.ofHours(1));

        List<Emission> emissions = ledger.process(List.of(due(request, "social-bzd-23", "ACKNOWLEDGE")));

        assertThat(recipients(emissions)).startsWith("team-bzd REQUEST");
        assertThat(new ObjectMapper()
                        .readTree(emissions.get(0).body())
                        .at("/body/narrative")
                        .asText())
                .isEqualTo("newer");
    }

    @ParameterizedTest
    @EnumSource
    void theSenderHearsOnceThatARecipientHasNotBeenReached(Databases kind) throws Exception {
        open(kind);
        ledger.close();
        Obligations obligations = new Obligations();
        ledger.add(new LedgerEntry() {
            @Override
            public Set<LedgerKind> kinds() {
                return Set.of(LedgerKind.DEAD);
            }

            @Override
            public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
                obligations.toDesk(transaction, input.property(Headers.DELIVERY_ID, ""), false, 0);
            }
        });
        List<Emission> sent = ledger.process(
                List.of(Messages.request("helpline-108", "call-1").input()));
        LedgerInput dead = new LedgerInput(
                "ID:1",
                LedgerKind.DEAD,
                Map.of(Headers.DELIVERY_ID, sent.get(0).properties().get(Headers.DELIVERY_ID)),
                new byte[0]);

        List<Emission> told = ledger.process(List.of(dead));

        assertThat(recipients(told)).containsExactly("helpline-108 RECEIPT");
        JsonNode receipt = new ObjectMapper().readTree(told.get(0).body());
        assertThat(receipt.at("/body/inReplyTo").asText()).isEqualTo("call-1");
        assertThat(receipt.at("/body/findings/0/code").asText()).isEqualTo("delivery.not-reached");
        assertThat(receipt.at("/body/findings/0/en").asText()).contains("police-bzd");
        // The same again after a crash; and not for a receipt that can't be delivered.
        assertThat(ids(ledger.process(List.of(dead)))).isEqualTo(ids(told));
        LedgerInput deadReceipt = new LedgerInput(
                "ID:2",
                LedgerKind.DEAD,
                Map.of(Headers.DELIVERY_ID, told.get(0).properties().get(Headers.DELIVERY_ID)),
                new byte[0]);
        assertThat(ledger.process(List.of(deadReceipt, dead))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatBecomesMoreUrgentIsDueSoonerAndNothingIsDueLater(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1").urgency("PRIORITY");
        take(request.input());
        LedgerInput before = due(request, "police-bzd", "ACCEPT");
        take(answer("police-bzd", "p-1", MessageType.ACK, request));
        clock.move(Duration.ofMinutes(230));

        List<Emission> amended = ledger.process(List.of(amend(request, "call-2", "{\"urgency\":\"IMMEDIATE\"}")));
        deliverAll();

        // The police have acknowledged; the social worker's four hours end before the new quarter of an hour would.
        Instant now = clock.instant();
        assertThat(dueAt("police-bzd", "ACCEPT")).isEqualTo(now.plus(Duration.ofHours(1)));
        assertThat(dueAt("social-bzd-23", "ACKNOWLEDGE")).isEqualTo(now.plus(Duration.ofMinutes(10)));
        assertThat(dueAt("social-bzd-23", "ACCEPT")).isEqualTo(now.plus(Duration.ofHours(1)));
        assertThat(clocks("police-bzd")).containsEntry("ACKNOWLEDGE", "MET");
        assertThat(query("select accept_by from assignment where recipient = 'police-bzd'"))
                .isEqualTo(now.plus(Duration.ofHours(1)).toEpochMilli());
        JsonNode told = new ObjectMapper()
                .readTree(amended.get(amended.size() - 1).body())
                .at("/body/recipients");
        assertThat(told.path(0).has("acknowledgeBy")).isFalse();
        assertThat(OffsetDateTime.parse(told.path(0).path("acceptBy").asText()).toInstant())
                .isEqualTo(now.plus(Duration.ofHours(1)));
        assertThat(OffsetDateTime.parse(told.path(1).path("acknowledgeBy").asText())
                        .toInstant())
                .isEqualTo(now.plus(Duration.ofMinutes(10)));

        // What had been announced before does nothing; the new time fires, once.
        clock.move(Duration.ofHours(1));
        assertThat(ledger.process(List.of(before))).isEmpty();
        LedgerInput due = due(request, "police-bzd", "ACCEPT");
        assertThat(recipients(ledger.process(List.of(due)))).contains("police-bzd ESCALATE");

        // Less urgent is no reason to wait longer.
        take(amend(request, "call-3", "{\"urgency\":\"ROUTINE\"}"));
        assertThat(dueAt("social-bzd-23", "ACCEPT")).isEqualTo(now.plus(Duration.ofHours(1)));
        assertThat(clocks("police-bzd")).containsEntry("ACCEPT", "OVERDUE");
    }

    private Instant dueAt(String agency, String kind) throws SQLException {
        return Instant.ofEpochMilli(
                query("select due_at from clock where agency = '" + agency + "' and kind = '" + kind + "'"));
    }

    @ParameterizedTest
    @EnumSource
    void anOverdueRecallIsToldToBothSidesAndClimbsToNobody(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        take(request.input());
        take(Messages.followUp("helpline-108", "call-2", MessageType.RECALL, request.referralId())
                .body("{\"reason\":\"…\"}")
                .input());
        take(answer("social-bzd-23", "s-1", MessageType.ACK, request));
        assertThat(clocks("social-bzd-23")).containsEntry("RECALL", "MET");
        clock.move(Duration.ofHours(2));
        LedgerInput due = due(request, "police-bzd", "RECALL");

        List<Emission> emissions = ledger.process(List.of(due));

        assertThat(recipients(emissions)).containsExactly("helpline-108 ESCALATE", "police-bzd ESCALATE");
        JsonNode notice = new ObjectMapper().readTree(emissions.get(0).body()).path("body");
        assertThat(notice.path("late").asText()).isEqualTo("police-bzd");
        assertThat(notice.has("to")).isFalse();
        assertThat(query("select count(*) from clock where kind = 'RECALL' and ladder_end = 1"))
                .isEqualTo(1);
        ledger.process(List.of(answer("police-bzd", "p-1", MessageType.ACK, request)));
        assertThat(clocks("police-bzd")).containsEntry("RECALL", "LATE");
    }

    @ParameterizedTest
    @EnumSource
    void aSecondRecallGivesNoMoreTime(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        take(request.input());
        take(recall(request, "call-2", MessageType.RECALL));
        Instant first = dueAt("police-bzd", "RECALL");
        take(answer("social-bzd-23", "s-1", MessageType.ACK, request));
        clock.move(Duration.ofMinutes(10));

        List<Emission> again = ledger.process(List.of(recall(request, "call-3", MessageType.VOID)));
        deliverAll();

        assertThat(dueAt("police-bzd", "RECALL")).isEqualTo(first);
        // Who knew of the first has the whole time for the second.
        assertThat(dueAt("social-bzd-23", "RECALL")).isEqualTo(first.plus(Duration.ofMinutes(10)));
        JsonNode told =
                new ObjectMapper().readTree(again.get(again.size() - 1).body()).at("/body/recipients");
        assertThat(OffsetDateTime.parse(told.path(0).path("acknowledgeBy").asText())
                        .toInstant())
                .isEqualTo(first);

        clock.move(Duration.ofHours(2));
        ledger.process(List.of(due(request, "police-bzd", "RECALL")));
        deliverAll();
        take(recall(request, "call-4", MessageType.VOID));
        assertThat(clocks("police-bzd")).containsEntry("RECALL", "OVERDUE");
        take(answer("police-bzd", "p-1", MessageType.ACK, request));
        assertThat(clocks("police-bzd")).containsEntry("RECALL", "LATE");
    }

    private static LedgerInput recall(Messages request, String id, MessageType type) {
        return Messages.followUp("helpline-108", id, type, request.referralId())
                .body("{\"reason\":\"…\"}")
                .input();
    }

    @ParameterizedTest
    @EnumSource
    void theSenderHearsOnceAlsoWhenItFailsAgain(Databases kind) throws Exception {
        open(kind);
        ledger.close();
        ledger.add(DeadLetterEntry.room(ledger.obligations(), List.of(), queue -> 1));
        Messages request = Messages.request("helpline-108", "call-1");
        String delivery =
                ledger.process(List.of(request.input())).get(0).properties().get(Headers.DELIVERY_ID);
        List<Emission> told = ledger.process(List.of(dead("ID:1", delivery)));
        assertThat(recipients(told)).containsExactly("helpline-108 RECEIPT");
        clock.move(Duration.ofMinutes(1));
        LedgerInput order = new LedgerInput(
                "ID:order",
                LedgerKind.REPLAY,
                Map.of(
                        Headers.STAMP,
                        "order-1",
                        Headers.REPLAY_OF,
                        Identifiers.derive("letter", "delivery", delivery),
                        Headers.SENDER,
                        "operator"),
                new byte[0]);
        assertThat(recipients(ledger.process(List.of(order)))).containsExactly("police-bzd REQUEST");

        // It fails again while the first receipt waits still; and after a kill this failure comes again.
        assertThat(ledger.process(List.of(dead("ID:2", delivery)))).isEmpty();
        assertThat(ledger.process(List.of(dead("ID:2", delivery)))).isEmpty();

        clock.move(Duration.ofHours(1));
        ledger.process(List.of(due(request, "social-bzd-23", "ACKNOWLEDGE")));
        assertThat(new ReferralTimeline(database.readers(), clock, sender -> false)
                        .whole(request.referralId()).stream()
                                .filter(entry -> entry.kind() == ReferralTimeline.Kind.OWED)
                                .map(entry -> entry.agency() + " " + entry.messageType()))
                .containsExactlyInAnyOrder(
                        "police-bzd REQUEST",
                        "social-bzd-23 REQUEST",
                        "helpline-108 RECEIPT",
                        "helpline-108 RECEIPT",
                        "team-bzd REQUEST",
                        "helpline-108 ESCALATE",
                        "social-bzd-23 ESCALATE");
    }

    private static LedgerInput dead(String token, String delivery) {
        return new LedgerInput(
                token,
                LedgerKind.DEAD,
                Map.of(
                        Headers.DELIVERY_ID,
                        delivery,
                        Headers.DEAD_ORIGIN,
                        "hub.delivery",
                        Headers.DEAD_CLASS,
                        "permanent"),
                new byte[0]);
    }

    /** Found by killing it: both the REQUEST and its deadline sent the next office's copy again. */
    @ParameterizedTest
    @EnumSource
    void theNextOfficesCopyGoesAgainWithTheDeadlineAlone(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        LedgerInput arrival = request.input();
        // Killed before the broker knew, and again an hour later.
        ledger.process(List.of(arrival));
        clock.move(Duration.ofHours(1));
        LedgerInput due = due(request, "police-bzd", "ACKNOWLEDGE");
        ledger.process(List.of(arrival, due));
        ledger.close();

        List<Emission> again = new ArrayList<>(ledger.process(List.of(arrival)));
        again.addAll(ledger.process(List.of(due)));

        assertThat(ids(again)).doesNotHaveDuplicates();
        assertThat(recipients(again)).contains("police-bzd REQUEST", "police-ub REQUEST", "helpline-108 RECEIPT");
    }

    /** Found by killing it: each of two deadlines that name the same office sent it the REQUEST again. */
    @ParameterizedTest
    @EnumSource
    void anOfficeThatTwoDeadlinesNameGetsItsCopyAgainWithTheOneThatAskedIt(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        take(request.input());
        clock.move(Duration.ofHours(4));
        LedgerInput acknowledge = due(request, "police-bzd", "ACKNOWLEDGE");
        LedgerInput accept = due(request, "police-bzd", "ACCEPT");
        List<Emission> first = ledger.process(List.of(acknowledge, accept));
        ledger.close();

        List<Emission> again = new ArrayList<>(ledger.process(List.of(acknowledge)));
        again.addAll(ledger.process(List.of(accept)));

        assertThat(ids(again)).containsExactlyInAnyOrderElementsOf(ids(first)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void nothingOvertakesANoticeThatWaits(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        List<Emission> opened = ledger.process(List.of(request.input()));
        clock.move(Duration.ofHours(1));
        ledger.process(List.of(due(request, "police-bzd", "ACKNOWLEDGE")));

        List<Emission> amended = ledger.process(
                List.of(Messages.followUp("helpline-108", "call-2", MessageType.AMEND, request.referralId())
                        .body("{\"changes\":{\"callbackPhone\":\"99112233\"}}")
                        .input()));
        assertThat(recipients(amended)).doesNotContain("police-bzd AMEND");

        List<String> told = new ArrayList<>();
        for (List<Emission> next = of("police-bzd", opened); !next.isEmpty(); ) {
            next.forEach(emission -> told.add(emission.properties().get(Headers.MESSAGE_TYPE)));
            next = of(
                    "police-bzd",
                    ledger.process(ids(next).stream().map(Messages::delivered).toList()));
        }
        assertThat(told).containsExactly("REQUEST", "ESCALATE", "AMEND");
    }

    @ParameterizedTest
    @EnumSource
    void nothingOvertakesANoticeThatIsOnItsWay(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        take(request.input());
        clock.move(Duration.ofHours(1));
        List<Emission> escalated = of("police-bzd", ledger.process(List.of(due(request, "police-bzd", "ACKNOWLEDGE"))));
        assertThat(recipients(escalated)).containsExactly("police-bzd ESCALATE");

        List<Emission> amended = ledger.process(
                List.of(Messages.followUp("helpline-108", "call-2", MessageType.AMEND, request.referralId())
                        .body("{\"changes\":{\"callbackPhone\":\"99112233\"}}")
                        .input()));
        assertThat(of("police-bzd", amended)).isEmpty();

        List<Emission> released =
                ledger.process(ids(escalated).stream().map(Messages::delivered).toList());
        assertThat(recipients(of("police-bzd", released))).containsExactly("police-bzd AMEND");
    }

    private static List<Emission> of(String recipient, List<Emission> emissions) {
        return emissions.stream()
                .filter(emission -> recipient.equals(emission.properties().get(Headers.RECIPIENT)))
                .toList();
    }

    /** Found by killing it: the notice waited for an amendment that would never arrive. */
    @ParameterizedTest
    @EnumSource
    void aNoticeThatWaitsForWhatIsCalledOffIsCalledOffWithIt(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        // Nothing has been delivered yet.
        ledger.process(List.of(
                request.input(),
                Messages.followUp("helpline-108", "call-2", MessageType.AMEND, request.referralId())
                        .body("{\"changes\":{\"narrative\":\"newer\"}}")
                        .input()));
        clock.move(Duration.ofHours(2));
        ledger.process(List.of(due(request, "police-bzd", "ACKNOWLEDGE")));
        ledger.process(List.of(Messages.followUp("helpline-108", "call-3", MessageType.RECALL, request.referralId())
                .body("{\"reason\":\"…\"}")
                .input()));

        deliverAll();

        assertThat(query("select count(*) from delivery where state = 'WAITING'"))
                .isZero();
        assertThat(query("select count(*) from delivery where recipient = 'police-bzd' and type = 'ESCALATE'"
                        + " and state = 'WITHDRAWN'"))
                .isEqualTo(1);
        assertThat(query("select count(*) from delivery where recipient = 'police-bzd' and type = 'RECALL'"
                        + " and state = 'DELIVERED'"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aSenderThatDoesNotSayThatItKnowsIsToldOnce(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "call-1");
        take(request.input());
        take(
                answer("police-bzd", "p-1", MessageType.ACCEPT, request),
                answer("police-bzd", "p-2", MessageType.RECALL, request));
        clock.move(Duration.ofHours(2));

        List<Emission> emissions = ledger.process(List.of(due(request, "helpline-108", "RECALL")));

        assertThat(recipients(emissions)).containsExactly("helpline-108 ESCALATE");
        assertThat(clocks("helpline-108")).containsEntry("RECALL", "OVERDUE");
    }

    /** Takes the messages and delivers what follows. */
    private void take(LedgerInput... inputs) throws SQLException {
        ledger.process(List.of(inputs));
        deliverAll();
    }

    /** What one agency is told of one referral leaves in order: the next when the one before is delivered. */
    private void deliverAll() throws SQLException {
        for (List<LedgerInput> notices = onTheirWay(); !notices.isEmpty(); notices = onTheirWay()) {
            ledger.process(notices);
        }
    }

    private List<LedgerInput> onTheirWay() throws SQLException {
        List<LedgerInput> notices = new ArrayList<>();
        try (Connection connection = database.readers().getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select d.id from delivery d where d.state = 'WAITING' and not exists (select 1 from delivery e"
                                + " where e.id = d.held_by and e.state = 'WAITING') order by d.created_at");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                notices.add(Messages.delivered(rows.getString(1)));
            }
        }
        return notices;
    }

    private static LedgerInput answer(String sender, String id, MessageType type, Messages request) {
        return Messages.followUp(sender, id, type, request.referralId()).input();
    }

    /** What the ticker would announce. */
    private LedgerInput due(Messages request, String agency, String kind) throws SQLException {
        long dueAt = query("select due_at from clock where referral_id = '" + request.referralId() + "' and agency = '"
                + agency + "' and kind = '" + kind + "'");
        return new LedgerInput(
                "ID:" + UUID.randomUUID(),
                LedgerKind.DUE,
                Map.of(
                        Headers.REFERRAL_ID,
                        request.referralId(),
                        Headers.RECIPIENT,
                        agency,
                        Headers.CLOCK,
                        kind,
                        Headers.DUE_AT,
                        Long.toString(dueAt)),
                new byte[0]);
    }

    private static List<String> recipients(List<Emission> emissions) {
        return emissions.stream()
                .map(Emission::properties)
                .map(properties -> properties.get(Headers.RECIPIENT) + " " + properties.get(Headers.MESSAGE_TYPE))
                .toList();
    }

    private static List<String> ids(List<Emission> emissions) {
        return emissions.stream()
                .map(emission -> emission.properties().get(Headers.DELIVERY_ID))
                .toList();
    }

    private long deliveries() throws SQLException {
        return query("select count(*) from delivery");
    }

    private long query(String sql) throws SQLException {
        try (Connection connection = database.readers().getConnection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Map<String, String> clocks(String agency) throws SQLException {
        Map<String, String> states = new HashMap<>();
        try (Connection connection = database.readers().getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select kind, state from clock where agency = ?")) {
            select.setString(1, agency);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    states.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return states;
    }
}
