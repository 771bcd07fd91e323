package org.referralhub.flow;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.RuntimeCamelException;
import org.junit.jupiter.api.Test;
import org.referralhub.message.Headers;
import org.springframework.jms.UncategorizedJmsException;

class FailuresTest {
    private static final String SECRET = "Болормаа";

    private final Failures failures = new Failures(5);

    @Test
    void a_broker_that_falters_may_heal_until_the_last_attempt() {
        Throwable falters = new UncategorizedJmsException(new JMSException("session closed"));
        assertThat(failures.mayHeal(falters, 1)).isTrue();
        assertThat(failures.mayHeal(falters, 4)).isTrue();
        assertThat(failures.mayHeal(falters, 5)).isFalse();
        assertThat(failures.mayHeal(new RuntimeCamelException(new IOException("reset")), 1))
                .isTrue();
    }

    @Test
    void what_nobody_has_classified_is_permanent() {
        assertThat(failures.mayHeal(new NullPointerException(), 1)).isFalse();
        assertThat(failures.mayHeal(new UnknownAgencyException("gone"), 1)).isFalse();
        assertThat(failures.mayHeal(
                        new org.springframework.jms.InvalidDestinationException(
                                new InvalidDestinationException("no such queue")),
                        1))
                .isFalse();
    }

    @Test
    void the_description_holds_codes_and_class_names_and_no_text_of_the_exception() {
        Map<String, Object> headers = new HashMap<>(Map.of(Headers.SENDER, "helpline-108"));

        failures.describe(new IllegalArgumentException(SECRET), "intake-helpline", 1, headers);

        assertThat(headers)
                .containsEntry(Headers.KIND, "DEAD")
                .containsEntry(Headers.DEAD_ORIGIN, "intake.helpline")
                .containsEntry(Headers.DEAD_STAGE, "intake-helpline")
                .containsEntry(Headers.DEAD_CAUSE, "unexpected-failure")
                .containsEntry(Headers.DEAD_CLASS, "unknown")
                .containsEntry(Headers.SENDER, "helpline-108");
        assertThat(headers.toString()).doesNotContain(SECRET).contains("IllegalArgumentException");
    }

    @Test
    void the_last_attempt_says_that_the_attempts_are_used_up() {
        Map<String, Object> headers = new HashMap<>();

        failures.describe(new JMSException("session closed"), "deliver", 5, headers);

        assertThat(headers)
                .containsEntry(Headers.DEAD_ORIGIN, "hub.delivery")
                .containsEntry(Headers.DEAD_CAUSE, "broker-failed")
                .containsEntry(Headers.DEAD_CLASS, "exhausted")
                .containsEntry(Headers.DEAD_ATTEMPTS, 5);
    }
}
