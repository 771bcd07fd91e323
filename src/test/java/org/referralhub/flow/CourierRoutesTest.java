package org.referralhub.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.jms.JMSException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.component.stub.StubComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.CollectorSettings;
import org.referralhub.agency.CourierSettings;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Reach;
import org.referralhub.agency.Transport;
import org.referralhub.configuration.HubHome;
import org.referralhub.courier.Collectors;
import org.referralhub.courier.Couriers;
import org.referralhub.ledger.CourierLines;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.Text;
import org.referralhub.testing.RouteSteps;

/** The routes of couriers and collectors as they are shipped, with real folders and mocks instead of queues. */
class CourierRoutesTest extends CamelTestSupport {
    private static final String POLICE = "police";

    private static final LedgerDatabase LEDGER = Databases.SQLITE.open();

    @TempDir
    static Path folder;

    @AfterAll
    static void closeLedger() {
        LEDGER.close();
    }

    @Override
    protected CamelContext createCamelContext() throws Exception {
        Agency agency = new Agency(
                POLICE,
                AgencyKind.POLICE,
                new Text(POLICE, POLICE),
                Set.of("*"),
                "police",
                OpeningHours.ALWAYS,
                new Reach(
                        CourierSettings.usual(new Transport.Folder(folder.resolve("out"), false)),
                        new CollectorSettings(new Transport.Folder(folder, false), Duration.ofHours(1)),
                        null));
        AgencyRegistry agencies = AgencyRegistry.of(List.of(agency), Map.of(), List::of);
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.setAllowUseOriginalMessage(true);
        camel.addComponent("jms", new StubComponent());
        Properties properties = new Properties();
        properties.setProperty("hub.flow.delivery-consumers", "1");
        camel.getPropertiesComponent().setInitialProperties(properties);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        CourierLines lines = new CourierLines(LEDGER);
        camel.getRegistry().bind("failures", new Failures(5));
        camel.getRegistry().bind("intake", new Intake(null, null, null));
        camel.getRegistry().bind("delivery", new Delivery(null, null));
        camel.getRegistry().bind("notices", new Notices(fieldSet -> true));
        camel.getRegistry()
                .bind("couriers", new Couriers(agencies, id -> false, () -> lines, folder, Clock.systemUTC(), meters));
        camel.getRegistry()
                .bind("collectors", new Collectors(agencies, id -> false, folder, Clock.systemUTC(), meters));
        RouteSteps.noteIn(camel);
        new Routes(new HubHome(Path.of(""))).addTo(camel, List.of(), 1, agencies.all());
        AdviceWith.adviceWith(camel, "courier-police", route -> {
            route.replaceFromWith("direct:inbox");
            route.mockEndpointsAndSkip("jms:queue:*");
        });
        AdviceWith.adviceWith(camel, "collector-police", route -> {
            route.replaceFromWith("direct:look");
            route.mockEndpointsAndSkip("jms:queue:*");
        });
        return camel;
    }

    private Exchange bring(int attempt) {
        return template.request("direct:inbox", exchange -> {
            exchange.getIn().setBody(new byte[] {1});
            exchange.getIn()
                    .setHeaders(new java.util.HashMap<>(Map.of(
                            Headers.DELIVERY_ID,
                            "d-" + attempt,
                            Headers.MESSAGE_TYPE,
                            "REQUEST",
                            DoorBinding.TIMESTAMP,
                            System.currentTimeMillis(),
                            DoorBinding.DELIVERY_COUNT,
                            attempt)));
        });
    }

    @Test
    void what_can_be_tried_again_rolls_back_however_often_and_what_is_given_up_is_at_the_desk_with_its_cause()
            throws Exception {
        MockEndpoint desk = getMockEndpoint("mock:jms:queue:hub.deadletter");
        desk.expectedMessageCount(0);
        assertThat(bring(1).isFailed()).as("the folder is not there").isTrue();
        assertThat(bring(100).isFailed()).as("attempts are not counted").isTrue();
        desk.assertIsSatisfied();

        desk.reset();
        desk.expectedMessageCount(1);
        template.send("direct:inbox", exchange -> {
            exchange.getIn().setBody(new byte[] {1});
            exchange.getIn().setHeader(Headers.DELIVERY_ID, "d-old");
            exchange.getIn().setHeader(DoorBinding.TIMESTAMP, 0L);
            exchange.getIn().setHeader(DoorBinding.DELIVERY_COUNT, 7);
        });
        desk.assertIsSatisfied();
        assertThat(desk.getExchanges().get(0).getIn().getHeaders())
                .containsEntry(Headers.DEAD_ORIGIN, "agency.police.inbox")
                .containsEntry(Headers.DEAD_CAUSE, "folder-missing")
                .containsEntry(Headers.DEAD_CLASS, "exhausted")
                .containsEntry(Headers.DEAD_ATTEMPTS, 7)
                .containsEntry(Headers.DELIVERY_ID, "d-old")
                .doesNotContainKey(DoorBinding.TIMESTAMP);

        Files.createDirectories(folder.resolve("out"));
        assertThat(bring(2).isFailed()).isFalse();
        try (var files = Files.list(folder.resolve("out"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void a_file_that_the_broker_does_not_take_stays_and_is_sent_at_the_next_look() throws Exception {
        MockEndpoint intake = getMockEndpoint("mock:jms:queue:intake.police");
        Files.writeString(folder.resolve("a.xml"), "<a/>");
        Files.writeString(folder.resolve("b.xml"), "<b/>");
        template.sendBody("direct:look", "");
        intake.whenAnyExchangeReceived(exchange -> {
            throw new JMSException("the session is gone");
        });
        template.sendBody("direct:look", "");
        assertThat(folder.resolve("taking/a.xml")).hasContent("<a/>");
        assertThat(List.of(folder.resolve("b.xml"), folder.resolve("taking/b.xml")))
                .areExactly(1, new Condition<>(Files::exists, "not sent, and not lost"));

        intake.reset();
        intake.expectedBodiesReceived("<a/>".getBytes(), "<b/>".getBytes());
        intake.expectedHeaderReceived(Headers.SENDER, POLICE);
        template.sendBody("direct:look", "");
        assertThat(intake.getExchanges()).hasSize(2);
        assertThat(folder.resolve("done/a.xml")).hasContent("<a/>");
        assertThat(folder.resolve("done/b.xml")).hasContent("<b/>");
        assertThat(folder.resolve("a.xml")).doesNotExist();
        assertThat(folder.resolve("taking/a.xml")).doesNotExist();
    }
}
