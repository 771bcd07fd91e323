package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When agencies last sent something, from the books by the hour. */
class LastSentTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @ParameterizedTest
    @EnumSource(Databases.class)
    void the_last_hour_with_a_message_counts_and_what_is_only_owed_does_not(Databases kind) throws Exception {
        MovableClock clock = new MovableClock("2026-11-22T12:20:00Z");
        try (LedgerDatabase database = kind.open()) {
            LastSent lastSent = new LastSent(database.readers(), clock);
            hour(database, NOON.minus(Duration.ofHours(5)), "police", 1, 0);
            hour(database, NOON.minus(Duration.ofHours(2)), "police", 0, 3);
            hour(database, NOON, "police", 0, 0);
            hour(database, NOON.minus(Duration.ofDays(40)), "school", 1, 0);

            assertThat(lastSent.hours()).isEqualTo(Map.of("police", NOON.minus(Duration.ofHours(2))));
            assertThat(lastSent.of("school")).isEmpty();
            // Its rows are not in this test: the hour is then all that is known.
            assertThat(lastSent.of("police")).contains(NOON.minus(Duration.ofHours(2)));

            clock.move(Duration.ofMinutes(50));
            hour(database, NOON.plus(Duration.ofHours(1)), "school", 1, 0);
            assertThat(lastSent.hours())
                    .isEqualTo(Map.of(
                            "police", NOON.minus(Duration.ofHours(2)), "school", NOON.plus(Duration.ofHours(1))));

            clock.move(Duration.ofDays(32));
            assertThat(lastSent.hours()).isEmpty();
        }
    }

    private static void hour(LedgerDatabase database, Instant hour, String agency, int accepted, int refused)
            throws Exception {
        Databases.execute(
                database,
                "insert into account_hour (hour, agency, accepted, refused, owed, waiting, delivered, desk, withdrawn)"
                        + " values (%d, '%s', %d, %d, 5, 5, 0, 0, 0)"
                                .formatted(hour.toEpochMilli(), agency, accepted, refused));
    }
}
