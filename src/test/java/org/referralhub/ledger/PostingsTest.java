package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.MessageType;
import org.referralhub.recipient.Choice;

/** A busy hub writes the search index late, and loses nothing of it. */
class PostingsTest {
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with("school-bzd", AgencyKind.SCHOOL, "1110")
            .with("police-bzd", AgencyKind.POLICE, "1110")
            .with("team-bzd", AgencyKind.JOINT_TEAM, "1110")
            .registry();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T04:00:00Z"), ZoneOffset.UTC);
    private static final String POLICE = SearchIndex.agency("police-bzd");

    @TempDir
    Path folder;

    private LedgerDatabase database;
    private Ledger ledger;

    @BeforeEach
    void open() {
        database = LedgerDatabase.embedded(folder.resolve("ledger.db"));
        ledger = ledger(database);
    }

    private static Ledger ledger(LedgerDatabase database) {
        return new Ledger(
                        database,
                        (request, at) ->
                                List.of(new Choice(AGENCIES.find("police-bzd").orElseThrow(), "violence")),
                        Views.WHOLE,
                        AGENCIES,
                        ResponseTimes.PROPOSED,
                        CLOCK)
                .recognise(ChildKeys.of("a secret of the test, long enough".toCharArray()));
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    /** As many as make the hub busy, each about another child. */
    private static List<LedgerInput> busy(String prefix) {
        List<LedgerInput> inputs = new ArrayList<>();
        for (int i = 0; i < Postings.BUSY; i++) {
            inputs.add(report("helpline-108", prefix + i, "АВ1625" + (1000 + prefix.hashCode() % 50 * 20 + i)));
        }
        return inputs;
    }

    private static LedgerInput report(String sender, String messageId, String number) {
        return Messages.request(sender, messageId)
                .body(
                        "{\"urgency\":\"URGENT\",\"concerns\":[\"NEGLECT\"],\"child\":{\"registerNo\":\"%s\",\"address\":{\"district\":\"1110\"}}}"
                                .formatted(number))
                .input();
    }

    private static LedgerInput answer(String messageId, MessageType type, String answered) {
        return Messages.followUp(
                        "police-bzd",
                        messageId,
                        type,
                        Messages.request("helpline-108", answered).referralId())
                .input();
    }

    private long count(String sql) throws SQLException {
        return count(database, sql);
    }

    private static long count(LedgerDatabase database, String sql) throws SQLException {
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private long under(String term) throws SQLException {
        return count("select count(*) from posting where term = '" + term + "'");
    }

    private static List<Emission> signals(List<Emission> emissions) {
        return emissions.stream()
                .filter(emission ->
                        MessageType.FEEDBACK.name().equals(emission.properties().get(Headers.MESSAGE_TYPE)))
                .toList();
    }

    @Test
    void a_busy_hub_gathers_and_writes_when_it_is_quiet_again() throws Exception {
        ledger.process(busy("a"));
        ledger.process(busy("b"));

        assertThat(count("select count(*) from posting")).isZero();
        assertThat(count("select count(*) from posting_waiting")).isEqualTo(2);

        ledger.process(List.of());

        assertThat(under(POLICE)).isEqualTo(2 * Postings.BUSY);
        assertThat(under(SearchIndex.ALL)).isEqualTo(2 * Postings.BUSY);
        assertThat(count("select count(*) from posting where term like 'same:%'"))
                .isEqualTo(2 * Postings.BUSY);
        assertThat(count("select count(*) from posting_waiting")).isZero();
    }

    @Test
    void what_one_batch_adds_and_a_later_one_takes_away_is_not_in_the_index() throws Exception {
        ledger.process(busy("a"));
        List<LedgerInput> answers = new ArrayList<>();
        for (int i = 0; i < Postings.BUSY; i++) {
            answers.add(answer("p-" + i, MessageType.ACCEPT, "a" + i));
        }
        ledger.process(answers);
        assertThat(count("select count(*) from posting_waiting")).isEqualTo(2);

        ledger.process(List.of());

        assertThat(under(SearchIndex.state("requested"))).isZero();
        assertThat(under(SearchIndex.UNANSWERED)).isZero();
        assertThat(under(SearchIndex.state("accepted"))).isEqualTo(Postings.BUSY);
    }

    @Test
    void what_waits_survives_the_end_of_the_process() throws Exception {
        ledger.process(busy("a"));
        ledger.process(List.of(answer("p-1", MessageType.ACCEPT, "a1")));
        ledger.process(busy("b"));
        ledger.close();

        ledger = ledger(database);
        ledger.process(busy("c"));
        assertThat(count("select count(*) from posting")).isZero();
        assertThat(count("select count(*) from posting_waiting")).isEqualTo(4);
        ledger.process(List.of());

        assertThat(under(POLICE)).isEqualTo(3 * Postings.BUSY);
        assertThat(under(SearchIndex.state("requested"))).isEqualTo(3 * Postings.BUSY - 1);
        assertThat(count("select count(*) from posting_waiting")).isZero();
    }

    @Test
    void a_batch_that_fails_leaves_neither_the_index_nor_what_waits_behind() throws Exception {
        ledger.process(busy("a"));
        List<LedgerInput> broken = new ArrayList<>(busy("b"));
        broken.add(new LedgerInput("ID:1", null, java.util.Map.of(), new byte[0]));

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> ledger.process(broken))
                .isInstanceOf(IllegalArgumentException.class);
        ledger.process(List.of());

        assertThat(under(POLICE)).isEqualTo(Postings.BUSY);
    }

    @Test
    void a_report_on_the_same_child_is_noticed_while_the_first_one_waits() throws Exception {
        ledger.process(busy("a"));
        List<LedgerInput> more = new ArrayList<>(busy("b"));
        more.add(report("helpline-108", "c-1", "УБ16250415"));
        assertThat(signals(ledger.process(more))).isEmpty();
        assertThat(count("select count(*) from posting")).isZero();
        ledger.close();

        ledger = ledger(database);
        List<LedgerInput> last = new ArrayList<>(busy("c"));
        last.add(report("school-bzd", "s-1", "УБ16250415"));

        assertThat(signals(ledger.process(last))).singleElement().satisfies(signal -> assertThat(signal.properties())
                .containsEntry(Headers.RECIPIENT, "team-bzd"));
    }

    @Test
    void the_index_comes_out_the_same_whether_a_hub_is_busy_or_not() throws Exception {
        List<LedgerInput> all = new ArrayList<>(busy("a"));
        all.addAll(busy("b"));
        all.add(answer("p-0", MessageType.ACCEPT, "a0"));
        all.add(answer("p-1", MessageType.REJECT, "b1"));
        ledger.process(all);
        ledger.process(List.of());

        try (LedgerDatabase other = LedgerDatabase.embedded(other());
                Ledger quiet = ledger(other)) {
            for (LedgerInput input : all) {
                quiet.process(List.of(input));
            }
            assertThat(count(other, "select count(*) from posting_waiting")).isZero();
            assertThat(rows(other)).isEqualTo(rows(database));
        }
    }

    @Test
    void a_ledger_that_shares_its_database_gathers_nothing() throws Exception {
        try (LedgerDatabase shared = Databases.POSTGRESQL.open();
                Ledger node = ledger(shared)) {
            node.process(busy("a"));

            assertThat(count(shared, "select count(*) from posting where term = '" + POLICE + "'"))
                    .isEqualTo(Postings.BUSY);
            assertThat(count(shared, "select count(*) from posting_waiting")).isZero();
        }
    }

    private Path other() throws IOException {
        return Files.createDirectory(folder.resolve("other")).resolve("ledger.db");
    }

    private static List<String> rows(LedgerDatabase database) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = database.readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select term, opened_at, referral_id from posting order by term, opened_at, referral_id")) {
            while (rows.next()) {
                found.add(rows.getString(1) + " " + rows.getLong(2) + " " + rows.getString(3));
            }
        }
        return found;
    }
}
