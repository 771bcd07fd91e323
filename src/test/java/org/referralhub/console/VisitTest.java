package org.referralhub.console;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.Operator;
import org.referralhub.agency.OperatorRole;
import org.referralhub.agency.Operators;
import org.referralhub.api.Caller;
import org.referralhub.api.SignedIn;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;

/** How long a session goes on. */
class VisitTest {
    private static final Caller CALLER = new Caller("night", false, Set.of("OPERATOR"));

    private Operators operators = operators("first");
    private final Visit visit = new Visit(
            () -> operators,
            new ConsoleSettings(Duration.ofMinutes(30), Duration.ofHours(12), 1, Duration.ofSeconds(2)));

    @Test
    void a_new_secret_ends_the_sessions_of_the_old_one_and_an_unchanged_one_does_not() {
        HttpSession session = session();
        assertThat(visit.isOver(session, CALLER, Instant.now())).isFalse();
        operators = operators("first");
        assertThat(visit.isOver(session, CALLER, Instant.now())).isFalse();
        operators = operators("second");
        assertThat(visit.isOver(session, CALLER, Instant.now())).isTrue();
    }

    @Test
    void a_session_gets_its_time_from_the_first_page_after_the_login() {
        HttpSession session = session();
        session.setMaxInactiveInterval(60);
        visit.acted(session, Instant.now());
        assertThat(session.getMaxInactiveInterval()).isEqualTo(1800);
    }

    private HttpSession session() {
        UsernamePasswordAuthenticationToken known =
                UsernamePasswordAuthenticationToken.authenticated(CALLER, null, List.of());
        known.setDetails(new SignedIn(operators.fingerprint("night")));
        MockHttpSession session = new MockHttpSession();
        session.setAttribute(
                HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY, new SecurityContextImpl(known));
        return session;
    }

    private static Operators operators(String secret) {
        return Operators.of(List.of(new Operator("night", Set.of(OperatorRole.OPERATOR))), Map.of("night", secret));
    }
}
