package org.referralhub.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Scrape;
import org.yaml.snakeyaml.Yaml;

/** Alert rules and dashboard speak of metrics that there are, and every rule has its section in the handbook. */
class AlertsPageIT {
    private static final Path FOLDER = Path.of("docs/operations");
    private static final Pattern LATER = Pattern.compile("(?m)^\\| `(hub_\\w+)` \\| \\w+\\* \\|");

    /** Prometheus' own. */
    private static final Set<String> GIVEN = Set.of("up");

    private static final Set<String> FUNCTIONS = Set.of(
            "absent", "sum", "min", "max", "avg", "count", "topk", "rate", "increase", "delta", "histogram_quantile");
    private static final Set<String> WORDS = Set.of("by", "and", "or", "unless", "on", "ignoring", "without");

    private static Set<String> names;

    @BeforeAll
    static void scrape() throws Exception {
        RunningHub hub = RunningHub.shared();
        hub.settle();
        hub.bean(Watch.class).look();
        names = new TreeSet<>(Scrape.of(hub).names());
        Matcher later = LATER.matcher(Files.readString(FOLDER.resolve("metrics.md")));
        while (later.find()) {
            names.add(later.group(1));
        }
        names.addAll(GIVEN);
    }

    @Test
    void every_rule_asks_for_what_there_is_and_has_a_section_with_meaning_first_look_remedy_and_undo()
            throws IOException {
        Map<String, String> rules = rules();
        Map<String, String> sections = sections();

        assertThat(rules).hasSizeGreaterThan(15);
        assertThat(sections.keySet()).containsExactlyElementsOf(rules.keySet());
        rules.forEach((rule, expression) -> {
            assertThat(names).as(rule).containsAll(metrics(expression));
            assertThat(sections.get(rule))
                    .as(rule)
                    .contains(
                            "`" + expression + "`", "**Meaning.** ", "**First look.** ", "**Remedy.** ", "**Undo.** ");
        });
    }

    @Test
    void every_panel_asks_for_what_there_is() throws IOException {
        JsonNode dashboard = new ObjectMapper()
                .readTree(FOLDER.resolve("grafana/referral-hub.json").toFile());
        List<String> expressions = new ArrayList<>();
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            assertThat(panel.path("title").asText()).isNotEmpty();
            panel.path("targets")
                    .forEach(target -> expressions.add(target.path("expr").asText()));
        }
        assertThat(expressions).hasSizeGreaterThan(20);
        for (String expression : expressions) {
            assertThat(names).as(expression).containsAll(metrics(expression));
        }
    }

    @Test
    void names_are_found_in_an_expression_wherever_they_stand() {
        assertThat(metrics("histogram_quantile(0.95, sum by (le, stage) (rate(a_bucket{stage!=\"b\"}[10m]))) > 2"))
                .containsExactly("a_bucket");
        assertThat(metrics("a > 200 and delta(b_total{x=~\"c|d\", y=\"e\"}[30m]) > 0"))
                .containsExactly("a", "b_total");
        assertThat(metrics("max by (state) (a) / on (x) b")).containsExactly("a", "b");
    }

    /** Expression of each rule by its name. */
    private static Map<String, String> rules() throws IOException {
        Map<String, Object> file = new Yaml().load(Files.readString(FOLDER.resolve("alerts.yaml")));
        Map<String, String> rules = new LinkedHashMap<>();
        for (Object group : (List<?>) file.get("groups")) {
            for (Object one : (List<?>) ((Map<?, ?>) group).get("rules")) {
                Map<?, ?> rule = (Map<?, ?>) one;
                String name = String.valueOf(rule.get("alert"));
                assertThat(((Map<?, ?>) rule.get("labels")).get("severity")).isIn("critical", "warning");
                Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
                assertThat(String.valueOf(annotations.get("summary"))).isNotBlank();
                assertThat(annotations.get("runbook"))
                        .isEqualTo("docs/operations/alerts.md#" + name.toLowerCase(java.util.Locale.ROOT));
                if (rule.get("for") != null) {
                    assertThat(String.valueOf(rule.get("for"))).matches("[1-9][0-9]*[smh]");
                }
                assertThat(rules.put(name, String.valueOf(rule.get("expr"))))
                        .as(name)
                        .isNull();
            }
        }
        return rules;
    }

    private static Map<String, String> sections() throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        for (String section : Files.readString(FOLDER.resolve("alerts.md")).split("(?m)^## ")) {
            int end = section.indexOf('\n');
            if (section.startsWith("Hub")) {
                sections.put(section.substring(0, end), section.substring(end));
            }
        }
        return sections;
    }

    /** The metrics that an expression of PromQL asks for. */
    private static Set<String> metrics(String expression) {
        String bare = expression
                .replaceAll("\"(?:[^\"\\\\]|\\\\.)*\"", "")
                .replaceAll("\\{[^}]*}", "")
                .replaceAll("\\[[^\\]]*]", "")
                .replaceAll("\\b(by|without|on|ignoring)\\s*\\([^)]*\\)", " ");
        Set<String> found = new TreeSet<>();
        Matcher name = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*").matcher(bare);
        while (name.find()) {
            boolean called = bare.substring(name.end()).stripLeading().startsWith("(");
            if (called) {
                assertThat(FUNCTIONS).as(expression).contains(name.group());
            } else if (!WORDS.contains(name.group()) && !FUNCTIONS.contains(name.group())) {
                found.add(name.group());
            }
        }
        return found;
    }
}
