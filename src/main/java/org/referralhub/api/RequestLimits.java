package org.referralhub.api;

import io.github.bucket4j.ConsumptionProbe;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * How often and how much: each caller's allowance of requests, and the size of a body, which is refused before more of it is
 * read. Stands behind the login, so that nobody can use up another's allowance.
 */
final class RequestLimits extends OncePerRequestFilter {
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final ProblemWriter problems;
    private final Allowances requests;
    private final long maxBody;

    RequestLimits(ProblemWriter problems, long requestsPerSecond, long burst, long maxBody) {
        this.problems = problems;
        this.requests = new Allowances(burst, requestsPerSecond, Duration.ofSeconds(1));
        this.maxBody = maxBody;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (comesFromForeignPage(request)) {
            problems.write(
                    response, ProblemException.of(Problem.FORBIDDEN, "A page of another site may not call the hub."));
            return;
        }
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (caller != null && caller.getPrincipal() instanceof Caller known) {
            ConsumptionProbe probe = requests.of((known.agency() ? "agency " : "operator ") + known.id())
                    .tryConsumeAndReturnRemaining(1);
            if (!probe.isConsumed()) {
                long seconds = Math.max(1, (probe.getNanosToWaitForRefill() + 999_999_999L) / 1_000_000_000L);
                problems.write(response, ProblemException.retry(Problem.TOO_MANY_REQUESTS, null, seconds, null));
                return;
            }
        }
        if (request.getContentLengthLong() > maxBody) {
            // The rest is not read, so the connection can't be used again.
            response.setHeader("Connection", "close");
            problems.write(response, tooLarge(maxBody));
            return;
        }
        chain.doFilter(new Bounded(request, maxBody), response);
    }

    static ProblemException tooLarge(long maxBody) {
        return ProblemException.of(Problem.TOO_LARGE, "A body may have %d bytes.".formatted(maxBody));
    }

    /** A browser that keeps an operator's secret must not be steered by somebody else's page. */
    private static boolean comesFromForeignPage(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        return site != null
                && !SAFE.contains(request.getMethod())
                && !Set.of("same-origin", "none").contains(site.toLowerCase(Locale.ROOT));
    }

    /** Counts what is read, for bodies that do not say how long they are. */
    private static final class Bounded extends HttpServletRequestWrapper {
        private final long maxBody;

        Bounded(HttpServletRequest request, long maxBody) {
            super(request);
            this.maxBody = maxBody;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new Counting(super.getInputStream(), maxBody);
        }

        @Override
        public BufferedReader getReader() throws IOException {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }

    private static final class Counting extends ServletInputStream {
        private final ServletInputStream body;
        private final long maxBody;
        private long read;

        Counting(ServletInputStream body, long maxBody) {
            this.body = body;
            this.maxBody = maxBody;
        }

        @Override
        public int read() throws IOException {
            int next = body.read();
            count(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int got = body.read(buffer, offset, length);
            count(Math.max(0, got));
            return got;
        }

        private void count(int bytes) {
            read += bytes;
            if (read > maxBody) {
                throw tooLarge(maxBody);
            }
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            body.setReadListener(listener);
        }
    }
}
