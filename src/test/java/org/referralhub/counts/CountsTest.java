package org.referralhub.counts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.ledger.BusyException;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.Ledger;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.Messages;
import org.referralhub.ledger.MovableClock;
import org.referralhub.ledger.ResponseTimes;
import org.referralhub.ledger.Views;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.MessageType;
import org.referralhub.recipient.Choice;

class CountsTest {
    private static final String HELPLINE = "helpline-108";
    private static final String POLICE = "police-bzd";
    private static final String TEAM = "team-bzd";
    private static final String SHELTER = "shelter-ub";
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with(HELPLINE, AgencyKind.HELPLINE_108, "*")
            .with(POLICE, AgencyKind.POLICE, "1110")
            .with(TEAM, AgencyKind.JOINT_TEAM, "1110")
            .with(SHELTER, AgencyKind.SHELTER, "11")
            .registry();
    private static final HubHome HOME = new HubHome(Path.of("."));
    private static final YearMonth OCTOBER = YearMonth.of(2026, 10);
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);

    /** An hour before November begins in the capital. */
    private final MovableClock clock = new MovableClock("2026-10-31T15:00:00Z");

    private LedgerDatabase database;
    private Ledger ledger;
    private int number;

    private void open(Databases kind) {
        database = kind.open();
        ledger = new Ledger(
                database,
                (request, at) -> List.of(
                        new Choice(AGENCIES.find(POLICE).orElseThrow(), "violence"),
                        new Choice(AGENCIES.find(TEAM).orElseThrow(), "violence")),
                Views.WHOLE,
                AGENCIES,
                ResponseTimes.PROPOSED,
                clock);
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    private Counts counts(int enough) {
        return new Counts(
                database.readers(),
                () -> AGENCIES,
                () -> Places.load(HOME, new Faults()),
                () -> CodeLists.load(HOME, new Faults()),
                enough);
    }

    private String request(String concerns, String place) throws Exception {
        Messages request = Messages.request(HELPLINE, "call-" + number++).body("""
                {"urgency":"URGENT","concerns":[%s],"child":{"address":{%s}}}""".formatted(concerns, place));
        ledger.process(List.of(request.input()));
        return request.referralId();
    }

    private void say(String agency, MessageType type, String referral, String body) throws Exception {
        ledger.process(List.of(Messages.followUp(agency, "m-" + number++, type, referral)
                .body(body)
                .input()));
    }

    private void say(String agency, MessageType type, String referral) throws Exception {
        say(agency, type, referral, "{}");
    }

    /** Four referrals in two months, and one that was sent in error. */
    private void fill() throws Exception {
        String capital = "\"state\":\"11\",\"district\":\"1110\",\"subdistrict\":\"111095\"";
        String first = request("\"NEGLECT\",\"STREET_CHILD\"", capital);
        clock.move(Duration.ofSeconds(60));
        say(POLICE, MessageType.ACK, first);
        clock.move(Duration.ofSeconds(240));
        say(POLICE, MessageType.ACCEPT, first);
        say(TEAM, MessageType.REJECT, first, "{\"reason\":\"OUT_OF_AREA\"}");
        say(POLICE, MessageType.TRANSFER, first, "{\"to\":\"shelter-ub\",\"reason\":\"…\"}");
        clock.move(Duration.ofSeconds(100));
        say(SHELTER, MessageType.ACCEPT, first);
        say(SHELTER, MessageType.OUTCOME, first, "{\"result\":\"COMPLETED\",\"closeReason\":\"SERVICE_IMPLEMENTED\"}");

        String second = request("\"NEGLECT\"", "\"state\":\"65\",\"district\":\"6501\"");
        say(TEAM, MessageType.REJECT, second, "{\"reason\":\"what a person wrote\"}");
        String error = request("\"NEGLECT\"", capital);
        say(HELPLINE, MessageType.VOID, error, "{\"reason\":\"…\"}");

        clock.move(Duration.ofHours(2));
        request("\"UNKNOWN\"", "\"line\":\"somewhere\"");
        String fourth = request("\"NEGLECT\"", capital);
        say(POLICE, MessageType.ACCEPT, fourth);
        say(POLICE, MessageType.OUTCOME, fourth, "{\"result\":\"FAILED\",\"closeReason\":\"NOT_SEEN\"}");
        ledger.close();
        Databases.execute(
                database,
                "update clock set state = 'OVERDUE', fired_at = 1 where agency = '" + TEAM + "' and referral_id = '"
                        + fourth + "'");
    }

    @ParameterizedTest
    @EnumSource
    void figuresFollowWhatAgenciesSaid(Databases kind) throws Exception {
        open(kind);
        fill();

        CountTable.Row all = counts(1).count(OCTOBER, NOVEMBER, List.of()).total();

        assertThat(all.identified()).isEqualTo(4);
        assertThat(all.referred()).as("asked to act; the shelter took over").isEqualTo(8);
        assertThat(all.acknowledged()).isEqualTo(5);
        assertThat(all.accepted()).isEqualTo(3);
        assertThat(all.rejected()).isEqualTo(2);
        assertThat(all.rejectedFor()).containsEntry("OUT_OF_AREA", 1L).containsEntry("UNKNOWN", 1L);
        assertThat(all.rejectedFor()).containsEntry("OTHER", 0L).doesNotContainKey("what a person wrote");
        assertThat(all.transferred()).isEqualTo(1);
        assertThat(all.solved()).isEqualTo(1);
        assertThat(all.overdue()).isEqualTo(1);
        // 0, 0, 60, 100 and 300 seconds; 0, 100 and 300.
        assertThat(all.acknowledge()).isEqualTo(new CountTable.Times(60, 300));
        assertThat(all.accept()).isEqualTo(new CountTable.Times(100, 300));
    }

    @ParameterizedTest
    @EnumSource
    void theyAreToldApartByMonthPlaceKindAndConcern(Databases kind) throws Exception {
        open(kind);
        fill();
        Counts counts = counts(1);

        CountTable months = counts.count(OCTOBER, NOVEMBER, List.of(Dimension.MONTH));
        assertThat(months.rows())
                .extracting(row -> row.of().get("month"), CountTable.Row::identified)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple("2026-10", 2L),
                        org.assertj.core.api.Assertions.tuple("2026-11", 2L));
        assertThat(counts.count(NOVEMBER, NOVEMBER, List.of()).total().identified())
                .isEqualTo(2);

        CountTable soums = counts.count(OCTOBER, NOVEMBER, List.of(Dimension.SOUM));
        assertThat(soums.by()).containsExactly(Dimension.AIMAG, Dimension.SOUM);
        assertThat(soums.rows())
                .extracting(CountTable.Row::of)
                .containsExactly(
                        Map.of("aimag", "11", "soum", "1110"),
                        Map.of("aimag", "65", "soum", "6501"),
                        Map.of("aimag", "UNKNOWN", "soum", "UNKNOWN"));
        assertThat(soums.rows().get(1).names().get("aimag").mn()).isEqualTo("Архангай");

        CountTable kinds = counts.count(OCTOBER, OCTOBER, List.of(Dimension.KIND));
        assertThat(kinds.rows())
                .extracting(
                        row -> row.of().get("kind"),
                        CountTable.Row::identified,
                        CountTable.Row::referred,
                        CountTable.Row::accepted,
                        CountTable.Row::rejected)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple("HELPLINE_108", 2L, 0L, 0L, 0L),
                        org.assertj.core.api.Assertions.tuple("JOINT_TEAM", 0L, 2L, 0L, 2L),
                        org.assertj.core.api.Assertions.tuple("POLICE", 0L, 2L, 1L, 0L),
                        org.assertj.core.api.Assertions.tuple("SHELTER", 0L, 0L, 1L, 0L));

        CountTable concerns = counts.count(OCTOBER, NOVEMBER, List.of(Dimension.CONCERN));
        assertThat(concerns.rows())
                .extracting(row -> row.of().get("concern"), CountTable.Row::identified)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple("NEGLECT", 3L),
                        org.assertj.core.api.Assertions.tuple("STREET_CHILD", 1L),
                        org.assertj.core.api.Assertions.tuple("UNKNOWN", 1L));
        assertThat(concerns.total().identified()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void whatFewReferralsStandBehindIsNotShown(Databases kind) throws Exception {
        open(kind);
        fill();
        for (int i = 0; i < 12; i++) {
            String referral = request("\"NEGLECT\"", "\"state\":\"65\",\"district\":\"6501\"");
            say(POLICE, MessageType.ACCEPT, referral);
        }
        for (int i = 0; i < 6; i++) {
            request("\"NEGLECT\"", "\"state\":\"21\"");
        }

        CountTable table = counts(5).count(OCTOBER, NOVEMBER, List.of(Dimension.AIMAG));

        assertThat(table.rows())
                .extracting(row -> row.of().get("aimag"), CountTable.Row::identified)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple("11", null),
                        // Large enough, but the rest would be the difference: 1 and 2, 3 together.
                        org.assertj.core.api.Assertions.tuple("21", null),
                        org.assertj.core.api.Assertions.tuple("65", 13L),
                        org.assertj.core.api.Assertions.tuple("UNKNOWN", null));
        assertThat(table.total().identified()).isEqualTo(22);
        CountTable.Row capital = table.rows().get(0);
        assertThat(capital.rejected()).isNull();
        assertThat(capital.accept()).isNull();
        assertThat(capital.solved()).isNull();
        assertThat(table.total().solved()).isNull();
        assertThat(table.total().accepted()).isEqualTo(15);
        assertThat(table.total().accept()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void whereAFigureIsHiddenNothingShownSaysWhatItIsAtLeast(Databases kind) throws Exception {
        open(kind);
        for (int i = 0; i < 7; i++) {
            say(POLICE, MessageType.ACCEPT, request("\"NEGLECT\"", "\"state\":\"65\""));
        }
        for (int i = 0; i < 10; i++) {
            String referral = request("\"NEGLECT\"", "\"state\":\"21\"");
            if (i < 2) {
                say(POLICE, MessageType.ACK, referral);
            }
        }

        CountTable table = counts(5).count(OCTOBER, NOVEMBER, List.of(Dimension.AIMAG));

        assertThat(table.total().acknowledged()).isEqualTo(9);
        assertThat(table.total().accepted()).isEqualTo(7);
        assertThat(table.rows()).allSatisfy(row -> {
            assertThat(row.acknowledged()).isNull();
            assertThat(row.accepted()).isNull();
            assertThat(row.rejected()).isNull();
            assertThat(row.solved()).isNull();
        });
    }

    /** Two that ask at once: one of them is asked to come again, and no thread waits. */
    @ParameterizedTest
    @EnumSource
    void whileOneTableIsCountedNoOtherIs(Databases kind) throws Exception {
        open(kind);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        DataSource slow = (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    reading.countDown();
                    enough.await(60, TimeUnit.SECONDS);
                    return database.readers().getConnection();
                });
        Counts counts = new Counts(
                slow,
                () -> AGENCIES,
                () -> Places.load(HOME, new Faults()),
                () -> CodeLists.load(HOME, new Faults()),
                5);
        CompletableFuture<CountTable> first =
                CompletableFuture.supplyAsync(() -> counts.count(OCTOBER, NOVEMBER, List.of()));
        assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();

        assertThatThrownBy(() -> counts.count(OCTOBER, NOVEMBER, List.of())).isInstanceOf(BusyException.class);
        enough.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS).total().identified()).isZero();
    }
}
