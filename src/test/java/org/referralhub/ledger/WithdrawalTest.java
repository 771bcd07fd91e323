package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.deadletter.DeadLetterEntry;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.recipient.Choice;

/** What becomes of a REQUEST that lies at the desk when its referral is called off, amended, or goes on without consent. */
class WithdrawalTest {
    private static final String SENDER = "helpline-108";
    private static final String POLICE = "police-bzd";
    private static final String SCHOOL = "school-5";
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with(SENDER, AgencyKind.HELPLINE_108, "*")
            .with(POLICE, AgencyKind.POLICE, "1110")
            .with(SCHOOL, AgencyKind.SCHOOL, "1110")
            .registry();

    private final Messages request = Messages.request(SENDER, "call-1");
    private LedgerDatabase database;
    private Ledger ledger;

    /** The school has the REQUEST; that for the police lies at the desk. */
    private void open(Databases kind) throws Exception {
        atTheBroker(kind);
        toDesk(id(POLICE, "REQUEST"));
    }

    /** The REQUEST for the police is on its way still. */
    private void atTheBroker(Databases kind) throws Exception {
        database = kind.open();
        ledger = ledger();
        ledger.process(List.of(request.input()));
        ledger.process(List.of(Messages.delivered(id(SCHOOL, "REQUEST")), Messages.delivered(id(SENDER, "RECEIPT"))));
    }

    private Ledger ledger() {
        Ledger opened = new Ledger(
                database,
                (message, at) -> List.of(
                        new Choice(AGENCIES.find(POLICE).orElseThrow(), "rule"),
                        new Choice(AGENCIES.find(SCHOOL).orElseThrow(), "rule")),
                Views.WHOLE,
                AGENCIES,
                ResponseTimes.PROPOSED,
                Clock.fixed(Instant.parse("2026-11-22T04:00:00Z"), ZoneOffset.UTC));
        opened.add(DeadLetterEntry.room(opened.obligations(), List.of(), queue -> 1));
        return opened;
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCalledOffNeedsNobodyAtTheDesk(Databases kind) throws Exception {
        open(kind);
        assertThat(read("select state, 1 from letter")).containsOnlyKeys("OPEN");

        List<Emission> told = say("call-2", MessageType.RECALL, "{\"reason\":\"…\"}");

        assertThat(recipients(told, "RECALL")).containsExactly(SCHOOL);
        assertThat(read("select state, 1 from letter")).containsOnlyKeys("WITHDRAWN");
        assertThat(read("select action, actor from audit")).containsEntry("withdraw", "hub");
        assertThat(replay()).isEmpty();
        assertThat(read("select state, 1 from letter")).containsOnlyKeys("WITHDRAWN");
        assertBalanced();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSentAgainIsTheReferralAsItStands(Databases kind) throws Exception {
        open(kind);
        say("call-2", MessageType.AMEND, "{\"changes\":{\"narrative\":\"newer\"}}");

        assertThat(replay()).singleElement().satisfies(emission -> {
            assertThat(emission.properties()).containsEntry(Headers.RECIPIENT, POLICE);
            JsonNode sent = new ObjectMapper().readTree(emission.body());
            assertThat(sent.at("/body/narrative").asText()).isEqualTo("newer");
            assertThat(sent.path("messageType").asText()).isEqualTo("REQUEST");
        });
        assertThat(read("select state, 1 from letter")).containsOnlyKeys("REPLAYED");
        assertBalanced();
    }

    @ParameterizedTest
    @EnumSource
    void whoHasNotBeenToldYetIsNotToldOnceConsentIsTakenBack(Databases kind) throws Exception {
        open(kind);

        List<Emission> told = say("call-2", MessageType.AMEND, "{\"changes\":{\"consent\":{\"services\":false}}}");

        assertThat(recipients(told, "AMEND")).containsExactly(SCHOOL);
        assertCalledOff();
    }

    @ParameterizedTest
    @EnumSource
    void norWhoIsPutOnTheListOfThoseWhoMustNotKnow(Databases kind) throws Exception {
        open(kind);

        say("call-2", MessageType.AMEND, "{\"changes\":{\"consent\":{\"withholdFrom\":[\"police-bzd\"]}}}");

        assertCalledOff();
    }

    /** It was on its way when consent was taken back, and came to the desk after that. */
    @ParameterizedTest
    @EnumSource
    void norWhenItComesToTheDeskOnlyThen(Databases kind) throws Exception {
        atTheBroker(kind);
        say("call-2", MessageType.AMEND, "{\"changes\":{\"consent\":{\"disclosure\":false}}}");
        assertThat(read("select agency, state from clock where kind = 'RECALL'"))
                .containsEntry(POLICE, "RUNNING");
        toDesk(id(POLICE, "REQUEST"));

        assertThat(replay()).isEmpty();

        assertCalledOff();
        assertThat(read("select agency, state from clock where kind = 'RECALL'"))
                .containsEntry(POLICE, "MET")
                .containsEntry(SCHOOL, "RUNNING");
    }

    @ParameterizedTest
    @EnumSource
    void norHearsAnythingOfItLater(Databases kind) throws Exception {
        open(kind);
        say("call-2", MessageType.AMEND, "{\"changes\":{\"consent\":{\"withholdFrom\":[\"POLICE\"]}}}");

        List<Emission> told = say("call-3", MessageType.AMEND, "{\"changes\":{\"consent\":{\"disclosure\":false}}}");

        // To the school it leaves when the amendment before it has arrived.
        assertThat(recipients(told, "AMEND")).isEmpty();
        assertThat(read("select recipient, type from delivery where type = 'AMEND'"))
                .containsOnlyKeys(SCHOOL);
        assertThat(read("select agency, state from clock where kind = 'RECALL'"))
                .isEqualTo(Map.of(SCHOOL, "RUNNING"));
        assertCalledOff();
    }

    /** It was in its retries when the referral was called off. */
    @ParameterizedTest
    @EnumSource
    void whatCameToTheDeskAfterItWasCalledOffIsNotSentAgain(Databases kind) throws Exception {
        for (MessageType type : List.of(MessageType.RECALL, MessageType.VOID)) {
            if (ledger != null) {
                close();
            }
            atTheBroker(kind);
            say("call-2", type, "{\"reason\":\"…\"}");
            toDesk(id(POLICE, "REQUEST"));

            assertThat(replay()).isEmpty();

            assertThat(read("select state, 1 from letter")).containsOnlyKeys("WITHDRAWN");
            assertThat(read("select type, state from delivery where recipient = 'police-bzd'"))
                    .isEqualTo(Map.of("REQUEST", "WITHDRAWN", type.name(), "WITHDRAWN"));
            assertThat(read("select agency, state from clock where kind = 'RECALL'"))
                    .isEqualTo(Map.of(POLICE, "MET", SCHOOL, "RUNNING"));
            assertBalanced();
        }
    }

    /** The first followed a REQUEST that was to arrive; the second finds that it has not. */
    @ParameterizedTest
    @EnumSource
    void aRecallThatReachesNobodyAwaitsNobody(Databases kind) throws Exception {
        atTheBroker(kind);
        say("call-2", MessageType.RECALL, "{\"reason\":\"…\"}");
        assertThat(read("select agency, state from clock where kind = 'RECALL'"))
                .containsEntry(POLICE, "RUNNING");
        toDesk(id(POLICE, "REQUEST"));

        say("call-3", MessageType.VOID, "{\"reason\":\"…\"}");

        assertThat(read("select agency, state from clock where kind = 'RECALL'"))
                .isEqualTo(Map.of(POLICE, "MET", SCHOOL, "RUNNING"));
        assertThat(read("select type, state from delivery where recipient = 'police-bzd'"))
                .isEqualTo(Map.of("REQUEST", "WITHDRAWN", "RECALL", "WITHDRAWN"));
        assertBalanced();
    }

    /** An amendment at the desk keeps back nothing, so what was behind it is on its way and arrives. */
    @ParameterizedTest
    @EnumSource
    void whatIsOnItsWayIsNotWithdrawn(Databases kind) throws Exception {
        atTheBroker(kind);
        ledger.process(List.of(Messages.delivered(id(POLICE, "REQUEST"))));
        Emission first = amended("call-2", "{\"narrative\":\"first\"}").get(0);
        assertThat(amended("call-3", "{\"narrative\":\"second\"}")).isEmpty();
        toDesk(first.properties().get(Headers.DELIVERY_ID));

        say("call-4", MessageType.RECALL, "{\"reason\":\"…\"}");

        assertThat(read("select message_id, state from delivery where recipient = 'police-bzd'"))
                .isEqualTo(
                        Map.of("call-1", "DELIVERED", "call-2", "WITHDRAWN", "call-3", "WAITING", "call-4", "WAITING"));
        assertBalanced();
    }

    @ParameterizedTest
    @EnumSource
    void anAmendmentThatIsSentAgainIsHeldToTheConsentAsItStands(Databases kind) throws Exception {
        atTheBroker(kind);
        ledger.process(List.of(Messages.delivered(id(POLICE, "REQUEST"))));
        Emission first = amended("call-2", "{\"narrative\":\"old\",\"callbackPhone\":\"99112233\"}")
                .get(0);
        toDesk(first.properties().get(Headers.DELIVERY_ID));
        amended(
                "call-3",
                "{\"narrative\":\"new\",\"concerns\":[\"NEGLECT\"],\"consent\":{\"withholdFrom\":[\"police-bzd\"]}}");

        assertThat(replay("AMEND")).singleElement().satisfies(emission -> {
            JsonNode sent = new ObjectMapper().readTree(emission.body());
            assertThat(sent.path("messageId").asText()).isEqualTo("call-2");
            assertThat(sent.path("version").asInt()).isEqualTo(3);
            // Its own fields as they have become, and who must not know: the delivery stage cuts it down to that.
            assertThat(sent.at("/body/changes").toString())
                    .isEqualTo("{\"callbackPhone\":\"99112233\",\"consent\":{\"withholdFrom\":[\"police-bzd\"]},"
                            + "\"narrative\":\"new\"}");
        });
        assertBalanced();
    }

    /** The hub sends a notice's neighbours one after the other; consent that is taken back meanwhile is not read too late. */
    @ParameterizedTest
    @EnumSource
    void anAmendmentThatIsKeptBackLeavesWithTheConsentAsItStands(Databases kind) throws Exception {
        atTheBroker(kind);
        assertThat(amended("call-2", "{\"narrative\":\"old\",\"callbackPhone\":\"99112233\"}"))
                .isEmpty();
        assertThat(amended("call-3", "{\"narrative\":\"new\",\"consent\":{\"withholdFrom\":[\"police-bzd\"]}}"))
                .isEmpty();

        assertThat(ledger.process(List.of(Messages.delivered(id(POLICE, "REQUEST")))))
                .singleElement()
                .satisfies(emission -> {
                    JsonNode sent = new ObjectMapper().readTree(emission.body());
                    assertThat(sent.path("messageId").asText()).isEqualTo("call-2");
                    assertThat(sent.at("/body/changes").toString())
                            .isEqualTo(
                                    "{\"callbackPhone\":\"99112233\",\"consent\":{\"withholdFrom\":[\"police-bzd\"]},"
                                            + "\"narrative\":\"new\"}");
                });
        assertBalanced();
    }

    @ParameterizedTest
    @EnumSource
    void aReasonedOverrideLetsItGoOn(Databases kind) throws Exception {
        open(kind);
        say(
                "call-2",
                MessageType.AMEND,
                "{\"changes\":{\"consent\":{\"services\":false,\"overridden\":true,\"overrideReason\":\"harm\"}}}");

        assertThat(replay()).hasSize(1);
        assertThat(read("select recipient, state from assignment")).containsEntry(POLICE, "requested");
    }

    /** What another node puts behind a delivery at the moment of its discard goes aside with it, or leaves by itself. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingWaitsForEverBehindARequestThatIsDiscardedMeanwhile(boolean amendedFirst) throws Exception {
        open(Databases.POSTGRESQL);
        String letter = read("select id, 1 from letter").keySet().iterator().next();
        LedgerInput amend = Messages.followUp(SENDER, "call-2", MessageType.AMEND, request.referralId())
                .body("{\"changes\":{\"narrative\":\"newer\"}}")
                .input();
        LedgerInput discard = new LedgerInput(
                "ID:" + UUID.randomUUID(),
                LedgerKind.DESK,
                Map.of(Headers.STAMP, UUID.randomUUID().toString(), Headers.SENDER, "operator-1"),
                Messages.utf8("{\"action\":\"discard\",\"subject\":\"" + letter + "\",\"reason\":\"a test\"}"));
        ExecutorService nodes = Executors.newFixedThreadPool(2);
        try (Ledger other = ledger()) {
            Future<List<Emission>> amended;
            Future<List<Emission>> discarded;
            try (Connection third = database.writer();
                    Statement statement = third.createStatement()) {
                third.setAutoCommit(false);
                statement.execute("select 1 from delivery where id = '" + id(POLICE, "REQUEST") + "' for update");
                Callable<List<Emission>> amending = () -> other.process(List.of(amend));
                Callable<List<Emission>> discarding = () -> ledger.process(List.of(discard));
                Future<List<Emission>> one = nodes.submit(amendedFirst ? amending : discarding);
                awaitWaiting(1);
                Future<List<Emission>> two = nodes.submit(amendedFirst ? discarding : amending);
                awaitWaiting(2);
                third.rollback();
                amended = amendedFirst ? one : two;
                discarded = amendedFirst ? two : one;
            }
            assertThat(recipients(amended.get(1, TimeUnit.MINUTES), "AMEND").contains(POLICE))
                    .isEqualTo(!amendedFirst);
            discarded.get(1, TimeUnit.MINUTES);
        } finally {
            nodes.shutdownNow();
        }

        assertThat(read("select type, state from delivery where recipient = 'police-bzd'"))
                .isEqualTo(Map.of("REQUEST", "WITHDRAWN", "AMEND", amendedFirst ? "WITHDRAWN" : "WAITING"));
        assertThat(read("select id, 1 from delivery where state = 'WAITING' and held_by is not null"))
                .isEmpty();
        assertThat(read("select state, 1 from letter")).containsOnlyKeys("DISCARDED");
        assertBalanced();
    }

    private void awaitWaiting(int statements) {
        await().until(() -> read("select count(*), 1 from pg_stat_activity where datname = current_database()"
                        + " and wait_event_type = 'Lock'")
                .containsKey(Integer.toString(statements)));
    }

    private void assertCalledOff() throws Exception {
        assertThat(read("select state, 1 from letter")).containsOnlyKeys("WITHDRAWN");
        assertThat(read("select recipient, state from assignment"))
                .containsEntry(POLICE, "cancelled")
                .containsEntry(SCHOOL, "requested");
        assertThat(read("select kind, state from clock where agency = 'police-bzd' and kind <> 'RECALL'"))
                .isEqualTo(Map.of("ACKNOWLEDGE", "MET", "ACCEPT", "MET"));
        assertThat(read("select type, state from delivery where recipient = 'police-bzd'"))
                .containsEntry("REQUEST", "WITHDRAWN")
                .doesNotContainValue("WAITING");
        assertThat(replay()).isEmpty();
        assertBalanced();
    }

    private void assertBalanced() throws Exception {
        assertThat(new Books(database.readers(), queue -> 0).verify().faults())
                .noneMatch(fault -> fault.contains("account") || fault.contains("assigned"));
    }

    private List<Emission> say(String id, MessageType type, String body) throws Exception {
        return ledger.process(List.of(Messages.followUp(SENDER, id, type, request.referralId())
                .body(body)
                .input()));
    }

    private void toDesk(String delivery) throws Exception {
        ledger.process(List.of(input(
                LedgerKind.DEAD,
                Map.of(
                        Headers.DELIVERY_ID, delivery,
                        Headers.RECIPIENT, POLICE,
                        Headers.REFERRAL_ID, request.referralId(),
                        Headers.DEAD_ORIGIN, "hub.delivery",
                        Headers.DEAD_STAGE, "delivery",
                        Headers.DEAD_CAUSE, "translation-failed",
                        Headers.DEAD_CLASS, "permanent"))));
    }

    /** What leaves for the police at once when the sender changes this. */
    private List<Emission> amended(String id, String changes) throws Exception {
        return say(id, MessageType.AMEND, "{\"changes\":" + changes + "}").stream()
                .filter(emission -> POLICE.equals(emission.properties().get(Headers.RECIPIENT)))
                .toList();
    }

    private List<Emission> replay() throws Exception {
        return replay("REQUEST");
    }

    private List<Emission> replay(String type) throws Exception {
        return ledger
                .process(List.of(input(
                        LedgerKind.REPLAY,
                        Map.of(
                                Headers.REPLAY_OF,
                                read("select id, 1 from letter")
                                        .keySet()
                                        .iterator()
                                        .next(),
                                Headers.SENDER,
                                "operator-1",
                                Headers.STAMP,
                                UUID.randomUUID().toString()))))
                .stream()
                .filter(emission -> type.equals(emission.properties().get(Headers.MESSAGE_TYPE)))
                .toList();
    }

    private static LedgerInput input(LedgerKind kind, Map<String, String> properties) {
        return new LedgerInput("ID:" + UUID.randomUUID(), kind, properties, new byte[0]);
    }

    private static List<String> recipients(List<Emission> emissions, String type) {
        return emissions.stream()
                .filter(emission -> type.equals(emission.properties().get(Headers.MESSAGE_TYPE)))
                .map(emission -> emission.properties().get(Headers.RECIPIENT))
                .toList();
    }

    private String id(String recipient, String type) throws Exception {
        return read("select id, 1 from delivery where recipient = '" + recipient + "' and type = '" + type + "'")
                .keySet()
                .iterator()
                .next();
    }

    private Map<String, String> read(String sql) throws Exception {
        Map<String, String> found = new TreeMap<>();
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.put(rows.getString(1), rows.getString(2));
            }
        }
        return found;
    }
}
