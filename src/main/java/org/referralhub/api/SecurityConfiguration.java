package org.referralhub.api;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.LoginLog;
import org.referralhub.agency.Operators;
import org.referralhub.ledger.AccessLog;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import tools.jackson.databind.json.JsonMapper;

/** Who may call what over HTTP. What is not named here is refused. */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class SecurityConfiguration {
    private static final String OPERATOR = "OPERATOR";
    private static final String AUDITOR = "AUDITOR";
    private static final String ADMINISTRATOR = "ADMINISTRATOR";
    private static final String[] EVERY_OPERATOR = Login.operatorRoles().toArray(String[]::new);

    @Bean
    ProblemWriter problemWriter(JsonMapper json) {
        return new ProblemWriter(json);
    }

    @Bean
    LoginLog loginLog(Clock clock) {
        return new LoginLog(clock);
    }

    /** The only way in; its presence also keeps Spring Boot from inventing a user. */
    @Bean
    AuthenticationManager login(
            Supplier<AgencyRegistry> agencies,
            Supplier<Operators> operators,
            LoginLog log,
            AccessLog audit,
            ApiSettings settings) {
        return new ProviderManager(new Login(
                agencies,
                operators,
                log,
                user -> audit.noteLater(user, "locked-out"),
                settings.failedLogins(),
                settings.failedLoginRecovery()));
    }

    @Bean
    SecurityFilterChain hubSecurity(
            HttpSecurity http, AuthenticationManager login, ProblemWriter problems, ApiSettings settings) {
        http.authenticationManager(login)
                .httpBasic(basic -> basic.authenticationEntryPoint(
                        (request, response, failure) -> notIn(problems, response, failure)))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(
                                (request, response, failure) -> notIn(problems, response, failure))
                        .accessDeniedHandler((request, response, failure) ->
                                problems.write(response, ProblemException.of(Problem.FORBIDDEN, null))))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                // No session and no cookie to ride on; RequestLimits turns foreign pages away.
                .csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(anonymous -> {})
                .headers(headers -> headers.contentSecurityPolicy(
                                policy -> policy.policyDirectives("default-src 'none'; frame-ancestors 'none'"))
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER)))
                .addFilterBefore(new StrangeParameters(problems), AuthorizationFilter.class)
                .addFilterBefore(
                        new RequestLimits(
                                problems,
                                settings.requestsPerSecond(),
                                settings.burst(),
                                settings.maxBody().toBytes()),
                        AuthorizationFilter.class)
                .authorizeHttpRequests(may -> may.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers("/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness")
                        .permitAll()
                        .requestMatchers(HttpMethod.GET, "/v3/api-docs", "/v3/api-docs.yaml")
                        .permitAll()
                        .requestMatchers("/actuator/**")
                        .hasAnyRole(EVERY_OPERATOR)
                        .requestMatchers(HttpMethod.POST, "/api/v1/messages")
                        .hasRole(Caller.AGENCY)
                        .requestMatchers("/api/v1/inbox", "/api/v1/inbox/*")
                        .hasRole(Caller.AGENCY)
                        .requestMatchers(HttpMethod.POST, "/api/v1/validate")
                        .hasRole(Caller.AGENCY)
                        .requestMatchers(HttpMethod.POST, "/api/v1/referrals/search")
                        .hasRole(OPERATOR)
                        .requestMatchers(HttpMethod.GET, "/api/v1/referrals/*", "/api/v1/referrals/*/timeline")
                        .hasAnyRole(Caller.AGENCY, OPERATOR, AUDITOR, ADMINISTRATOR)
                        .requestMatchers(HttpMethod.GET, "/api/v1/referrals")
                        .hasAnyRole(OPERATOR, AUDITOR, ADMINISTRATOR)
                        .requestMatchers("/api/v1/dead-letters/rehearsals", "/api/v1/dead-letters/rehearsals/*")
                        .hasAnyRole(OPERATOR, "INTEGRATOR")
                        .requestMatchers(
                                HttpMethod.POST,
                                "/api/v1/dead-letters/runs",
                                "/api/v1/dead-letters/runs/*/pause",
                                "/api/v1/dead-letters/runs/*/resume",
                                "/api/v1/dead-letters/runs/*/stop")
                        .hasRole(OPERATOR)
                        // Who does not work at the desk sees what was done there on the audit chain.
                        .requestMatchers(
                                HttpMethod.GET,
                                "/api/v1/dead-letters",
                                "/api/v1/dead-letters/*",
                                "/api/v1/dead-letters/groups/*",
                                "/api/v1/dead-letters/runs/*")
                        .hasAnyRole(OPERATOR, "INTEGRATOR")
                        .requestMatchers(
                                HttpMethod.POST,
                                "/api/v1/dead-letters/groups/*",
                                "/api/v1/dead-letters/*/replay",
                                "/api/v1/dead-letters/*/discard",
                                "/api/v1/dead-letters/*/restore",
                                "/api/v1/dead-letters/*/return",
                                "/api/v1/dead-letters/*/own",
                                "/api/v1/dead-letters/*/note")
                        .hasRole(OPERATOR)
                        .requestMatchers(HttpMethod.GET, "/api/v1/dead-letters/*/content")
                        .hasAnyRole(OPERATOR, "INTEGRATOR")
                        .requestMatchers(
                                HttpMethod.POST, "/api/v1/dead-letters/*/unmask", "/api/v1/dead-letters/*/correct")
                        .hasRole(OPERATOR)
                        .requestMatchers(HttpMethod.GET, "/api/v1/unmaskings")
                        .hasAnyRole(OPERATOR, AUDITOR, ADMINISTRATOR)
                        // Whoever has asked is refused by the order itself.
                        .requestMatchers(HttpMethod.POST, "/api/v1/unmaskings/*/approve", "/api/v1/unmaskings/*/refuse")
                        .hasAnyRole(OPERATOR, ADMINISTRATOR)
                        .requestMatchers(HttpMethod.GET, "/api/v1/agencies", "/api/v1/books", "/api/v1/books/hours")
                        .hasAnyRole(EVERY_OPERATOR)
                        .requestMatchers(HttpMethod.GET, "/api/v1/configuration", "/api/v1/configuration/history")
                        .hasAnyRole(EVERY_OPERATOR)
                        .requestMatchers(HttpMethod.POST, "/api/v1/configuration", "/api/v1/configuration/back")
                        .hasAnyRole(OPERATOR, "INTEGRATOR", ADMINISTRATOR)
                        .requestMatchers(HttpMethod.POST, "/api/v1/agencies/*/pause", "/api/v1/agencies/*/resume")
                        .hasAnyRole(OPERATOR, ADMINISTRATOR)
                        .requestMatchers(HttpMethod.GET, "/api/v1/counts")
                        .hasAnyRole(AUDITOR, ADMINISTRATOR)
                        .requestMatchers(HttpMethod.GET, "/api/v1/audit", "/api/v1/audit/verification")
                        .hasAnyRole(AUDITOR, ADMINISTRATOR)
                        .requestMatchers(HttpMethod.GET, "/api/v1/routes", "/api/v1/alarms")
                        .hasAnyRole(EVERY_OPERATOR)
                        .requestMatchers(HttpMethod.GET, "/api/v1/users")
                        .hasRole(ADMINISTRATOR)
                        .requestMatchers(HttpMethod.GET, "/api/v1/manifest")
                        .hasAnyRole(Caller.AGENCY, OPERATOR, AUDITOR, ADMINISTRATOR)
                        .anyRequest()
                        .denyAll());
        return http.build();
    }

    private static void notIn(ProblemWriter problems, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (failure instanceof TooManyFailures tooMany) {
            problems.write(
                    response, ProblemException.retry(Problem.TOO_MANY_FAILED_LOGINS, null, tooMany.seconds(), null));
            return;
        }
        response.setHeader("WWW-Authenticate", "Basic realm=\"Referral Hub\", charset=\"UTF-8\"");
        problems.write(response, ProblemException.of(Problem.UNAUTHENTICATED, null));
    }
}
