package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.recipient.Choice;

/** A message that has overtaken the one it follows waits for it, in order, and not for ever. */
class EarlyMessagesTest {
    private static final String SENDER = "helpline-108";
    private static final String POLICE = "police-bzd";
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with(SENDER, AgencyKind.HELPLINE_108, "*")
            .with(POLICE, AgencyKind.POLICE, "1110")
            .with("shelter-ub", AgencyKind.SHELTER, "11")
            .registry();
    private static final Clock NOW = Clock.fixed(Instant.parse("2026-11-22T04:00:00Z"), ZoneOffset.UTC);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Messages request = Messages.request(SENDER, "call-1");
    private LedgerDatabase database;
    private Ledger ledger;

    private void open(Databases kind) {
        database = kind.open();
        restart(Duration.ZERO);
    }

    /** The same database after this time, in another process. */
    private void restart(Duration later) {
        if (ledger != null) {
            ledger.close();
        }
        ledger = new Ledger(
                        database,
                        (message, at) ->
                                List.of(new Choice(AGENCIES.find(POLICE).orElseThrow(), "violence")),
                        Views.WHOLE,
                        AGENCIES,
                        ResponseTimes.PROPOSED,
                        Clock.offset(NOW, later))
                .patience(PATIENCE)
                .add(new LedgerEntry() {
                    @Override
                    public java.util.Set<LedgerKind> kinds() {
                        return java.util.Set.of(LedgerKind.DEAD);
                    }

                    @Override
                    public void record(LedgerInput input, LedgerTransaction transaction) {}
                });
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void whatWasDecidedLongAgoIsForgottenAndWhatWaitsIsNot(Databases kind) throws Exception {
        open(kind);
        ledger.process(List.of(Messages.followUp(POLICE, "p-1", MessageType.ACK, request.referralId())
                .input()));
        ledger.process(List.of(request.input()));
        assertThat(rows()).isEqualTo(1);
        restart(Duration.ofDays(89));
        ledger.process(List.of(Messages.followUp(POLICE, "p-2", MessageType.ACK, "00000000-0000-8000-8000-000000000001")
                .input()));
        assertThat(rows()).isEqualTo(2);

        restart(Duration.ofDays(91));
        ledger.process(List.of());

        assertThat(rows()).isEqualTo(1);
    }

    private long rows() throws Exception {
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from early")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatCameBeforeItsRequestIsTakenBehindItInOrder(Databases kind) throws Exception {
        open(kind);
        LedgerInput amendment = amendment("call-2", "first");
        LedgerInput recall = recall("call-3");
        assertThat(ledger.process(List.of(amendment))).isEmpty();
        assertThat(ledger.process(List.of(recall, amendment)))
                .as("the same again")
                .isEmpty();
        restart(Duration.ofSeconds(10));
        LedgerInput opening = request.input();

        List<Emission> first = ledger.process(List.of(opening));
        assertThat(receipts(first)).containsExactly("call-1 accepted", "call-2 accepted", "call-3 accepted");
        assertThat(state()).isEqualTo("cancelled");

        // Killed between the two commits: the REQUEST comes again, and with it all that was sent.
        restart(Duration.ofSeconds(11));
        assertThat(ids(ledger.process(List.of(opening)))).containsExactlyInAnyOrderElementsOf(ids(first));
        // What has waited is not sent a second time by its own arrival.
        assertThat(ledger.process(List.of(amendment, recall))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anOutcomeBeforeItsAcceptanceWaitsForIt(Databases kind) throws Exception {
        open(kind);
        ledger.process(List.of(request.input()));
        LedgerInput start = answer("p-2", MessageType.START, "{}");
        LedgerInput outcome = answer("p-3", MessageType.OUTCOME, "{\"result\":\"COMPLETED\",\"closeReason\":\"DONE\"}");

        assertThat(ledger.process(List.of(start))).isEmpty();
        assertThat(ledger.process(List.of(outcome))).isEmpty();
        assertThat(state()).isEqualTo("requested");

        List<Emission> accepted = ledger.process(List.of(answer("p-1", MessageType.ACCEPT, "{}")));
        assertThat(receipts(accepted)).containsExactly("p-1 accepted", "p-2 accepted", "p-3 accepted");
        assertThat(state()).isEqualTo("completed");
    }

    @ParameterizedTest
    @EnumSource
    void whenItsTimeIsUpItIsRefusedOnceWithStateAndWhatWouldBeAllowed(Databases kind) throws Exception {
        open(kind);
        ledger.process(List.of(request.input()));
        LedgerInput start = answer("p-1", MessageType.START, "{}");
        ledger.process(List.of(start));
        restart(PATIENCE.minusMillis(1));
        assertThat(ledger.process(List.of())).isEmpty();

        restart(PATIENCE);
        List<LedgerInput> announced = Messages.announced(ledger.process(List.of()));
        assertThat(announced).hasSize(1);
        assertThat(ledger.process(List.of())).as("announced already").isEmpty();
        // The announcement was lost: it is made again. The one that is taken first decides.
        restart(PATIENCE.plusSeconds(11));
        List<LedgerInput> again = Messages.announced(ledger.process(List.of()));
        assertThat(again).hasSize(1);
        List<Emission> refused = ledger.process(again);

        assertThat(receipts(refused)).containsExactly("p-1 refused");
        assertThat(new ObjectMapper()
                        .readTree(refused.get(0).body())
                        .at("/body/findings/0/en")
                        .asText())
                .contains("requested", "START", "ACCEPT, ACK");
        assertThat(ids(ledger.process(again))).as("killed between the commits").isEqualTo(ids(refused));
        assertThat(ledger.process(announced)).isEmpty();
        assertThat(ledger.process(List.of(start))).isEmpty();
        restart(PATIENCE.multipliedBy(9));
        assertThat(ledger.process(List.of())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whoIsHandedAReferralMayAnswerBeforeTheLedgerKnows(Databases kind) throws Exception {
        open(kind);
        ledger.process(List.of(request.input(), answer("p-1", MessageType.ACCEPT, "{}")));
        assertThat(ledger.process(
                        List.of(Messages.followUp("shelter-ub", "s-1", MessageType.ACCEPT, request.referralId())
                                .input())))
                .isEmpty();

        ledger.process(List.of(answer("p-2", MessageType.TRANSFER, "{\"to\":\"shelter-ub\",\"reason\":\"…\"}")));

        assertThat(state()).isEqualTo("transferred");
    }

    @ParameterizedTest
    @EnumSource
    void whileItWaitsARepeatIsARepeatAndOtherContentAConflict(Databases kind) throws Exception {
        open(kind);
        ledger.process(List.of(amendment("call-2", "first")));

        assertThat(ledger.process(List.of(amendment("call-2", "first")))).isEmpty();
        LedgerInput other = Messages.followUp(SENDER, "call-2", MessageType.AMEND, request.referralId())
                .original("other")
                .body("{\"changes\":{\"narrative\":\"other\"}}")
                .input();
        assertThat(receipts(ledger.process(List.of(other)))).containsExactly("call-2 conflict");
        assertThat(receipts(ledger.process(List.of(request.input()))))
                .containsExactly("call-1 accepted", "call-2 accepted");
    }

    /** Or one agency could make the ledger look at any number of messages whenever something is said about a referral. */
    @ParameterizedTest
    @EnumSource
    void noMoreThanAFewOfOneAgencyWaitForOneReferral(Databases kind) throws Exception {
        open(kind);
        ledger.process(List.of(request.input()));
        List<LedgerInput> many = new java.util.ArrayList<>();
        for (int i = 0; i < EarlyMessages.MOST; i++) {
            many.add(answer("p-" + i, MessageType.START, "{}"));
        }
        assertThat(ledger.process(many)).isEmpty();

        List<Emission> refused = ledger.process(List.of(answer("p-one-more", MessageType.START, "{}")));

        assertThat(receipts(refused)).containsExactly("p-one-more refused");
        assertThat(new ObjectMapper()
                        .readTree(refused.get(0).body())
                        .at("/body/findings/0/code")
                        .asText())
                .isEqualTo("lifecycle.too-many-wait");
        // Another agency's messages, and those on another referral, wait as before.
        assertThat(ledger.process(
                        List.of(Messages.followUp("shelter-ub", "s-1", MessageType.ACCEPT, request.referralId())
                                .input())))
                .isEmpty();
        assertThat(ledger.process(List.of(
                        Messages.followUp(POLICE, "p-other", MessageType.START, "00000000-0000-8000-8000-000000000001")
                                .input())))
                .isEmpty();
        // The first of those that waited is taken; the next ones can be, after a HOLD.
        assertThat(receipts(ledger.process(List.of(answer("p-accept", MessageType.ACCEPT, "{}")))))
                .containsExactly("p-accept accepted", "p-0 accepted");
        assertThat(receipts(ledger.process(List.of(answer("p-hold", MessageType.HOLD, "{}")))))
                .containsExactly("p-hold accepted", "p-1 accepted");
    }

    private LedgerInput amendment(String id, String text) {
        return Messages.followUp(SENDER, id, MessageType.AMEND, request.referralId())
                .body("{\"changes\":{\"narrative\":\"" + text + "\"}}")
                .input();
    }

    private LedgerInput recall(String id) {
        return Messages.followUp(SENDER, id, MessageType.RECALL, request.referralId())
                .body("{\"reason\":\"…\"}")
                .input();
    }

    private LedgerInput answer(String id, MessageType type, String body) {
        return Messages.followUp(POLICE, id, type, request.referralId())
                .body(body)
                .input();
    }

    private String state() throws Exception {
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("select state from assignment where recipient = '" + POLICE + "'")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static List<String> receipts(List<Emission> emissions) throws Exception {
        List<String> receipts = new java.util.ArrayList<>();
        for (Emission emission : emissions) {
            if ("RECEIPT".equals(emission.properties().get(Headers.MESSAGE_TYPE))) {
                var body = new ObjectMapper().readTree(emission.body()).path("body");
                receipts.add(body.path("inReplyTo").asText() + " "
                        + body.path("status").asText());
            }
        }
        return receipts;
    }

    private static List<String> ids(List<Emission> emissions) {
        return emissions.stream()
                .map(emission -> emission.properties().get(Headers.DELIVERY_ID))
                .toList();
    }
}
