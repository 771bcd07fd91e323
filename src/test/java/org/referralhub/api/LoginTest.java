package org.referralhub.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.LoginLog;
import org.referralhub.agency.Operator;
import org.referralhub.agency.OperatorRole;
import org.referralhub.agency.Operators;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** Who guesses has to wait, and nobody else. */
class LoginTest {
    private static final AgencyRegistry AGENCIES = AgencyRegistry.of(List.of(), Map.of(), place -> List.of(place));
    private static final Operators OPERATORS =
            Operators.of(List.of(new Operator("night", Set.of(OperatorRole.OPERATOR))), Map.of("night", "right"));

    private final List<String> lockedOut = new ArrayList<>();
    private Login login = login(() -> AGENCIES);

    private Login login(Supplier<AgencyRegistry> agencies) {
        return new Login(
                agencies, () -> OPERATORS, new LoginLog(Clock.systemUTC()), lockedOut::add, 1, Duration.ofDays(1));
    }

    @Test
    void a_name_that_nobody_can_have_is_no_key_but_costs_its_address() {
        String name = "n".repeat(65);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> attempt("10.0.0.1", name, "wrong")).isInstanceOf(BadCredentialsException.class);
        }
        assertThatThrownBy(() -> attempt("10.0.0.1", name, "wrong")).isInstanceOf(TooManyFailures.class);
        assertThatThrownBy(() -> attempt("10.0.0.1", "night", "right")).isInstanceOf(TooManyFailures.class);
    }

    @Test
    void an_operator_who_is_locked_out_is_told_of_once_and_others_are_not_named() {
        assertThatThrownBy(() -> attempt("10.0.0.1", "nobody", "wrong")).isInstanceOf(BadCredentialsException.class);
        assertThat(lockedOut).isEmpty();
        assertThatThrownBy(() -> attempt("10.0.0.1", "night", "wrong")).isInstanceOf(BadCredentialsException.class);
        assertThatThrownBy(() -> attempt("10.0.0.1", "night", "wrong")).isInstanceOf(TooManyFailures.class);
        assertThat(lockedOut).containsExactly("night");
    }

    @Test
    void tries_at_the_same_moment_do_not_share_an_allowance() {
        List<Throwable> meanwhile = new ArrayList<>();
        login = login(() -> {
            if (meanwhile.isEmpty()) {
                meanwhile.add(new IllegalStateException("it was let in"));
                assertThatThrownBy(() -> attempt("10.0.0.1", "night", "wrong"))
                        .satisfies(failure -> meanwhile.set(0, failure));
            }
            return AGENCIES;
        });
        assertThatThrownBy(() -> attempt("10.0.0.1", "night", "wrong")).isInstanceOf(BadCredentialsException.class);
        assertThat(meanwhile).hasOnlyElementsOfType(TooManyFailures.class);
    }

    @Test
    void the_right_secret_costs_nothing() {
        for (int i = 0; i < 50; i++) {
            assertThatCode(() -> attempt("10.0.0.1", "night", "right")).doesNotThrowAnyException();
        }
        assertThatThrownBy(() -> attempt("10.0.0.1", "night", "wrong")).isInstanceOf(BadCredentialsException.class);
        assertThatThrownBy(() -> attempt("10.0.0.1", "night", "right")).isInstanceOf(TooManyFailures.class);
    }

    @Test
    void addresses_of_one_network_are_one() {
        assertThatThrownBy(() -> attempt("2001:db8:1:2::1", "night", "wrong"))
                .isInstanceOf(BadCredentialsException.class);
        assertThatThrownBy(() -> attempt("2001:db8:1:2:a:b:c:d", "night", "wrong"))
                .isInstanceOf(TooManyFailures.class);
        assertThatThrownBy(() -> attempt("2001:db8:1:3::1", "night", "wrong"))
                .isInstanceOf(BadCredentialsException.class);
    }

    @Test
    void an_operator_is_not_guessed_from_ever_new_addresses_and_works_on_where_it_was_let_in() {
        assertThatCode(() -> attempt("10.0.1.1", "night", "right")).doesNotThrowAnyException();
        for (int i = 0; i < 40; i++) {
            String address = "10.0.0." + i;
            assertThatThrownBy(() -> attempt(address, "night", "wrong")).isInstanceOf(BadCredentialsException.class);
        }
        assertThatThrownBy(() -> attempt("10.0.0.99", "night", "right")).isInstanceOf(TooManyFailures.class);
        assertThatCode(() -> attempt("10.0.1.1", "night", "right")).doesNotThrowAnyException();
    }

    private Authentication attempt(String address, String user, String secret) {
        UsernamePasswordAuthenticationToken attempt = UsernamePasswordAuthenticationToken.unauthenticated(user, secret);
        attempt.setDetails(new WebAuthenticationDetails(address, null));
        return login.authenticate(attempt);
    }
}
