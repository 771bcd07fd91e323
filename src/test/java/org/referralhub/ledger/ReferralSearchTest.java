package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Urgency;
import org.referralhub.recipient.Choice;

class ReferralSearchTest {
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with("police-bzd", AgencyKind.POLICE, "1110")
            .with("social-bzd-23", AgencyKind.SOCIAL_WORKER, "111095")
            .registry();
    private static final ChildKeys KEYS = ChildKeys.of("a secret of the test, long enough".toCharArray());

    private LedgerDatabase database;
    private Ledger ledger;
    private final Hands clock = new Hands();

    /** A clock that the test moves. */
    private static final class Hands extends Clock {
        private Instant now = Instant.parse("2026-11-22T04:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }

        void pass(Duration time) {
            now = now.plus(time);
        }
    }

    private void open(Databases kind) {
        database = kind.open();
        ledger = new Ledger(
                        database,
                        (request, at) -> List.of(
                                new Choice(AGENCIES.find("police-bzd").orElseThrow(), "violence"),
                                new Choice(AGENCIES.find("social-bzd-23").orElseThrow(), "violence")),
                        Views.WHOLE,
                        AGENCIES,
                        ResponseTimes.PROPOSED,
                        clock)
                .recognise(KEYS);
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    private Messages record(String sender, String messageId, String body) throws Exception {
        Messages request = Messages.request(sender, messageId).body(body);
        ledger.process(List.of(request.input()));
        clock.pass(Duration.ofSeconds(1));
        return request;
    }

    private static String body(String urgency, String concern, String place, String child) {
        return """
                {"urgency":"%s","concerns":["%s"],"child":{%s"address":{"state":"11","district":"1110","subdistrict":"%s"}}}""".formatted(urgency, concern, child, place);
    }

    private ReferralSearch search() {
        return new ReferralSearch(database.readers(), KEYS, clock);
    }

    private List<String> found(ReferralSearch.Query query) {
        return search().search(query, null, 50).items().stream()
                .map(ReferralSearch.Found::referralId)
                .toList();
    }

    private static ReferralSearch.Query by(String agency, String place, String concern, String state, Urgency urgency) {
        return new ReferralSearch.Query(agency, place, concern, state, urgency, null, null, false, null);
    }

    private static ReferralSearch.Query child(String number, String given, String patronymic, String birth) {
        return new ReferralSearch.Query(
                null, null, null, null, null, null, null, false, new ChildKeys.Child(number, given, patronymic, birth));
    }

    @ParameterizedTest
    @EnumSource
    void referralsAreFoundByAgencyPlaceConcernStateAndUrgency(Databases kind) throws Exception {
        open(kind);
        String first = record("helpline-108", "c-1", body("URGENT", "PHYSICAL_VIOLENCE", "111095", ""))
                .referralId();
        String second = record("helpline-108", "c-2", body("ROUTINE", "NEGLECT", "111054", ""))
                .referralId();

        assertThat(found(ReferralSearch.Query.ANY)).containsExactly(second, first);
        assertThat(found(by("police-bzd", null, null, null, null))).containsExactly(second, first);
        assertThat(found(by("helpline-108", null, null, null, null))).containsExactly(second, first);
        assertThat(found(by("nobody", null, null, null, null))).isEmpty();
        assertThat(found(by(null, "11", null, null, null))).containsExactly(second, first);
        assertThat(found(by(null, "111095", null, null, null))).containsExactly(first);
        assertThat(found(by(null, null, "NEGLECT", null, null))).containsExactly(second);
        assertThat(found(by(null, null, null, null, Urgency.URGENT))).containsExactly(first);
        assertThat(found(by("police-bzd", "1110", "NEGLECT", "requested", Urgency.ROUTINE)))
                .containsExactly(second);
        assertThat(found(by(null, null, "NEGLECT", null, Urgency.URGENT))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatChangesAReferralChangesWhatItIsFoundBy(Databases kind) throws Exception {
        open(kind);
        String id = record("helpline-108", "c-1", body("URGENT", "NEGLECT", "111095", ""))
                .referralId();

        ledger.process(List.of(
                Messages.followUp("police-bzd", "p-1", MessageType.ACK, id).input(),
                Messages.followUp("social-bzd-23", "s-1", MessageType.ACK, id).input()));
        ledger.process(List.of(
                Messages.followUp("helpline-108", "c-2", MessageType.AMEND, id)
                        .body("""
                                {"changes":{"concerns":["STREET_LIFE"],"child":{"givenName":"Номин","patronymic":"Бат",\
                                "address":{"district":"1110","subdistrict":"111054"}}}}""")
                        .input(),
                Messages.followUp("police-bzd", "p-2", MessageType.ACCEPT, id).input()));

        assertThat(found(by(null, null, null, "requested", null))).isEmpty();
        assertThat(found(by(null, null, null, "received", null))).containsExactly(id);
        assertThat(found(by(null, null, null, "accepted", null))).containsExactly(id);
        assertThat(found(by(null, null, "NEGLECT", null, null))).isEmpty();
        assertThat(found(by(null, "111054", "STREET_LIFE", null, null))).containsExactly(id);
        assertThat(found(by(null, "111095", null, null, null))).isEmpty();
        assertThat(found(child("", "НОМИН", "бат", ""))).containsExactly(id);
        assertThat(search().search(ReferralSearch.Query.ANY, null, 1)
                        .items()
                        .get(0)
                        .states())
                .isEqualTo(Map.of("accepted", 1, "received", 1));
    }

    @ParameterizedTest
    @EnumSource
    void pagesFollowEachOtherWithoutGapOrRepeat(Databases kind) throws Exception {
        open(kind);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            all.add(
                    0,
                    record("helpline-108", "c-" + i, body("URGENT", i % 3 == 0 ? "NEGLECT" : "OTHER", "111095", ""))
                            .referralId());
        }

        List<String> paged = new ArrayList<>();
        List<String> neglected = new ArrayList<>();
        for (String next = ""; next != null; ) {
            ReferralSearch.Page page = search().search(ReferralSearch.Query.ANY, next.isEmpty() ? null : next, 7);
            page.items().forEach(item -> paged.add(item.referralId()));
            next = page.next();
        }
        for (String next = ""; next != null; ) {
            ReferralSearch.Page page =
                    search().search(by("police-bzd", null, "NEGLECT", null, null), next.isEmpty() ? null : next, 7);
            page.items().forEach(item -> neglected.add(item.referralId()));
            next = page.next();
        }

        assertThat(paged).isEqualTo(all);
        assertThat(neglected).hasSize(100).doesNotHaveDuplicates().isSubsetOf(all);
        assertThatThrownBy(() -> search().search(ReferralSearch.Query.ANY, "first", 7))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource
    void timeAndWhatIsOverdueAreAsked(Databases kind) throws Exception {
        open(kind);
        String urgent = record("helpline-108", "c-1", body("IMMEDIATE", "NEGLECT", "111095", ""))
                .referralId();
        Instant between = clock.instant();
        String routine = record("helpline-108", "c-2", body("ROUTINE", "NEGLECT", "111095", ""))
                .referralId();
        ReferralSearch.Query overdue = new ReferralSearch.Query(null, null, null, null, null, null, null, true, null);

        assertThat(found(overdue)).isEmpty();
        clock.pass(Duration.ofMinutes(16));
        assertThat(found(overdue)).containsExactly(urgent);
        assertThat(found(new ReferralSearch.Query(null, null, null, null, null, between, null, false, null)))
                .containsExactly(routine);
        assertThat(found(new ReferralSearch.Query(null, null, null, null, null, null, between, false, null)))
                .containsExactly(urgent);

        ledger.process(List.of(
                Messages.followUp("police-bzd", "p-1", MessageType.ACCEPT, urgent)
                        .input(),
                Messages.followUp("social-bzd-23", "s-1", MessageType.ACCEPT, urgent)
                        .input()));
        assertThat(found(overdue)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aRecallThatSomebodyHasNotAcknowledgedInTimeIsOverdueToo(Databases kind) throws Exception {
        open(kind);
        String id = record("helpline-108", "c-1", body("IMMEDIATE", "NEGLECT", "111095", ""))
                .referralId();
        ReferralSearch.Query overdue = new ReferralSearch.Query(null, null, null, null, null, null, null, true, null);
        ledger.process(List.of(Messages.followUp("helpline-108", "c-2", MessageType.RECALL, id)
                .body("{\"reason\":\"…\"}")
                .input()));
        assertThat(found(overdue)).isEmpty();

        clock.pass(Duration.ofMinutes(16));
        assertThat(found(overdue)).containsExactly(id);
        ledger.process(List.of(
                Messages.followUp("police-bzd", "p-1", MessageType.ACK, id).input()));
        // As another batch reads it from the database.
        assertThat(found(overdue)).containsExactly(id);
        ledger.process(List.of(
                Messages.followUp("social-bzd-23", "s-1", MessageType.ACK, id).input()));
        assertThat(found(overdue)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aChildIsFoundHoweverItsNumberAndNameAreWritten(Databases kind) throws Exception {
        open(kind);
        // Cyrillic А and В in the register number, and in the names.
        String id = record(
                        "helpline-108",
                        "c-1",
                        body(
                                "URGENT",
                                "NEGLECT",
                                "111095",
                                "\"registerNo\":\"АВ16250415\",\"givenName\":\"Оюун\",\"patronymic\":\"Бат-Эрдэнэ\","))
                .referralId();

        assertThat(found(child("АВ16250415", "", "", ""))).containsExactly(id);
        // Latin letters that look the same, small letters, spaces.
        assertThat(found(child(" ab-16250415 ", "", "", ""))).containsExactly(id);
        assertThat(found(child("", " оюун", "БАТ ЭРДЭНЭ", ""))).containsExactly(id);
        assertThat(found(child("", "Oюyн", "Бат-Эрдэнэ", ""))).containsExactly(id);
        // The date of birth stands in the number.
        assertThat(found(child("", "Оюун", "", "2016-05-04"))).containsExactly(id);
        assertThat(found(child("АВ16250415", "Оюун", "Дорж", ""))).isEmpty();
        assertThat(found(child("АВ16250416", "", "", ""))).isEmpty();
        assertThatThrownBy(() -> found(child("", "Оюун", "", ""))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ReferralSearch(database.readers(), ChildKeys.OFF, clock)
                        .search(child("АВ16250415", "", "", ""), null, 50))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource
    void theIndexHoldsNothingThatCanBeReadOrGuessed(Databases kind) throws Exception {
        open(kind);
        record(
                "helpline-108",
                "c-1",
                body(
                        "URGENT",
                        "NEGLECT",
                        "111095",
                        "\"registerNo\":\"АВ16250415\",\"givenName\":\"Оюун\",\"patronymic\":\"Бат\","));

        List<String> terms = new ArrayList<>();
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select term from posting")) {
            while (rows.next()) {
                terms.add(rows.getString(1));
            }
        }

        List<String> hashed = terms.stream()
                .filter(term -> term.startsWith("same:") || term.startsWith("name:"))
                .toList();
        assertThat(hashed).hasSize(4).allMatch(term -> term.matches("(same|name):[0-9a-f]{32}"));
        assertThat(String.join(" ", terms).toUpperCase(java.util.Locale.ROOT))
                .doesNotContain("АВ16", "16250415", "ОЮУН", "БАТ");
        ChildKeys other = ChildKeys.of("another secret, just as long as that".toCharArray());
        assertThat(terms).doesNotContainAnyElementsOf(other.wanted(new ChildKeys.Child("АВ16250415", "", "", "")));
        assertThat(new ChildKeys.Child("АВ16250415", "", "", "").toString()).doesNotContain("16");
    }

    @ParameterizedTest
    @EnumSource
    void whoSearchedIsInTheAuditOnceAndWhatForIsNot(Databases kind) throws Exception {
        open(kind);
        LedgerInput note = new LedgerInput(
                "ID:1",
                LedgerKind.ACCESS,
                Map.of(Headers.STAMP, UUID.randomUUID().toString(), Headers.SENDER, "operator"),
                Messages.utf8("search-child"));

        ledger.process(List.of(note));
        ledger.process(List.of(note));

        assertThat(AuditChain.firstBroken(database.readers())).isEmpty();
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select actor, action from audit")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("operator");
            assertThat(rows.getString(2)).isEqualTo("search-child");
            assertThat(rows.next()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theTimelineTellsEverythingInOrderAndToEachPartyWhatIsItsOwn(Databases kind) throws Exception {
        open(kind);
        Messages request = Messages.request("helpline-108", "c-1");
        List<Emission> emitted = ledger.process(List.of(request.input()));
        clock.pass(Duration.ofSeconds(1));
        ledger.process(List.of(Messages.delivered(emitted.get(0).properties().get(Headers.DELIVERY_ID))));
        clock.pass(Duration.ofSeconds(1));
        ledger.process(List.of(Messages.followUp("police-bzd", "p-1", MessageType.ACCEPT, request.referralId())
                .input()));
        clock.pass(Duration.ofHours(2));
        ReferralTimeline timelines = new ReferralTimeline(database.readers(), clock, sender -> false);

        List<ReferralTimeline.Entry> whole = timelines.whole(request.referralId());

        assertThat(whole).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
        assertThat(whole)
                .extracting(entry -> entry.kind() + " " + entry.agency() + " " + entry.state())
                .containsSubsequence(
                        "MESSAGE helpline-108 null",
                        "STATE police-bzd requested",
                        "OWED police-bzd null",
                        "DELIVERED police-bzd null",
                        "MESSAGE police-bzd null",
                        "STATE police-bzd accepted",
                        "OWED helpline-108 null")
                .contains(
                        "ACKNOWLEDGE_BY police-bzd met",
                        "ACCEPT_BY police-bzd met",
                        "ACKNOWLEDGE_BY social-bzd-23 overdue",
                        "ACCEPT_BY social-bzd-23 running");
        assertThat(whole)
                .filteredOn(entry -> entry.kind() == ReferralTimeline.Kind.DELIVERED)
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.attempts()).isEqualTo(1);
                    assertThat(entry.basis()).isEqualTo("consent");
                });
        assertThat(timelines.forParty(request.referralId(), "helpline-108", "helpline-108"))
                .hasSameSizeAs(whole);
        assertThat(timelines.forParty(request.referralId(), "helpline-108", "social-bzd-23"))
                .isNotEmpty()
                .noneMatch(entry -> entry.agency().equals("police-bzd"))
                .anyMatch(entry -> entry.kind() == ReferralTimeline.Kind.MESSAGE);
        // That somebody wants it not to know would show in the basis.
        assertThat(timelines.forParty(request.referralId(), "helpline-108", "police-bzd"))
                .anyMatch(entry -> entry.kind() == ReferralTimeline.Kind.DELIVERED)
                .allMatch(entry -> entry.basis() == null && entry.fields() == null);
        assertThat(timelines.whole("nothing")).isEmpty();
    }
}
