package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.ledger.CourierLines.Place;

/** Lines of what is brought again, on both databases. */
class CourierLinesTest {
    private static final Instant NOON = Instant.parse("2026-11-23T04:00:00Z");

    @ParameterizedTest
    @EnumSource
    void eachReferralOfAnAgencyHasItsLineAndADeliveryStandsInItOnce(Databases kind) {
        try (LedgerDatabase database = kind.open()) {
            CourierLines lines = new CourierLines(database);
            Place request = new Place("d-1", NOON, NOON.plusSeconds(1));
            Place later = new Place("d-1", NOON, NOON.plusSeconds(5));
            Place amendment = new Place("d-2", NOON.plusSeconds(2), NOON.plusSeconds(3));
            lines.stand("shelter", "r-1", request);
            lines.stand("shelter", "r-1", amendment);
            lines.stand("shelter", "r-1", later);
            lines.stand("shelter", "r-2", request);
            lines.stand("police", "r-1", request);

            assertThat(lines.read("shelter", "r-1")).containsExactlyInAnyOrder(later, amendment);
            lines.leave("shelter", "r-1", "d-1");
            lines.leave("shelter", "r-1", "d-1");
            assertThat(lines.read("shelter", "r-1")).containsExactly(amendment);
            assertThat(lines.read("shelter", "r-2")).containsExactly(request);
            assertThat(lines.read("police", "r-1")).containsExactly(request);
            assertThat(lines.read("police", "r-2")).isEmpty();
        }
    }
}
