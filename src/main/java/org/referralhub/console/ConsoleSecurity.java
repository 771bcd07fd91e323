package org.referralhub.console;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.referralhub.agency.OperatorRole;
import org.referralhub.api.Caller;
import org.referralhub.api.TooManyFailures;
import org.springframework.boot.web.server.servlet.CookieSameSiteSupplier;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Who may come in by a browser, and what a page may do there. Only the pages of {@link Section} and what they are made of are
 * here; everything else is the business of the HTTP face.
 */
@Configuration(proxyBeanMethods = false)
class ConsoleSecurity {
    static final String LOGIN = "/login";
    static final String LOGOUT = "/logout";
    /** Shown, with status 403, to who has signed in and may not. */
    static final String DENIED = "/console/denied";

    /** Attribute of a refused request: true when its form does not belong to the session. */
    static final String STALE = ConsoleSecurity.class.getName() + ".stale";

    private static final int MINUTES_WITHOUT_LOGIN = 10;

    private static final String COOKIE = "hub-session";
    /** Nothing from elsewhere, nothing written into a page: neither scripts nor styles nor anybody's frame around it. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    @Bean
    CookieSameSiteSupplier consoleCookie() {
        // Lax and not strict: a link in an alarm's mail leads to its letter without another login.
        return CookieSameSiteSupplier.ofLax().whenHasName(COOKIE);
    }

    @Bean
    ServletContextInitializer consoleSessions() {
        return context -> {
            // Of who has not signed in: everybody can make them, so they must not pile up. The first page after the
            // login
            // gives a session its time, see Visit.
            context.setSessionTimeout(MINUTES_WITHOUT_LOGIN);
            context.setSessionTrackingModes(Set.of(SessionTrackingMode.COOKIE));
            context.getSessionCookieConfig().setName(COOKIE);
            context.getSessionCookieConfig().setHttpOnly(true);
        };
    }

    @SuppressWarnings("NullAway") // null is how this setter switches the parameter off, says its documentation
    private static HttpSessionRequestCache wantedPages() {
        HttpSessionRequestCache wanted = new HttpSessionRequestCache();
        wanted.setRequestMatcher(ConsoleSecurity::isPage);
        wanted.setMatchingRequestParameterName(null);
        return wanted;
    }

    @Bean
    @Order(0)
    SecurityFilterChain consoleChain(HttpSecurity http, AuthenticationManager login, Visit visit, Clock clock) {
        HttpSessionRequestCache wanted = wantedPages();
        http.securityMatcher(paths())
                .authenticationManager(attempt -> operatorsOnly(login.authenticate(attempt)))
                .formLogin(form -> form.loginPage(LOGIN).failureHandler(ConsoleSecurity::notIn))
                .logout(logout -> logout.logoutUrl(LOGOUT).logoutSuccessUrl(LOGIN + "?out"))
                .httpBasic(AbstractHttpConfigurer::disable)
                .requestCache(cache -> cache.requestCache(wanted))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(
                                // What asks by itself is an open page, so somebody had signed in.
                                (request, response, failure) ->
                                        Away.toLogin(request, response, Visit.isByItself(request) ? "ended" : "please"))
                        .accessDeniedHandler(ConsoleSecurity::refuse))
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(POLICY))
                        .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN)))
                .addFilterBefore(new VisitFilter(visit, clock), AuthorizationFilter.class)
                .authorizeHttpRequests(may -> {
                    may.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.FORWARD)
                            .permitAll()
                            .requestMatchers(HttpMethod.GET, ConsoleConfiguration.ASSETS + "/**")
                            .permitAll()
                            // With whatever they are told by the page before.
                            .requestMatchers(LOGIN, LOGOUT)
                            .permitAll()
                            .requestMatchers(HttpMethod.POST, PreferencesController.PATH)
                            .permitAll()
                            .requestMatchers(HttpMethod.GET, LiveController.PATH)
                            .hasAnyRole(names(EnumSet.allOf(OperatorRole.class)));
                    may.requestMatchers(HttpMethod.POST, RunPages.REHEARSALS, RunPages.CANCEL)
                            .hasAnyRole(names(EnumSet.of(OperatorRole.OPERATOR, OperatorRole.INTEGRATOR)));
                    may.requestMatchers(HttpMethod.GET, CorrectionPages.PATH).hasRole(OperatorRole.OPERATOR.name());
                    // Who looks after routes needs no list of one agency's referrals.
                    may.requestMatchers(HttpMethod.GET, BookPages.MANIFEST)
                            .hasAnyRole(names(Section.REFERRALS.reads()));
                    for (Section section : Section.values()) {
                        if (!section.acts().isEmpty()) {
                            may.requestMatchers(on(HttpMethod.POST, section)).hasAnyRole(names(section.acts()));
                        }
                        may.requestMatchers(on(HttpMethod.GET, section)).hasAnyRole(names(section.reads()));
                    }
                    may.anyRequest().denyAll();
                });
        return http.build();
    }

    /** All that the console answers. */
    private static String[] paths() {
        List<String> paths = new ArrayList<>(List.of(LOGIN, LOGOUT, "/console/**"));
        for (Section section : Section.values()) {
            paths.addAll(Arrays.asList(section.patterns()));
        }
        return paths.toArray(String[]::new);
    }

    private static RequestMatcher on(HttpMethod method, Section section) {
        return new OrRequestMatcher(Arrays.stream(section.patterns())
                .<RequestMatcher>map(
                        pattern -> PathPatternRequestMatcher.withDefaults().matcher(method, pattern))
                .toList());
    }

    private static String[] names(Set<OperatorRole> roles) {
        return roles.stream().map(Enum::name).toArray(String[]::new);
    }

    private static Authentication operatorsOnly(Authentication known) {
        if (known.getPrincipal() instanceof Caller caller && !caller.agency()) {
            return known;
        }
        throw new BadCredentialsException("not an operator");
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response, AccessDeniedException failure)
            throws IOException, ServletException {
        boolean stale = failure instanceof CsrfException;
        if (stale && (!hasSignedIn() || request.getRequestURI().equals(LOGIN))) {
            // The form is older than the session.
            Away.toLogin(request, response, "ended");
        } else {
            request.setAttribute(STALE, stale);
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            request.getRequestDispatcher(DENIED).forward(request, response);
        }
    }

    private static boolean hasSignedIn() {
        return Visit.caller(SecurityContextHolder.getContext().getAuthentication()) != null;
    }

    /** A page to come back to after the login: asked for by a person, and not a part of one. */
    private static boolean isPage(HttpServletRequest request) {
        String accepted = request.getHeader("Accept");
        return request.getMethod().equals("GET")
                && accepted != null
                && accepted.contains("text/html")
                && request.getHeader("HX-Request") == null;
    }

    private static void notIn(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (failure instanceof TooManyFailures tooMany) {
            response.sendRedirect(LOGIN + "?wait=" + tooMany.seconds());
        } else {
            response.sendRedirect(LOGIN + "?failed");
        }
    }
}
