package org.referralhub.agency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LoginLogTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final LoginLog log = new LoginLog(Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void nothing_is_known_of_somebody_who_did_not_try() {
        assertThat(log.of("bold")).isEqualTo(new LoginLog.Entry(null, null, null));
        assertThat(log.of("bold").isHeld(NOW)).isFalse();
    }

    @Test
    void wrong_secrets_lock_out_until_their_time_is_over_and_a_right_one_elsewhere_does_not_hide_it() {
        log.failed("bold", 0);
        assertThat(log.of("bold").isHeld(NOW)).isFalse();
        log.failed("bold", 30);
        log.seen("bold");

        LoginLog.Entry bold = log.of("bold");
        assertThat(bold).isEqualTo(new LoginLog.Entry(NOW, NOW, NOW.plusSeconds(30)));
        assertThat(bold.isHeld(NOW)).isTrue();
        assertThat(bold.isHeld(NOW.plusSeconds(30))).isFalse();
    }
}
