package org.referralhub.flow;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.Endpoint;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.YamlFile;
import org.referralhub.courier.Collectors;
import org.referralhub.courier.Couriers;
import org.referralhub.dialect.Dialects;
import org.referralhub.dialect.Translator;
import org.referralhub.disclosure.Disclosure;
import org.referralhub.ledger.CourierLines;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.FileSystemResource;

/**
 * Loads the routes as a start would, with the real components and beans, and connects to nothing: every endpoint is made by
 * its own component, so that a wrong option is found, and then gives way to one that leads nowhere.
 */
public final class RouteCheck {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HubHome home;
    private final AgencyRegistry agencies;
    private final Disclosure disclosure;
    private final Dialects dialects;

    public RouteCheck(HubHome home, AgencyRegistry agencies, Disclosure disclosure, Dialects dialects) {
        this.home = home;
        this.agencies = agencies;
        this.disclosure = disclosure;
        this.dialects = dialects;
    }

    /** Adds what is wrong with the routes, each fault with its place. */
    public void run(Faults faults) throws Exception {
        Routes routes = new Routes(home);
        new RouteRules(home).check(routes.files(), faults);
        Faults loading = new Faults();
        try (DefaultCamelContext camel = context(faults)) {
            camel.start();
            routes.load(camel, dialects.names(), 1, loading);
            if (loading.isEmpty()) {
                routes.serveEveryWay(camel, loading);
            }
        }
        // What has a fault already would only be told again in other words.
        new RouteSchema(home)
                .check(
                        routes.files().stream()
                                .filter(file -> Stream.concat(faults.all().stream(), loading.all().stream())
                                        .noneMatch(fault -> fault.file().equals(home.shown(file))))
                                .toList(),
                        loading);
        // What the rules have said of a line needs no second voice.
        loading.all().stream()
                .filter(fault -> faults.all().stream()
                        .noneMatch(told ->
                                told.file().equals(fault.file()) && (fault.line() == 0 || told.line() == fault.line())))
                .toList()
                .forEach(faults::add);
    }

    private DefaultCamelContext context(Faults faults) throws Exception {
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.setAutoStartup(false);
        camel.setSourceLocationEnabled(true);
        camel.setAllowUseOriginalMessage(true);
        camel.getPropertiesComponent().setInitialProperties(settings(faults));
        camel.addComponent(
                "jms",
                new DoorJmsComponent(
                        new ActiveMQConnectionFactory("vm://nowhere"), "check", new Notices(fieldSet -> true)));
        Handbook handbook = new Handbook("", agencies, new Translator(dialects), disclosure);
        camel.getRegistry().bind("intake", new Intake(() -> handbook, JSON, Clock.systemUTC()));
        camel.getRegistry().bind("delivery", new Delivery(() -> handbook, JSON));
        camel.getRegistry().bind("notices", new Notices(fieldSet -> true));
        camel.getRegistry().bind("failures", new Failures(1));
        AgencyRegistry nobody = AgencyRegistry.of(List.of(), Map.of(), place -> List.of());
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        camel.getRegistry()
                .bind(
                        "couriers",
                        new Couriers(
                                nobody, agency -> false, RouteCheck::noLines, home.data(), Clock.systemUTC(), meters));
        camel.getRegistry()
                .bind("collectors", new Collectors(nobody, agency -> false, home.data(), Clock.systemUTC(), meters));
        DirectComponent nowhere = new DirectComponent();
        nowhere.setCamelContext(camel);
        camel.getCamelContextExtension()
                .registerEndpointCallback(
                        (uri, endpoint) -> endpoint instanceof DirectEndpoint ? endpoint : nowhere(nowhere, uri));
        return camel;
    }

    /** Nobody has a courier here, so there is nothing to bring again. */
    private static CourierLines noLines() {
        throw new IllegalStateException("a check has no ledger");
    }

    private static Endpoint nowhere(DirectComponent nowhere, String uri) {
        try {
            return nowhere.createEndpoint("direct:" + Integer.toHexString(uri.hashCode()));
        } catch (Exception e) {
            throw new IllegalStateException("an endpoint that leads nowhere needs nothing", e);
        }
    }

    /** The settings that routes may name in double braces. */
    private Properties settings(Faults faults) {
        Path file = home.config().resolve("application.yaml");
        if (!YamlFile.read(home, file, faults).isSound()) {
            return new Properties();
        }
        YamlPropertiesFactoryBean reader = new YamlPropertiesFactoryBean();
        reader.setResources(new FileSystemResource(file));
        return Objects.requireNonNullElseGet(reader.getObject(), Properties::new);
    }
}
