package org.referralhub.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Turns away queries that nobody means: control characters, which PostgreSQL does not take, and years of more than four
 * digits, with which nobody can reckon.
 */
final class StrangeParameters extends OncePerRequestFilter {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final Pattern FAR_YEAR = Pattern.compile("(^|[=,])[ +-]\\d{5,}-\\d\\d");

    private final ProblemWriter problems;

    StrangeParameters(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (isStrange(request.getQueryString())) {
            problems.write(
                    response,
                    ProblemException.of(
                            Problem.BAD_REQUEST, "A parameter has a control character, or a year beyond 9999."));
        } else {
            chain.doFilter(request, response);
        }
    }

    private static boolean isStrange(@Nullable String query) {
        if (query == null) {
            return false;
        }
        for (String parameter : query.split("&", -1)) {
            try {
                String decoded = URLDecoder.decode(parameter, StandardCharsets.UTF_8);
                if (CONTROL.matcher(decoded).find() || FAR_YEAR.matcher(decoded).find()) {
                    return true;
                }
            } catch (IllegalArgumentException e) {
                return true;
            }
        }
        return false;
    }
}
