package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.OperatorRole;
import org.referralhub.agency.Operators;
import org.referralhub.api.Caller;
import org.referralhub.api.SignedIn;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;

/**
 * How long a session may go on: not longer than a working day, not after the person has walked away, and not after the person
 * was taken out of the list of operators or was given other roles or another secret.
 */
final class Visit {
    private static final String ACTED = Visit.class.getName();

    private final Supplier<Operators> operators;
    private final Duration idle;
    private final Duration longest;

    Visit(Supplier<Operators> operators, ConsoleSettings settings) {
        this.operators = operators;
        this.idle = settings.idle();
        this.longest = settings.longest();
    }

    /** The person has done something. */
    void acted(HttpSession session, Instant now) {
        session.setAttribute(ACTED, now);
        session.setMaxInactiveInterval((int) Math.max(60, idle.toSeconds()));
    }

    /** True when the session of somebody who has signed in must end. */
    boolean isOver(HttpSession session, Caller caller, Instant now) {
        Instant begun = Instant.ofEpochMilli(session.getCreationTime());
        Instant acted = session.getAttribute(ACTED) instanceof Instant last ? last : begun;
        return now.isAfter(acted.plus(idle)) || now.isAfter(begun.plus(longest)) || !isStill(session, caller);
    }

    private boolean isStill(HttpSession session, Caller caller) {
        Operators now = operators.get();
        return now.find(caller.id())
                .map(operator -> names(operator.roles()).equals(caller.roles())
                        && now.fingerprint(caller.id()).equals(fingerprint(session)))
                .orElse(false);
    }

    private static Set<String> names(Set<OperatorRole> roles) {
        return roles.stream().map(Enum::name).collect(Collectors.toUnmodifiableSet());
    }

    private static @Nullable Authentication authentication(HttpSession session) {
        Object context = session.getAttribute(HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY);
        return context instanceof SecurityContext known ? known.getAuthentication() : null;
    }

    private static @Nullable String fingerprint(HttpSession session) {
        Authentication known = authentication(session);
        return known != null && known.getDetails() instanceof SignedIn begun ? begun.fingerprint() : null;
    }

    /** Who has signed in; null when nobody has. */
    static @Nullable Caller caller(HttpSession session) {
        return caller(authentication(session));
    }

    /** Who has signed in; null when nobody has. */
    static @Nullable Caller caller(@Nullable Authentication authentication) {
        return authentication != null && authentication.getPrincipal() instanceof Caller caller ? caller : null;
    }

    /** True for what a page fetches without its reader having done anything. */
    static boolean isByItself(HttpServletRequest request) {
        return request.getHeader("X-Hub-Live") != null
                || request.getRequestURI().startsWith(LiveController.PATH);
    }
}
