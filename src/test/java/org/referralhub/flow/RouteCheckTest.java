package org.referralhub.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.Setup;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.testing.HomeCopy;

/** What the check says of routes that somebody wrote; each fault with its line. */
class RouteCheckTest {
    private static final String FILE = "routes/couriers/ours.camel.yaml";

    private static Setup setup;

    @TempDir
    private Path folder;

    private HomeCopy copy;

    @BeforeAll
    static void readSetup() {
        Faults faults = new Faults();
        setup = Setup.load(new HubHome(Path.of("")), true, faults);
        faults.throwIfAny();
    }

    @BeforeEach
    void copyHome() throws Exception {
        copy = HomeCopy.of(folder);
    }

    private List<String> check() throws Exception {
        Faults faults = new Faults();
        new RouteCheck(copy.home(), setup.agencies(), setup.disclosure(), setup.dialects()).run(faults);
        assertThat(faults.all()).allSatisfy(fault -> assertThat(fault.remedy()).isNotBlank());
        return faults.all().stream().map(ConfigurationFault::toString).toList();
    }

    /** A route of our own with these steps; they begin in line 7. */
    private void route(String steps) throws Exception {
        copy.write(FILE, """
                - route:
                    id: ours
                    routeConfigurationId: retry-or-desk
                    from:
                      uri: jms:queue:ours
                      steps:
                """ + steps.indent(8));
    }

    @Test
    void the_shipped_routes_have_no_fault() throws Exception {
        assertThat(check()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "toTheMoon: {uri: 'mock:x'}                                | 7 | toTheMoon",
                "to: {id: a, uri: 'nosuch:x'}                              | 7 | nosuch",
                "to: {id: a, uri: 'jms:queue:x', parameters: {prioritty: 4}} | 7 | prioritty",
                "to: {id: a, uri: 'jms:queue:{{hub.no-such-setting}}'}     | 7 | hub.no-such-setting",
                "bean: {id: a, ref: nobody, method: act}                   | 7 | nobody",
                "bean: {id: a, ref: delivery, method: fly}                 | 7 | fly",
                "setBody: {id: a, simple: '${nonsense}'}                   | 7 | nonsense",
            })
    void a_route_that_can_not_be_made_is_told_with_its_line(String step, int line, String word) throws Exception {
        route("- " + step);
        assertThat(check())
                .singleElement()
                .asString()
                .startsWith(FILE + ":" + line + ":")
                .contains(word);
    }

    @Test
    void a_file_that_is_no_yaml_is_told_once_and_the_others_are_checked() throws Exception {
        copy.write(FILE, "- route: [unclosed\n");
        copy.replace("routes/intake.camel.yaml", "jms:queue:hub.ledger", "jms:queue:hub.ledger?nosuch=1");
        assertThat(check())
                .hasSize(2)
                .anySatisfy(fault -> assertThat(fault).startsWith(FILE + ":2:1: This is not YAML"))
                .anySatisfy(
                        fault -> assertThat(fault).containsPattern("^routes/intake.camel.yaml:\\d+:\\d+: .*nosuch"));
    }

    @Test
    void a_route_and_a_template_without_a_policy_are_told() throws Exception {
        copy.write(FILE, """
                - route:
                    id: without
                    from:
                      uri: jms:queue:a
                      steps:
                        - to: jms:queue:b
                - routeTemplate:
                    id: template-without
                    from:
                      uri: jms:queue:c
                      steps:
                        - to: jms:queue:d
                - route:
                    id: with-another
                    routeConfigurationId: nosuch
                    from:
                      uri: jms:queue:e
                      steps:
                        - to: jms:queue:f
                - from:
                    uri: jms:queue:g
                    steps:
                      - to: jms:queue:h
                """);
        assertThat(check())
                .hasSize(4)
                .anySatisfy(fault -> assertThat(fault)
                        .isEqualTo(FILE + ":1:3: the route names no policy."
                                + " Add routeConfigurationId: look-again or retry-or-desk"))
                .anySatisfy(fault -> assertThat(fault).startsWith(FILE + ":7:3: the route names no policy."))
                .anySatisfy(fault -> assertThat(fault)
                        .isEqualTo(FILE + ":15:27: there is no policy nosuch. Use look-again or retry-or-desk"))
                .anySatisfy(fault -> assertThat(fault).startsWith(FILE + ":20:3: the route names no policy."));
    }

    @Test
    void a_policy_of_a_routes_own_is_told() throws Exception {
        copy.write(FILE, """
                - onException:
                    exception: [java.lang.Exception]
                    handled:
                      constant: "true"
                """);
        assertThat(check()).singleElement().asString().startsWith(FILE + ":1:3: a policy of the route's own");
    }

    @Test
    void an_id_that_is_taken_is_told_with_the_place_of_the_first() throws Exception {
        route("""
                - to: {id: put-into-inbox, uri: "jms:queue:a"}
                - to: {id: own, uri: "jms:queue:b"}
                - to: {id: own, uri: "jms:queue:c"}
                """);
        copy.write(
                "routes/zz.camel.yaml",
                copy.read(FILE).replace("put-into-inbox", "x").replace("own", "y"));
        List<String> faults = check();
        assertThat(faults)
                .anySatisfy(fault -> assertThat(fault).contains("the id own is already taken at " + FILE + ":8"))
                .anySatisfy(fault -> assertThat(fault)
                        .contains("the id put-into-inbox is already taken at")
                        .contains("routes/delivery.camel.yaml:"))
                .anySatisfy(fault -> assertThat(fault)
                        .startsWith("routes/zz.camel.yaml:2:9: the id ours is already taken at " + FILE + ":2"));
    }

    @Test
    void a_direct_endpoint_with_one_end_only_is_told() throws Exception {
        route("""
                - to: direct:nobody-listens
                - toD: {uri: "direct:pair-{{env:HOME}}"}
                """);
        copy.write("routes/other.camel.yaml", """
                - route:
                    id: unheard
                    routeConfigurationId: retry-or-desk
                    from:
                      uri: direct:nobody-sends
                      steps:
                        - to: jms:queue:a
                - route:
                    id: paired
                    routeConfigurationId: retry-or-desk
                    from:
                      uri: direct
                      parameters: {name: pair-one}
                      steps:
                        - to: jms:queue:a
                """);
        assertThat(check())
                .containsExactlyInAnyOrder(
                        FILE + ":7:15: no route begins with direct:nobody-listens."
                                + " Add the route that takes from it, or correct the name",
                        "routes/other.camel.yaml:5:12: no route sends to direct:nobody-sends."
                                + " Send to it from another route, or remove this one");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "setBody: {id: a, groovy: '1 + 1'}",
                "setBody: {id: a, js: '1 + 1'}",
                "setBody: {id: a, joor: '1 + 1'}",
                "setBody: {id: a, java: '1 + 1'}",
                "filter: {id: a, expression: {python: 'True'}, steps: []}",
                "script: {id: a, groovy: '1'}",
                "to: {id: a, uri: 'exec:rm'}",
                "to: exec:rm",
                "to: {id: a, uri: 'language:groovy:1'}",
            })
    void a_program_in_a_route_is_told(String step) throws Exception {
        route("- " + step);
        assertThat(check())
                .anySatisfy(fault -> assertThat(fault).startsWith(FILE + ":7:").contains("a program"));
    }

    @Test
    void without_the_route_to_the_inboxes_nobody_would_get_anything() throws Exception {
        Files.delete(copy.path("routes/delivery.camel.yaml"));
        assertThat(check()).singleElement().asString().contains("hub.delivery");
    }

    @Test
    void without_the_policies_every_route_says_so() throws Exception {
        Files.delete(copy.path("routes/policies.camel.yaml"));
        assertThat(check()).isNotEmpty().allSatisfy(fault -> assertThat(fault)
                .containsPattern("there is no policy (retry-or-desk|look-again)")
                .contains("routes/policies.camel.yaml"));
    }
}
