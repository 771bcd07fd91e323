package org.referralhub.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.testing.Participant;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.springframework.web.context.support.WebApplicationContextUtils;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Who may call what over the API, every role against every address. An address that is not in the matrix fails the test: whoever
 * adds one says here who may call it.
 */
class RoleMatrixIT {
    private static final String AGENCY = "helpline-108";
    private static final List<String> EVERYBODY = List.of(AGENCY, "operator", "integrator", "auditor", "administrator");

    /** By the first letter: an agency, Operator, Integrator, aUditor, aDministrator. */
    private static final String MATRIX = """
            POST   /api/v1/messages                                 a
            POST   /api/v1/validate                                 a
            GET    /api/v1/inbox                                    a
            DELETE /api/v1/inbox/{id}                               a
            GET    /api/v1/referrals                                O U D
            POST   /api/v1/referrals/search                         O
            GET    /api/v1/referrals/{idOrReference}                a O U D
            GET    /api/v1/referrals/{idOrReference}/timeline       a O U D
            GET    /api/v1/manifest                                 a O U D
            GET    /api/v1/dead-letters                             O I
            GET    /api/v1/dead-letters/groups                      O I
            GET    /api/v1/dead-letters/groups/{fingerprint}        O I
            POST   /api/v1/dead-letters/groups/{fingerprint}        O
            GET    /api/v1/dead-letters/{id}                        O I
            GET    /api/v1/dead-letters/{id}/content                O I
            POST   /api/v1/dead-letters/{id}/replay                 O
            POST   /api/v1/dead-letters/{id}/discard                O
            POST   /api/v1/dead-letters/{id}/restore                O
            POST   /api/v1/dead-letters/{id}/return                 O
            POST   /api/v1/dead-letters/{id}/own                    O
            POST   /api/v1/dead-letters/{id}/note                   O
            POST   /api/v1/dead-letters/{id}/unmask                 O
            POST   /api/v1/dead-letters/{id}/correct                O
            GET    /api/v1/unmaskings                               O U D
            POST   /api/v1/unmaskings/{id}/approve                  O D
            POST   /api/v1/unmaskings/{id}/refuse                   O D
            POST   /api/v1/dead-letters/rehearsals                  O I
            GET    /api/v1/dead-letters/rehearsals                  O I
            GET    /api/v1/dead-letters/rehearsals/{id}             O I
            DELETE /api/v1/dead-letters/rehearsals/{id}             O I
            POST   /api/v1/dead-letters/runs                        O
            GET    /api/v1/dead-letters/runs                        O I
            GET    /api/v1/dead-letters/runs/{id}                   O I
            POST   /api/v1/dead-letters/runs/{id}/pause             O
            POST   /api/v1/dead-letters/runs/{id}/resume            O
            POST   /api/v1/dead-letters/runs/{id}/stop              O
            GET    /api/v1/agencies                                 O I U D
            POST   /api/v1/agencies/{id}/pause                      O D
            POST   /api/v1/agencies/{id}/resume                     O D
            GET    /api/v1/routes                                   O I U D
            GET    /api/v1/alarms                                   O I U D
            GET    /api/v1/books                                    O I U D
            GET    /api/v1/books/hours                              O I U D
            GET    /api/v1/counts                                   U D
            GET    /api/v1/audit                                    U D
            GET    /api/v1/audit/verification                       U D
            GET    /api/v1/users                                    D
            GET    /api/v1/configuration                            O I U D
            GET    /api/v1/configuration/history                    O I U D
            POST   /api/v1/configuration                            O I D
            POST   /api/v1/configuration/back                       O I D
            """;

    @TempDir
    private Path folder;

    @Test
    void every_role_may_call_what_the_matrix_says_and_nothing_else() throws Exception {
        Map<String, Set<String>> matrix = matrix();
        List<String> wrong = new ArrayList<>();
        try (RunningHub hub = RunningHub.start(folder.resolve("data"), Map.of())) {
            assertThat(endpoints(hub))
                    .as("addresses; the matrix says who may call them")
                    .containsExactlyInAnyOrderElementsOf(matrix.keySet());
            for (Map.Entry<String, Set<String>> row : matrix.entrySet()) {
                String[] endpoint = row.getKey().split(" ");
                String path = endpoint[1].substring("/api/v1".length()).replaceAll("\\{[^}]*}", "nothing");
                int stranger = call(new Participant(hub, "nobody", "no-secret"), endpoint[0], path);
                // After some tries a stranger has to wait.
                if (stranger != 401 && stranger != 429) {
                    wrong.add("%s by nobody: %d".formatted(row.getKey(), stranger));
                }
                for (String caller : EVERYBODY) {
                    int status = call(hub.as(caller), endpoint[0], path);
                    boolean refused = status == 403;
                    if (refused == row.getValue().contains(caller) || status == 401 || status == 500) {
                        wrong.add("%s by %s: %d".formatted(row.getKey(), caller, status));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static int call(Participant caller, String method, String path) {
        // Broken JSON changes nothing, whoever sends it.
        return caller.call(method, path, "application/json", Samples.bytes(method.equals("POST") ? "{" : ""))
                .status();
    }

    private static TreeSet<String> endpoints(RunningHub hub) {
        TreeSet<String> endpoints = new TreeSet<>();
        WebApplicationContextUtils.getRequiredWebApplicationContext(hub.bean(ServletContext.class))
                .getBeansOfType(RequestMappingHandlerMapping.class)
                .values()
                .forEach(mappings -> mappings.getHandlerMethods()
                        .keySet()
                        .forEach(mapping -> mapping.getPatternValues().stream()
                                .filter(path -> path.startsWith("/api/"))
                                .forEach(path -> mapping.getMethodsCondition()
                                        .getMethods()
                                        .forEach(method -> endpoints.add(method + " " + path)))));
        return endpoints;
    }

    private static Map<String, Set<String>> matrix() {
        Map<String, Set<String>> matrix = new TreeMap<>();
        MATRIX.lines().forEach(line -> {
            String[] cells = line.strip().split("\\s+");
            Set<String> callers = new TreeSet<>();
            for (int i = 2; i < cells.length; i++) {
                callers.add(
                        switch (cells[i]) {
                            case "a" -> AGENCY;
                            case "O" -> "operator";
                            case "I" -> "integrator";
                            case "U" -> "auditor";
                            case "D" -> "administrator";
                            default -> throw new IllegalArgumentException(line);
                        });
            }
            matrix.put(cells[0] + " " + cells[1], callers);
        });
        return matrix;
    }
}
