package org.referralhub.console;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Session;
import org.springframework.web.context.support.WebApplicationContextUtils;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Who may look at and do what in the console, every role against every page and form. One that is not in the matrix fails the
 * test: whoever adds one says here whom it is for.
 */
class ConsoleMatrixIT {
    private static final RunningHub HUB = RunningHub.shared();
    private static final List<String> ROLES = List.of("operator", "integrator", "auditor", "administrator");
    /** Also for who has not signed in. */
    private static final String EVERYBODY = "everybody";

    /** By the first letter: Operator, Integrator, aUditor, aDministrator, and * for everybody. */
    private static final String MATRIX = """
            GET  /login                           O I U D *
            POST /console/preferences             O I U D *
            ANY  /console/denied
            GET  /console/events                  O I U D
            GET  /                                O I U D
            GET  /desk                            O I
            GET  /desk/groups                     O I
            GET  /desk/groups/{fingerprint}       O I
            POST /desk/groups/{fingerprint}       O
            POST /desk/orders                     O
            GET  /desk/letters/{id}               O I
            POST /desk/letters/{id}/note          O
            GET  /desk/letters/{id}/content       O I
            POST /desk/letters/{id}/unmask        O
            GET  /desk/letters/{id}/correct       O
            POST /desk/letters/{id}/correct       O
            GET  /unmaskings                      O U D
            POST /unmaskings/{id}                 O D
            POST /desk/rehearsals                 O I
            GET  /desk/rehearsals/{id}            O I
            POST /desk/rehearsals/{id}/cancel     O I
            GET  /desk/runs                       O I
            POST /desk/runs                       O
            GET  /desk/runs/{id}                  O I
            POST /desk/runs/{id}                  O
            GET  /referrals                       O U D
            POST /referrals/search                O
            GET  /referrals/{id}                  O U D
            GET  /agencies                        O I U D
            GET  /agencies/{id}                   O I U D
            POST /agencies/{id}/pause             O D
            POST /agencies/{id}/resume            O D
            GET  /routes                          O I U D
            POST /routes/reload                   O I D
            POST /routes/back                     O I D
            GET  /books                           O I U D
            GET  /books/verification              O I U D
            GET  /books/manifest.csv              O U D
            GET  /alarms                          O I U D
            GET  /statistics                      U D
            GET  /statistics/table.csv            U D
            GET  /statistics/table.json           U D
            GET  /audit                           U D
            GET  /audit/verification              U D
            GET  /users                           D
            """;

    /** What is the matter with one call; empty when it is as it should be. */
    private final List<String> wrong = new ArrayList<>();

    private static Map<String, Set<String>> matrix;

    @BeforeAll
    static void readTheMatrix() {
        matrix = new TreeMap<>();
        MATRIX.lines().forEach(line -> {
            String[] cells = line.strip().split("\\s+");
            Set<String> who = new TreeSet<>();
            for (int i = 2; i < cells.length; i++) {
                who.add(
                        switch (cells[i]) {
                            case "O" -> "operator";
                            case "I" -> "integrator";
                            case "U" -> "auditor";
                            case "D" -> "administrator";
                            case "*" -> EVERYBODY;
                            default -> throw new IllegalArgumentException(line);
                        });
            }
            for (String method : cells[0].equals("ANY") ? List.of("GET", "POST") : List.of(cells[0])) {
                matrix.put(method + " " + cells[1], who);
            }
        });
    }

    @Test
    void every_page_and_form_is_in_the_matrix_and_nothing_else() {
        assertThat(matrix.keySet()).containsExactlyInAnyOrderElementsOf(handlers());
    }

    private static Set<String> handlers() {
        Set<String> handlers = new TreeSet<>();
        WebApplicationContextUtils.getRequiredWebApplicationContext(HUB.bean(ServletContext.class))
                .getBeansOfType(RequestMappingHandlerMapping.class)
                .values()
                .forEach(mappings -> mappings.getHandlerMethods().forEach((mapping, handler) -> {
                    if (handler.getBeanType().getPackageName().equals(ConsoleMatrixIT.class.getPackageName())) {
                        Set<String> methods = new TreeSet<>();
                        mapping.getMethodsCondition().getMethods().forEach(method -> methods.add(method.name()));
                        for (String method : methods.isEmpty() ? Set.of("GET", "POST") : methods) {
                            mapping.getPatternValues().forEach(path -> handlers.add(method + " " + path));
                        }
                    }
                }));
        return handlers;
    }

    @Test
    void every_role_may_do_what_the_matrix_says_and_nothing_else() {
        for (String role : ROLES) {
            Session session = Session.of(HUB).signIn(role);
            matrix.forEach((endpoint, who) -> {
                boolean may = who.contains(role);
                check(endpoint + " by " + role, call(session, endpoint, true), may ? Verdict.LET_IN : Verdict.DENIED);
                if (endpoint.startsWith("POST ")) {
                    check(
                            endpoint + " by " + role + " without its token",
                            call(session, endpoint, false),
                            Verdict.DENIED);
                }
            });
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void whoever_has_not_signed_in_is_led_to_the_login() {
        // An agency's secret is for the API: it opens no session, and no page by itself.
        for (Session session : List.of(
                Session.of(HUB),
                Session.of(HUB).tryToSignIn("helpline-108"),
                Session.of(HUB).basic("helpline-108"))) {
            matrix.forEach((endpoint, who) -> {
                boolean may = who.contains(EVERYBODY);
                check(
                        endpoint + " by " + session,
                        call(session, endpoint, true),
                        may ? Verdict.LET_IN : Verdict.TO_LOGIN);
                if (endpoint.startsWith("POST ")) {
                    check(
                            endpoint + " by " + session + " without token",
                            call(session, endpoint, false),
                            Verdict.TO_LOGIN);
                }
            });
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void other_methods_are_for_nobody() {
        Session session = Session.of(HUB).signIn("operator");
        matrix.keySet().stream()
                .filter(endpoint -> !endpoint.endsWith("/login"))
                .forEach(endpoint -> {
                    for (String method : List.of("PUT", "PATCH", "DELETE")) {
                        String other = endpoint.replaceFirst("^\\w+", method);
                        check(other, call(session, other, true), Verdict.DENIED);
                    }
                });
        assertThat(wrong).isEmpty();
    }

    /** How the hub takes somebody who asks. */
    private enum Verdict {
        LET_IN,
        DENIED,
        TO_LOGIN
    }

    private static Session.Answer call(Session session, String endpoint, boolean token) {
        String[] parts = endpoint.split(" ");
        String path = parts[1].replaceAll("\\{[^}]*}", "nothing");
        // Too long to be a reason, so that whoever may order something orders nothing.
        return parts[0].equals("GET")
                ? session.get(path)
                : session.send(parts[0], path, Map.of("reason", "x".repeat(600)), token);
    }

    private void check(String what, Session.Answer answer, Verdict expected) {
        boolean toLogin = answer.status() == 401 || answer.location().startsWith("/login");
        Verdict verdict = answer.status() == 403 ? Verdict.DENIED : toLogin ? Verdict.TO_LOGIN : Verdict.LET_IN;
        if (verdict != expected || answer.status() == 500) {
            wrong.add("%s: %d %s".formatted(what, answer.status(), answer.location()));
        }
    }
}
