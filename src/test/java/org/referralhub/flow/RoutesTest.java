package org.referralhub.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.camel.Route;
import org.apache.camel.component.stub.StubComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.HubHome;

/** How route files are loaded. What the routes do is in {@link RouteStepsTest}. */
class RoutesTest {
    private static final HubHome HOME = new HubHome(Path.of(""));

    @TempDir
    private Path elsewhere;

    @Test
    void each_dialect_gets_its_own_intake() throws Exception {
        try (DefaultCamelContext camel = context()) {
            new Routes(HOME).addTo(camel, List.of("helpline", "police"), 3, List.of());

            assertThat(camel.getRoutes())
                    .extracting(Route::getRouteId)
                    .containsExactlyInAnyOrder("intake-helpline", "intake-police", "deliver");
        }
    }

    @Test
    void a_folder_of_routes_behind_a_link_is_read_too() throws Exception {
        Files.createSymbolicLink(elsewhere.resolve("routes"), HOME.routes().toAbsolutePath());
        assertThat(new Routes(new HubHome(elsewhere)).files()).hasSameSizeAs(new Routes(HOME).files());
    }

    @Test
    void a_route_file_with_a_fault_is_named_with_its_line() throws Exception {
        Path routes = Files.createDirectories(elsewhere.resolve("routes"));
        Files.writeString(routes.resolve("bad.camel.yaml"), """
                - route:
                    id: bad
                    from:
                      uri: direct:in
                      steps:
                        - toTheMoon:
                            uri: mock:x
                """);
        Files.writeString(routes.resolve("worse.camel.yaml"), "- route: [unclosed\n");
        try (DefaultCamelContext camel = context()) {
            assertThatThrownBy(() -> new Routes(new HubHome(elsewhere)).addTo(camel, List.of(), 1, List.of()))
                    .isInstanceOfSatisfying(ConfigurationException.class, e -> assertThat(e.faults())
                            .hasSize(2)
                            .anySatisfy(fault -> {
                                assertThat(fault.file()).isEqualTo("routes/bad.camel.yaml");
                                assertThat(fault.line()).isEqualTo(6);
                                assertThat(fault.problem()).contains("toTheMoon");
                            })
                            .anySatisfy(fault -> {
                                assertThat(fault.file()).isEqualTo("routes/worse.camel.yaml");
                                assertThat(fault.line()).isPositive();
                            }));
        }
    }

    private static DefaultCamelContext context() {
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.addComponent("jms", new StubComponent());
        Properties properties = new Properties();
        properties.setProperty("hub.flow.delivery-consumers", "1");
        camel.getPropertiesComponent().setInitialProperties(properties);
        camel.getRegistry().bind("failures", new Failures(5));
        camel.getRegistry().bind("intake", new Intake(null, null, null));
        camel.getRegistry().bind("delivery", new Delivery(null, null));
        camel.getRegistry().bind("notices", new Notices(fieldSet -> true));
        camel.start();
        return camel;
    }
}
