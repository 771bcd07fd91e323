package org.referralhub.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Reach;
import org.referralhub.agency.TestAgencies;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Text;

/** An agency is silent by its own past, not by anybody else's. */
class SilenceTest {
    private static final Duration WEEK = Duration.ofDays(7);
    /** A Wednesday, ten in the morning in Ulaanbaatar. */
    private static final Instant NOW = Instant.parse("2026-11-18T02:10:00Z");

    private LedgerDatabase database;
    private Instant now = NOW;
    private final Clock clock = new Clock() {
        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @EnumSource(Databases.class)
    void whoever_speaks_every_hour_is_silent_after_three(Databases kind) throws SQLException {
        database = kind.open();
        for (Instant hour = NOW.minus(WEEK.multipliedBy(4));
                hour.isBefore(NOW);
                hour = hour.plus(Duration.ofHours(1))) {
            spoke("helpline-108", hour);
        }
        Silence silence = silence(agency("helpline-108", null));

        silence.take();
        assertThat(silence.silent()).isEmpty();
        assertThat(silence.speaking()).isEqualTo(1);

        now = NOW.plus(Duration.ofHours(2));
        silence.take();
        assertThat(silence.silent())
                .as("two hours are missed, and the third runs")
                .isEmpty();

        now = NOW.plus(Duration.ofHours(3));
        silence.take();
        assertThat(silence.silent()).extracting(Silence.Silent::agency).containsExactly("helpline-108");

        spoke("helpline-108", now);
        silence.take();
        assertThat(silence.silent()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Databases.class)
    void an_office_is_not_silent_at_night_or_over_the_weekend(Databases kind) throws SQLException {
        database = kind.open();
        // Monday to Friday at nine in the morning, five weeks, up to this Friday.
        for (int week = 0; week <= 4; week++) {
            for (int day = 0; day < 5; day++) {
                spoke(
                        "school-3",
                        Instant.parse("2026-11-16T01:20:00Z")
                                .minus(WEEK.multipliedBy(week))
                                .plus(Duration.ofDays(day)));
            }
        }
        Silence silence = silence(agency("school-3", null));

        now = Instant.parse("2026-11-23T00:30:00Z"); // Monday, half past eight
        silence.take();
        assertThat(silence.silent()).isEmpty();

        now = Instant.parse("2026-11-24T15:00:00Z"); // Tuesday, eleven at night: one usual day is over
        silence.take();
        assertThat(silence.silent()).isEmpty();

        now = Instant.parse("2026-11-24T17:00:00Z"); // Wednesday, one at night: two are
        silence.take();
        assertThat(silence.silent()).extracting(Silence.Silent::agency).containsExactly("school-3");
        assertThat(silence.silent().get(0).since()).isEqualTo(Instant.parse("2026-11-20T02:00:00Z"));
    }

    @ParameterizedTest
    @EnumSource(Databases.class)
    void one_that_speaks_now_and_then_is_never_silent_unless_its_entry_expects_it(Databases kind) throws SQLException {
        database = kind.open();
        spoke("shelter-a", NOW.minus(Duration.ofDays(3)));
        spoke("shelter-b", NOW.minus(Duration.ofDays(3)));
        Silence silence =
                silence(agency("shelter-a", null), agency("shelter-b", Duration.ofDays(2)), agency("shelter-c", null));

        silence.take();

        assertThat(silence.silent()).extracting(Silence.Silent::agency).containsExactly("shelter-b");
        assertThat(silence.speaking()).isEqualTo(1);
        assertThat(silence.lastHeard("shelter-c")).isNull();
    }

    @ParameterizedTest
    @EnumSource(Databases.class)
    void a_restart_does_not_begin_to_wait_anew_for_one_that_is_expected_and_long_unheard_of(Databases kind)
            throws SQLException {
        database = kind.open();
        spoke("shelter-a", NOW.minus(WEEK.multipliedBy(7)));
        Agency[] expected = {agency("shelter-a", Duration.ofDays(2)), agency("shelter-b", Duration.ofDays(2))};
        Silence before = silence(expected);
        assertThat(before.known())
                .as("nothing is known before the books are read")
                .isEmpty();

        before.take();
        assertThat(before.silent()).extracting(Silence.Silent::agency).containsExactly("shelter-a");
        now = NOW.plus(Duration.ofDays(3));
        Silence after = silence(expected);
        after.take();

        assertThat(after.silent())
                .containsExactlyInAnyOrder(
                        new Silence.Silent("shelter-a", Instant.parse("2026-09-30T03:00:00Z")),
                        new Silence.Silent("shelter-b", NOW));
    }

    private void spoke(String agency, Instant at) throws SQLException {
        long hour = at.toEpochMilli() / 3_600_000 * 3_600_000;
        Databases.execute(
                database,
                "insert into account_hour (agency, hour, accepted, refused, owed, waiting, delivered, desk, withdrawn)"
                        + " values ('" + agency + "', " + hour + ", 1, 0, 0, 0, 0, 0, 0)"
                        + " on conflict (hour, agency) do nothing");
    }

    private Silence silence(Agency... agencies) {
        TestAgencies all = new TestAgencies();
        for (Agency agency : agencies) {
            all.with(agency);
        }
        AgencyRegistry registry = all.registry();
        return new Silence(database, () -> registry, clock);
    }

    private static Agency agency(String id, @Nullable Duration expectedEvery) {
        return new Agency(
                id,
                AgencyKind.values()[0],
                new Text(id, id),
                Set.of(Agency.EVERYWHERE),
                "canonical",
                OpeningHours.ALWAYS,
                Reach.INBOX,
                false,
                expectedEvery);
    }
}
