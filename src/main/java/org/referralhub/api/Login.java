package org.referralhub.api;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.EstimationProbe;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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
 * more generously, for one address whatever the user and for one operator whatever the address. Others are not held up; nor is
 * who was let in from an address held up by what others try, from there or from elsewhere. While a try has to wait, its secret
 * is not looked at: who guesses must not learn that a guess was right.
 */
final class Login implements AuthenticationProvider {
    private static final int USERS_TRIED_FROM_ONE_ADDRESS = 20;
    private static final int ADDRESSES_OF_ONE_USER = 40;
    /** As the configuration allows an id. */
    private static final int LONGEST_NAME = 64;

    private static final int MOST_LET_IN = 20_000;

    private final Supplier<AgencyRegistry> agencies;
    private final Supplier<Operators> operators;
    private final LoginLog log;
    private final Consumer<String> lockedOut;
    private final Allowances triesOfUser;
    private final Allowances triesOfNetwork;
    private final Allowances triesOfOperator;
    /** Users with addresses that they were let in from, those of late. */
    private final Map<String, Boolean> letIn = Collections.synchronizedMap(new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_LET_IN;
        }
    });

    /**
     * @param log is told how it goes for operators
     * @param lockedOut is told whose next try has to wait, once for each wrong secret that does it
     */
    Login(
            Supplier<AgencyRegistry> agencies,
            Supplier<Operators> operators,
            LoginLog log,
            Consumer<String> lockedOut,
            long tries,
            Duration recovery) {
        this.agencies = agencies;
        this.operators = operators;
        this.log = log;
        this.lockedOut = lockedOut;
        this.triesOfUser = new Allowances(tries, 1, recovery);
        this.triesOfNetwork =
                new Allowances(tries * USERS_TRIED_FROM_ONE_ADDRESS, USERS_TRIED_FROM_ONE_ADDRESS, recovery);
        this.triesOfOperator = new Allowances(tries * ADDRESSES_OF_ONE_USER, ADDRESSES_OF_ONE_USER, recovery);
    }

    @Override
    public Authentication authenticate(Authentication attempt) {
        String user = attempt.getName();
        String network = network(attempt.getDetails());
        Bucket ofNetwork = triesOfNetwork.of(network);
        if (user.length() > LONGEST_NAME) {
            // Nobody is called that, and it must not become a key: a thousand of them would fill the memory.
            take(List.of(ofNetwork));
            throw new BadCredentialsException("unknown user or wrong secret");
        }
        String userThere = network + ' ' + user;
        boolean wasLetIn = letIn.containsKey(userThere);
        boolean known = operators.get().find(user).isPresent();
        Bucket ofUser = triesOfUser.of(userThere);
        List<Bucket> limits = new ArrayList<>(List.of(ofUser));
        if (!wasLetIn) {
            limits.add(ofNetwork);
            if (known) {
                limits.add(triesOfOperator.of(user));
            }
        }
        try {
            // Before the secret is looked at: tries that come at the same moment must not all find the same allowance.
            take(limits);
        } catch (TooManyFailures e) {
            if (known) {
                log.failed(user, e.seconds());
            }
            throw e;
        }
        Identity found = identify(user, attempt.getCredentials());
        if (found == null) {
            if (wasLetIn) {
                ofNetwork.tryConsume(1);
            }
            if (known) {
                log.failed(user, secondsToWait(ofUser));
                if (limits.stream().anyMatch(limit -> limit != ofNetwork && secondsToWait(limit) > 0)) {
                    lockedOut.accept(user);
                }
            }
            throw new BadCredentialsException("unknown user or wrong secret");
        }
        limits.forEach(limit -> limit.addTokens(1));
        letIn.put(userThere, true);
        if (known) {
            log.seen(user);
        }
        UsernamePasswordAuthenticationToken token = UsernamePasswordAuthenticationToken.authenticated(
                found.caller(),
                null,
                found.caller().roles().stream()
                        .map(role -> new SimpleGrantedAuthority("ROLE_" + role))
                        .collect(Collectors.toCollection(ArrayList::new)));
        token.setDetails(found.proof());
        return token;
    }

    /** Takes a try from each, or none from any. */
    private static void take(List<Bucket> limits) {
        for (int i = 0; i < limits.size(); i++) {
            if (!limits.get(i).tryConsume(1)) {
                long wait = secondsToWait(limits.get(i));
                limits.subList(0, i).forEach(limit -> limit.addTokens(1));
                throw new TooManyFailures(Math.max(1, wait));
            }
        }
    }

    /** Whose address it is: of IPv6 the half that a provider gives away as a whole, since its holder has all of them. */
    private static String network(@Nullable Object details) {
        String address =
                details instanceof WebAuthenticationDetails web ? String.valueOf(web.getRemoteAddress()) : "unknown";
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            // What looks like an address is not looked up by name.
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return bytes.length == 16 ? HexFormat.of().formatHex(bytes, 0, 8) : address;
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /** @param proof what the session was begun with */
    private record Identity(Caller caller, SignedIn proof) {}

    private @Nullable Identity identify(String user, @Nullable Object credentials) {
        char[] secret =
                credentials == null ? new char[0] : credentials.toString().toCharArray();
        Operators known = operators.get();
        // Both are asked always, so that the time taken does not tell which of them knows the user.
        boolean agency = agencies.get().authenticate(user, secret);
        boolean operator = known.authenticate(user, secret);
        if (agency) {
            return new Identity(new Caller(user, true, Set.of(Caller.AGENCY)), new SignedIn(""));
        }
        if (operator) {
            return known.find(user)
                    .map(found -> new Identity(
                            new Caller(
                                    found.id(),
                                    false,
                                    found.roles().stream().map(Enum::name).collect(Collectors.toUnmodifiableSet())),
                            new SignedIn(known.fingerprint(user))))
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
