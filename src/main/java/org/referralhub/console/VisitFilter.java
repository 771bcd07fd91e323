package org.referralhub.console;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.regex.Pattern;
import org.referralhub.api.Caller;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Ends sessions that are over, and turns away what nobody means: control characters in an address. */
final class VisitFilter extends OncePerRequestFilter {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}]|%(0\\p{XDigit}|1\\p{XDigit}|7[fF])");

    private final Visit visit;
    private final Clock clock;

    VisitFilter(Visit visit, Clock clock) {
        this.visit = visit;
        this.clock = clock;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String query = request.getQueryString();
        if (query != null && CONTROL.matcher(query).find()) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        HttpSession session = request.getSession(false);
        Caller caller = session == null ? null : Visit.caller(session);
        if (session != null && caller != null) {
            Instant now = clock.instant();
            if (visit.isOver(session, caller, now)) {
                SecurityContextHolder.clearContext();
                session.invalidate();
                Away.toLogin(request, response, "ended");
                return;
            }
            if (!Visit.isByItself(request)) {
                visit.acted(session, now);
            }
        }
        chain.doFilter(request, response);
    }
}
