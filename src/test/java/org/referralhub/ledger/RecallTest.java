package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.disclosure.Disclosure;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.MessageType;
import org.referralhub.message.Withheld;
import org.referralhub.recipient.Choice;

/** Whom an amendment, a recall and a withdrawal of consent reach, and who has said that it knows. */
class RecallTest {
    private static final String SENDER = "helpline-108";
    private static final List<String> TOLD = List.of("police-bzd", "school-5", "team-bzd");
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with(SENDER, AgencyKind.HELPLINE_108, "*")
            .with("police-bzd", AgencyKind.POLICE, "1110")
            .with("school-5", AgencyKind.SCHOOL, "1110")
            .with("team-bzd", AgencyKind.JOINT_TEAM, "1110")
            .with("health-bzd", AgencyKind.HEALTH, "1110")
            .with("clinic-bzd", AgencyKind.HEALTH, "1110")
            .registry();
    private static final Disclosure DISCLOSURE = Disclosure.load(new HubHome(Path.of(".")), new Faults());
    private static final Views VIEWS = new Views() {
        @Override
        public JsonNode of(ObjectNode request, Agency agency) {
            return DISCLOSURE.project(request, agency).canonical();
        }

        @Override
        public Function<Agency, Withheld> withheld(ObjectNode message) {
            return DISCLOSURE.withheld(message);
        }
    };

    private final Messages request = Messages.request(SENDER, "call-1");
    private LedgerDatabase database;
    private Ledger ledger;

    private void open(Databases kind) throws Exception {
        database = kind.open();
        ledger = new Ledger(
                database,
                (message, at) -> TOLD.stream()
                        .map(id -> new Choice(AGENCIES.find(id).orElseThrow(), "rule"))
                        .toList(),
                VIEWS,
                AGENCIES,
                ResponseTimes.PROPOSED,
                Clock.fixed(Instant.parse("2026-11-22T04:00:00Z"), ZoneOffset.UTC));
        Messages.arrive(ledger, List.of(request.input()));
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void threeAreToldTwoSayThatTheyKnowAndTheClockOfTheThirdRunsOn(Databases kind) throws Exception {
        open(kind);
        take("school-5", "s-1", MessageType.REJECT, "{\"reason\":\"OUT_OF_AREA\"}");

        assertThat(told(take(SENDER, "call-2", MessageType.RECALL, "{\"reason\":\"…\"}")))
                .containsExactlyInAnyOrderElementsOf(TOLD);
        take("police-bzd", "p-1", MessageType.ACK, "{}");
        take("school-5", "s-2", MessageType.ACK, "{}");

        assertThat(read("select agency, state from clock where kind = 'RECALL'"))
                .isEqualTo(Map.of("police-bzd", "MET", "school-5", "MET", "team-bzd", "RUNNING"));
        assertThat(read("select agency, acknowledged_at is null from recall"))
                .extractingByKey("team-bzd")
                .isNotEqualTo(read("select agency, acknowledged_at is null from recall")
                        .get("police-bzd"));
        // Acknowledged once; a second time there is nothing to acknowledge.
        assertThat(status(take("police-bzd", "p-2", MessageType.ACK, "{}"))).isEqualTo("refused");
    }

    /** One that calls off its own part hands the child back: the sender must say that it knows. */
    @ParameterizedTest
    @EnumSource
    void whoCallsOffItsOwnPartIsAcknowledgedByTheSender(Databases kind) throws Exception {
        open(kind);
        take("police-bzd", "p-1", MessageType.ACCEPT, "{}");
        take("team-bzd", "t-1", MessageType.ACCEPT, "{}");
        List<Emission> recalled = take("police-bzd", "p-2", MessageType.RECALL, "{\"reason\":\"…\"}");
        take("team-bzd", "t-2", MessageType.RECALL, "{\"reason\":\"…\"}");
        assertThat(told(recalled)).containsExactly(SENDER);
        assertThat(receipt(recalled).at("/body/recipients/0/acknowledgeBy").asText())
                .isEqualTo("2026-11-22T13:00:00+08:00");
        assertThat(read("select agency, state from clock where kind = 'RECALL'"))
                .isEqualTo(Map.of(SENDER, "RUNNING"));

        List<Emission> known = Messages.arrive(
                ledger,
                List.of(Messages.followUp(SENDER, "call-2", MessageType.ACK, request.referralId())
                        .correlation("p-2")
                        .input()));

        assertThat(told(known)).containsExactly("police-bzd");
        assertThat(read("select agency, state from clock where kind = 'RECALL'"))
                .isEqualTo(Map.of(SENDER, "RUNNING"));
        assertThat(told(take(SENDER, "call-3", MessageType.ACK, "{}"))).containsExactly("team-bzd");
        assertThat(read("select agency, state from clock where kind = 'RECALL'"))
                .isEqualTo(Map.of(SENDER, "MET"));
        assertThat(status(take(SENDER, "call-4", MessageType.ACK, "{}"))).isEqualTo("refused");
    }

    @ParameterizedTest
    @EnumSource
    void anAmendmentReachesThoseWhoseViewItChanges(Databases kind) throws Exception {
        open(kind);

        List<Emission> amended =
                take(SENDER, "call-2", MessageType.AMEND, "{\"changes\":{\"narrative\":\"what she said\"}}");

        // A school never sees the narrative (disclosure.csv).
        assertThat(told(amended)).containsExactlyInAnyOrder("police-bzd", "team-bzd");
        assertThat(read("select agency, message from recall")).isEmpty();
        assertThat(told(take(SENDER, "call-3", MessageType.AMEND, "{\"changes\":{\"narrative\":\"what she said\"}}")))
                .isEmpty();
    }

    /** Several formats always name an addressee; the others were told the same and must not go by what is no longer true. */
    @ParameterizedTest
    @EnumSource
    void anAmendmentIsForAllWhomeverItNames(Databases kind) throws Exception {
        open(kind);
        take("school-5", "s-1", MessageType.REJECT, "{\"reason\":\"OUT_OF_AREA\"}");

        assertThat(told(Messages.arrive(
                        ledger,
                        List.of(Messages.followUp(SENDER, "call-2", MessageType.AMEND, request.referralId())
                                .body("{\"changes\":{\"narrative\":\"what she said\"}}")
                                .recipient("school-5")
                                .input()))))
                .containsExactlyInAnyOrder("police-bzd", "team-bzd");
    }

    @ParameterizedTest
    @EnumSource
    void aWithdrawalOfConsentReachesEveryoneWhoWasTold(Databases kind) throws Exception {
        open(kind);
        take("school-5", "s-1", MessageType.REJECT, "{\"reason\":\"OUT_OF_AREA\"}");

        assertThat(told(take(
                        SENDER, "call-2", MessageType.AMEND, "{\"changes\":{\"consent\":{\"disclosure\":false}}}")))
                .containsExactlyInAnyOrderElementsOf(TOLD);
        assertThat(read("select agency, state from clock where kind = 'RECALL'"))
                .containsOnlyKeys(TOLD);
    }

    /** It is read before the REQUEST, which lies in the inbox unread; what follows has the same priority and comes behind. */
    @ParameterizedTest
    @EnumSource
    void anAmendmentThatMakesItMoreUrgentStandsAloneWhileARequestMayBeUnread(Databases kind) throws Exception {
        open(kind);
        take("police-bzd", "p-1", MessageType.ACK, "{}");
        take("team-bzd", "t-1", MessageType.ACK, "{}");
        String urgent = "{\"changes\":{\"urgency\":\"IMMEDIATE\"}}";

        List<Emission> raised = take(SENDER, "call-2", MessageType.AMEND, urgent);

        Emission toSchool = of(raised, "school-5");
        assertThat(toSchool.priority()).isEqualTo(9);
        JsonNode changes = new ObjectMapper().readTree(toSchool.body()).at("/body/changes");
        assertThat(changes.path("urgency").asText()).isEqualTo("IMMEDIATE");
        assertThat(changes.at("/child/givenName").asText()).isEqualTo("Тэмүүлэн");
        assertThat(changes.has("concerns")).isTrue();
        Emission recall = of(take(SENDER, "call-3", MessageType.RECALL, "{\"reason\":\"…\"}"), "school-5");
        assertThat(recall.priority()).isEqualTo(9);
    }

    @ParameterizedTest
    @EnumSource
    void whenEveryoneHasReadTheRequestTheAmendmentSaysWhatHasChanged(Databases kind) throws Exception {
        open(kind);
        for (String agency : TOLD) {
            take(agency, agency + "-1", MessageType.ACK, "{}");
        }

        List<Emission> raised = take(SENDER, "call-2", MessageType.AMEND, "{\"changes\":{\"urgency\":\"IMMEDIATE\"}}");

        assertThat(new ObjectMapper().readTree(of(raised, "school-5").body()).at("/body/changes"))
                .hasToString("{\"urgency\":\"IMMEDIATE\"}");
    }

    /** It says nothing of the child, so it must not be the first that is read. */
    @ParameterizedTest
    @EnumSource
    void aWithdrawalOfConsentDoesNotOvertakeTheRequest(Databases kind) throws Exception {
        open(kind);

        List<Emission> withdrawn = take(
                SENDER,
                "call-2",
                MessageType.AMEND,
                "{\"changes\":{\"urgency\":\"IMMEDIATE\",\"consent\":{\"disclosure\":false}}}");

        assertThat(of(withdrawn, "school-5").priority()).isEqualTo(7);
    }

    private static Emission of(List<Emission> emissions, String recipient) {
        return emissions.stream()
                .filter(emission -> recipient.equals(emission.properties().get(Headers.RECIPIENT)))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void nobodyCanBeAddedOnceConsentIsTakenBack(Databases kind) throws Exception {
        open(kind);
        take("police-bzd", "p-1", MessageType.ACCEPT, "{}");
        take(SENDER, "call-2", MessageType.AMEND, "{\"changes\":{\"consent\":{\"services\":false}}}");

        for (List<Emission> tried : List.of(
                take("police-bzd", "p-2", MessageType.TRANSFER, "{\"to\":\"health-bzd\",\"reason\":\"…\"}"),
                take("school-5", "s-1", MessageType.REJECT, "{\"reason\":\"OTHER\",\"redirectTo\":\"health-bzd\"}"),
                take("team-bzd", "t-1", MessageType.ESCALATE, "{\"to\":\"health-bzd\",\"reason\":\"…\"}"),
                take(SENDER, "call-3", MessageType.ESCALATE, "{\"to\":\"health-bzd\",\"reason\":\"…\"}"))) {
            assertThat(told(tried)).isEmpty();
            assertThat(receipt(tried).at("/body/findings/0/code").asText()).isEqualTo("lifecycle.agency-not-possible");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSenderIsToldWhatIsWithheldFromWhomAndByWhenEachMustAnswer(Databases kind) throws Exception {
        open(kind);
        List<Emission> emissions = take(
                SENDER,
                "call-2",
                MessageType.AMEND,
                "{\"changes\":{\"child\":{\"registerNo\":\"УК03271614\"},\"concerns\":[\"NEGLECT\"]}}");
        JsonNode told = receipt(emissions).at("/body/recipients");
        assertThat(told.path(0).path("agency").asText()).isEqualTo("police-bzd");
        assertThat(told.path(0).has("withheld")).isFalse();
        assertThat(told.path(1).path("agency").asText()).isEqualTo("school-5");
        assertThat(told.path(1).at("/withheld/0/en").asText()).isEqualTo("register number");
        assertThat(told.path(1).at("/withheld/0/mn").asText()).isEqualTo("Регистрийн дугаар");
        assertThat(told.path(1).at("/reduced/0/en").asText()).isEqualTo("concern type");
        assertThat(told.toString()).doesNotContain("1614", "NEGLECT");

        JsonNode called = receipt(take(SENDER, "call-3", MessageType.RECALL, "{\"reason\":\"…\"}"));
        assertThat(called.at("/body/recipients")).hasSize(3).allSatisfy(recipient -> {
            assertThat(recipient.path("acknowledgeBy").asText()).isEqualTo("2026-11-22T13:00:00+08:00");
            assertThat(recipient.has("acceptBy")).isFalse();
        });
    }

    /** Who hands on what it was itself shown in part does not learn from the receipt what else there is. */
    @ParameterizedTest
    @EnumSource
    void whoHandsItOnIsNotToldOfWhatIsKeptFromItself(Databases kind) throws Exception {
        open(kind);
        take(
                SENDER,
                "call-2",
                MessageType.AMEND,
                "{\"changes\":{\"psychologicalAssessment\":\"secret\",\"householdWelfare\":\"secret\"}}");
        take("team-bzd", "t-1", MessageType.ACCEPT, "{}");
        take("police-bzd", "p-1", MessageType.ACCEPT, "{}");

        // Neither the police nor a health centre is shown the household's welfare; only the police miss the assessment.
        assertThat(withheld(take("team-bzd", "t-2", MessageType.TRANSFER, "{\"to\":\"health-bzd\",\"reason\":\"…\"}")))
                .contains("household income/welfare")
                .doesNotContain("psychological assessment");
        assertThat(withheld(
                        take("police-bzd", "p-2", MessageType.TRANSFER, "{\"to\":\"clinic-bzd\",\"reason\":\"…\"}")))
                .doesNotContain("household income/welfare", "psychological assessment");
    }

    private static List<String> withheld(List<Emission> emissions) throws Exception {
        JsonNode recipients = receipt(emissions).at("/body/recipients");
        return recipients.path(recipients.size() - 1).path("withheld").findValuesAsText("en");
    }

    private static JsonNode receipt(List<Emission> emissions) throws Exception {
        for (Emission emission : emissions) {
            if ("RECEIPT".equals(emission.properties().get(Headers.MESSAGE_TYPE))) {
                return new ObjectMapper().readTree(emission.body());
            }
        }
        throw new AssertionError("no receipt");
    }

    private List<Emission> take(String sender, String id, MessageType type, String body) throws Exception {
        return Messages.arrive(
                ledger,
                List.of(Messages.followUp(sender, id, type, request.referralId())
                        .body(body)
                        .input()));
    }

    private static List<String> told(List<Emission> emissions) {
        return emissions.stream()
                .filter(emission -> !"RECEIPT".equals(emission.properties().get(Headers.MESSAGE_TYPE)))
                .map(emission -> emission.properties().get(Headers.RECIPIENT))
                .toList();
    }

    private static String status(List<Emission> emissions) throws Exception {
        return new ObjectMapper()
                .readTree(emissions.get(emissions.size() - 1).body())
                .at("/body/status")
                .asText();
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
