package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.deadletter.DeadLetterEntry;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.recipient.Choice;

/** What one agency is told of one referral reaches it in order, whatever is rolled back on the way. */
class OrderTest {
    private static final String SENDER = "helpline-108";
    private static final String POLICE = "police-bzd";
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with(SENDER, AgencyKind.HELPLINE_108, "*")
            .with(POLICE, AgencyKind.POLICE, "1110")
            .registry();

    private final Messages request = Messages.request(SENDER, "call-1");
    private LedgerDatabase database;
    private Ledger ledger;

    private void open(Databases kind) {
        database = kind.open();
        ledger = new Ledger(
                database,
                (message, at) -> List.of(new Choice(AGENCIES.find(POLICE).orElseThrow(), "violence")),
                Views.WHOLE,
                AGENCIES,
                ResponseTimes.PROPOSED,
                Clock.fixed(Instant.parse("2026-11-22T04:00:00Z"), ZoneOffset.UTC));
        ledger.add(DeadLetterEntry.room(ledger.obligations(), List.of(), queue -> 1));
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void anAmendmentLeavesOnlyWhenItsRequestHasArrived(Databases kind) throws Exception {
        open(kind);
        List<Emission> opened = ledger.process(List.of(request.input()));
        LedgerInput first = amendment("call-2");
        LedgerInput second = amendment("call-3");

        assertThat(types(ledger.process(List.of(first, second)), POLICE)).isEmpty();
        assertThat(types(ledger.process(List.of(first, second)), POLICE)).isEmpty();
        LedgerInput notice = notice(opened, POLICE);
        List<Emission> released = ledger.process(List.of(notice));
        assertThat(ids(released)).containsExactly("call-2");
        // The process died before the broker knew: the same notice comes again, and so does what it set free.
        assertThat(ids(ledger.process(List.of(notice)))).containsExactly("call-2");
        // What it set free is not sent by the repeat of its own cause.
        assertThat(types(ledger.process(List.of(first)), POLICE)).isEmpty();
        books(3 + 1);

        assertThat(ids(ledger.process(List.of(notice(released, POLICE))))).containsExactly("call-3");
    }

    @ParameterizedTest
    @EnumSource
    void aRequestAtTheDeskKeepsTheRestBackUntilItIsSentAgain(Databases kind) throws Exception {
        open(kind);
        Emission delivery = of(ledger.process(List.of(request.input())), POLICE);
        ledger.process(List.of(dead(delivery)));

        assertThat(types(ledger.process(List.of(amendment("call-2"))), POLICE)).isEmpty();
        List<Emission> again = ledger.process(List.of(replay(delivery)));
        assertThat(types(again, POLICE)).containsExactly("REQUEST");
        assertThat(ids(ledger.process(List.of(notice(again, POLICE))))).containsExactly("call-2");
    }

    @ParameterizedTest
    @EnumSource
    void anyOtherLetterKeepsNothingBackAndNothingGoesTwice(Databases kind) throws Exception {
        open(kind);
        Messages.arrive(ledger, List.of(request.input()));
        Emission first = of(ledger.process(List.of(amendment("call-2"))), POLICE);
        assertThat(types(ledger.process(List.of(amendment("call-3"))), POLICE)).isEmpty();

        // The sender hears of it besides.
        assertThat(ids(ledger.process(List.of(dead(first))).stream()
                        .filter(emission -> POLICE.equals(emission.properties().get(Headers.RECIPIENT)))
                        .toList()))
                .containsExactly("call-3");
        List<Emission> again = ledger.process(List.of(replay(first)));
        assertThat(ids(again)).containsExactly("call-2");
        assertThat(ledger.process(List.of(notice(again, POLICE)))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aRecallCallsOffWhatHasNotLeftAndReachesWhoHasHeard(Databases kind) throws Exception {
        open(kind);
        List<Emission> opened = ledger.process(List.of(request.input()));
        ledger.process(List.of(amendment("call-2")));
        LedgerInput recall = Messages.followUp(SENDER, "call-3", MessageType.RECALL, request.referralId())
                .body("{\"reason\":\"…\"}")
                .input();

        assertThat(types(ledger.process(List.of(recall)), POLICE)).isEmpty();
        assertThat(ids(ledger.process(List.of(notice(opened, POLICE))))).containsExactly("call-3");
        Books.Account account = account();
        assertThat(account.withdrawn()).isEqualTo(1);
        assertThat(account.balanced()).isTrue();
        books(1 + 3);
    }

    @ParameterizedTest
    @EnumSource
    void whoNeverHeardOfAReferralIsNotToldThatItIsOver(Databases kind) throws Exception {
        open(kind);
        Emission delivery = of(ledger.process(List.of(request.input())), POLICE);
        ledger.process(List.of(dead(delivery)));
        LedgerInput recall = Messages.followUp(SENDER, "call-2", MessageType.RECALL, request.referralId())
                .body("{\"reason\":\"…\"}")
                .input();

        assertThat(types(ledger.process(List.of(recall)), POLICE)).isEmpty();
        assertThat(account().withdrawn()).isEqualTo(1);
        // Two receipts, and what tells the sender that the police have not been reached.
        books(3);
        // The operator who sends the letter again sends nothing.
        assertThat(ledger.process(List.of(replay(delivery)))).isEmpty();
    }

    private void books(int onTheWay) {
        assertThat(new Books(database.readers(), queue -> queue.equals("hub.delivery") ? onTheWay : 0)
                        .verify()
                        .faults())
                .isEmpty();
    }

    private Books.Account account() {
        return new Books(database.readers(), queue -> 0)
                .books().byAgency().stream()
                        .filter(one -> one.agency().equals(POLICE))
                        .findFirst()
                        .orElseThrow();
    }

    private LedgerInput amendment(String id) {
        return Messages.followUp(SENDER, id, MessageType.AMEND, request.referralId())
                .body("{\"changes\":{\"narrative\":\"" + id + "\"}}")
                .input();
    }

    private static Emission of(List<Emission> emissions, String recipient) {
        return emissions.stream()
                .filter(emission -> recipient.equals(emission.properties().get(Headers.RECIPIENT)))
                .findFirst()
                .orElseThrow();
    }

    private static LedgerInput notice(List<Emission> emissions, String recipient) {
        return Messages.delivered(of(emissions, recipient).properties().get(Headers.DELIVERY_ID));
    }

    private static LedgerInput dead(Emission delivery) {
        Map<String, String> properties = new java.util.HashMap<>(delivery.properties());
        properties.put(Headers.DEAD_ORIGIN, "hub.delivery");
        properties.put(Headers.DEAD_CLASS, "permanent");
        return new LedgerInput(
                "ID:dead-" + delivery.properties().get(Headers.DELIVERY_ID),
                LedgerKind.DEAD,
                properties,
                delivery.body());
    }

    private static LedgerInput replay(Emission delivery) {
        String letter = org.referralhub.message.Identifiers.derive(
                "letter", "delivery", delivery.properties().get(Headers.DELIVERY_ID));
        return new LedgerInput(
                "ID:order",
                LedgerKind.REPLAY,
                Map.of(Headers.STAMP, "order-1", Headers.REPLAY_OF, letter, Headers.SENDER, "operator"),
                new byte[0]);
    }

    private static List<String> types(List<Emission> emissions, String recipient) {
        return emissions.stream()
                .filter(emission -> recipient.equals(emission.properties().get(Headers.RECIPIENT)))
                .map(emission -> emission.properties().get(Headers.MESSAGE_TYPE))
                .toList();
    }

    private static List<String> ids(List<Emission> emissions) {
        return emissions.stream()
                .map(emission -> emission.properties().get(Headers.MESSAGE_ID))
                .toList();
    }
}
