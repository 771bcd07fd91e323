package org.referralhub.api;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.EstimationProbe;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.LoginLog;
import org.referralhub.agency.Operators;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/**
 * Checks the secrets of agencies and operators. Wrong ones make the next tries wait: for one user from one address, and, far
 * more generously, for one address whatever the user. Others, and the same user from elsewhere, are not held up; nor is who
 * was let in from an address held up by what others try from there. While a try has to wait, its secret is not looked at: who
 * guesses must not learn that a guess was right.
 */
final class Login implements AuthenticationProvider {
    private static final int USERS_TRIED_FROM_ONE_ADDRESS = 20;
    private static final int MOST_LET_IN = 20_000;

    private final Supplier<AgencyRegistry> agencies;
    private final Supplier<Operators> operators;
    private final LoginLog log;
    private final Allowances triesOfUser;
    private final Allowances triesOfAddress;
    /** Users with addresses that they were let in from, those of late. */
    private final Map<String, Boolean> letIn = Collections.synchronizedMap(new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_LET_IN;
        }
    });

    /** @param log is told how it goes for operators */
    Login(
            Supplier<AgencyRegistry> agencies,
            Supplier<Operators> operators,
            LoginLog log,
            long tries,
            Duration recovery) {
        this.agencies = agencies;
        this.operators = operators;
        this.log = log;
        this.triesOfUser = new Allowances(tries, 1, recovery);
        this.triesOfAddress =
                new Allowances(tries * USERS_TRIED_FROM_ONE_ADDRESS, USERS_TRIED_FROM_ONE_ADDRESS, recovery);
    }

    @Override
    public Authentication authenticate(Authentication attempt) {
        String user = attempt.getName();
        String address = attempt.getDetails() instanceof WebAuthenticationDetails details
                ? String.valueOf(details.getRemoteAddress())
                : "unknown";
        String userThere = address + ' ' + user;
        Bucket ofAddress = triesOfAddress.of(address);
        Bucket ofUser = triesOfUser.of(userThere);
        long wait = secondsToWait(ofUser);
        if (!letIn.containsKey(userThere)) {
            wait = Math.max(wait, secondsToWait(ofAddress));
        }
        boolean known = operators.get().find(user).isPresent();
        if (wait > 0) {
            if (known) {
                log.failed(user, wait);
            }
            throw new TooManyFailures(wait);
        }
        Caller caller = identify(user, attempt.getCredentials());
        if (caller == null) {
            ofAddress.tryConsume(1);
            ofUser.tryConsume(1);
            if (known) {
                log.failed(user, secondsToWait(ofUser));
            }
            throw new BadCredentialsException("unknown user or wrong secret");
        }
        letIn.put(userThere, true);
        if (known) {
            log.seen(user);
        }
        return UsernamePasswordAuthenticationToken.authenticated(
                caller,
                null,
                caller.roles().stream()
                        .map(role -> new SimpleGrantedAuthority("ROLE_" + role))
                        .collect(Collectors.toCollection(java.util.ArrayList::new)));
    }

    private @Nullable Caller identify(String user, @Nullable Object credentials) {
        char[] secret =
                credentials == null ? new char[0] : credentials.toString().toCharArray();
        Operators known = operators.get();
        // Both are asked always, so that the time taken does not tell which of them knows the user.
        boolean agency = agencies.get().authenticate(user, secret);
        boolean operator = known.authenticate(user, secret);
        if (agency) {
            return new Caller(user, true, Set.of(Caller.AGENCY));
        }
        if (operator) {
            return known.find(user)
                    .map(found -> new Caller(
                            found.id(),
                            false,
                            found.roles().stream().map(Enum::name).collect(Collectors.toUnmodifiableSet())))
                    .orElse(null);
        }
        return null;
    }

    private static long secondsToWait(Bucket bucket) {
        EstimationProbe probe = bucket.estimateAbilityToConsume(1);
        return probe.canBeConsumed()
                ? 0
                : Math.max(1, (probe.getNanosToWaitForRefill() + 999_999_999L) / 1_000_000_000L);
    }

    @Override
    public boolean supports(Class<?> type) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
    }

    /** Names of all roles that are not an agency's. */
    static List<String> operatorRoles() {
        return java.util.Arrays.stream(org.referralhub.agency.OperatorRole.values())
                .map(Enum::name)
                .toList();
    }
}
