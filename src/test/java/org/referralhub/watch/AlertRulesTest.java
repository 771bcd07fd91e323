package org.referralhub.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Rules that would be silent in the very case that they are for. What they ask for is held by {@link AlertsPageIT}. */
class AlertRulesTest {

    @Test
    void that_no_node_may_raise_alarms_is_seen_when_the_metric_is_not_even_there() throws IOException {
        assertThat(rules().get("HubNobodyRaisesAlarms"))
                .isEqualTo("sum(hub_lease_held{lease=\"alarms\"}) < 1 or absent(hub_lease_held{lease=\"alarms\"})");
    }

    @Test
    void nodes_that_count_the_same_queue_are_not_added_up() throws IOException {
        assertThat(rules().get("HubBacklog")).startsWith("sum(max by (queue) (hub_queue_messages");
    }

    private static Map<String, String> rules() throws IOException {
        Map<String, Object> file = new Yaml().load(Files.readString(Path.of("docs/operations/alerts.yaml")));
        Map<String, String> rules = new LinkedHashMap<>();
        for (Object group : (List<?>) file.get("groups")) {
            for (Object one : (List<?>) ((Map<?, ?>) group).get("rules")) {
                Map<?, ?> rule = (Map<?, ?>) one;
                rules.put(String.valueOf(rule.get("alert")), String.valueOf(rule.get("expr")));
            }
        }
        return rules;
    }
}
