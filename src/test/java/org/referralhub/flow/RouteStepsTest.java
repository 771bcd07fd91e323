package org.referralhub.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.JMSException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.component.stub.StubComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.referralhub.Setup;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.dialect.Translator;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Parcel;
import org.referralhub.testing.RouteSteps;

/** The routes as they are shipped, with the real beans and configuration; only the queues at the end are mocks. */
class RouteStepsTest extends CamelTestSupport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CALL = """
            {"record_type": "CALL", "call_id": "108-2026-000017", "call_time": "2026-11-20T00:12:00+08:00",
             "call_class": "RIGHTS_PROTECTION", "concerns": ["UNKNOWN"], "caller": {"callback_number": "99112233"}}
            """;

    private static Setup setup;

    private final Notices notices = new Notices(fieldSet -> true);

    @BeforeAll
    static void readSetup() {
        Faults faults = new Faults();
        setup = Setup.load(new HubHome(Path.of("")), true, faults);
        faults.throwIfAny();
    }

    @Override
    protected CamelContext createCamelContext() throws Exception {
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.setAllowUseOriginalMessage(true);
        camel.addComponent("jms", new StubComponent());
        Properties properties = new Properties();
        properties.setProperty("hub.flow.delivery-consumers", "1");
        camel.getPropertiesComponent().setInitialProperties(properties);
        Handbook handbook =
                new Handbook("test", setup.agencies(), new Translator(setup.dialects()), setup.disclosure());
        camel.getRegistry().bind("failures", new Failures(5));
        camel.getRegistry().bind("intake", new Intake(() -> handbook, JSON, Clock.systemUTC()));
        camel.getRegistry().bind("delivery", new Delivery(() -> handbook, JSON));
        camel.getRegistry().bind("notices", notices);
        RouteSteps.noteIn(camel);
        new Routes(setup.home()).addTo(camel, List.of("helpline", "school"), 1, List.of());
        AdviceWith.adviceWith(camel, "intake-helpline", route -> {
            route.replaceFromWith("direct:intake");
            route.mockEndpointsAndSkip("jms:queue:*");
        });
        AdviceWith.adviceWith(camel, "intake-school", route -> {
            route.replaceFromWith("direct:intake-school");
            route.mockEndpointsAndSkip("jms:queue:*");
        });
        AdviceWith.adviceWith(camel, "deliver", route -> {
            route.replaceFromWith("direct:delivery");
            route.mockEndpointsAndSkip("jms:queue:*");
        });
        return camel;
    }

    @Test
    void a_valid_call_goes_to_the_ledger_with_the_hubs_own_properties_and_its_original_bytes() throws Exception {
        MockEndpoint ledger = getMockEndpoint("mock:jms:queue:hub.ledger");
        ledger.expectedMessageCount(1);
        getMockEndpoint("mock:jms:queue:hub.deadletter").expectedMessageCount(0);

        template.sendBodyAndHeaders(
                "direct:intake", CALL, Map.of(Headers.SENDER, "helpline-108", "X-Childs-Name", "must not pass"));

        MockEndpoint.assertIsSatisfied(context);
        Exchange sent = ledger.getExchanges().get(0);
        assertThat(sent.getIn().getHeaders())
                .containsEntry(Headers.KIND, "MESSAGE")
                .containsEntry(Headers.SENDER, "helpline-108")
                .containsEntry(Headers.DIALECT, "helpline")
                .containsEntry(Headers.CONFIGURATION, "test")
                .containsEntry(Headers.MESSAGE_ID, "108-2026-000017")
                .containsKeys(Headers.STAMP, Headers.ARRIVED_AT, Headers.REFERRAL_ID, "JMSXGroupID", "JMSPriority")
                .doesNotContainKey("X-Childs-Name");
        Parcel parcel = Parcel.of(sent.getIn().getBody(byte[].class));
        assertThat(new String(parcel.original(), StandardCharsets.UTF_8)).isEqualTo(CALL);
        assertThat(JSON.readTree(parcel.canonical()).at("/body/concerns/0").asText())
                .isEqualTo("UNKNOWN");
    }

    private static final String FILE = """
            Message id;Sent at;Concerns;Urgency;Phone
            s-1;2026-11-20 09:00;UNKNOWN;URGENT;99112233
            s-2;2026-11-20 09:00;UNKNOWN;nonsense;99112233

            s-3;2026-11-20 09:00;UNKNOWN;URGENT;99112233
            """;

    @Test
    void each_row_of_a_file_comes_again_as_a_message_of_its_own() throws Exception {
        MockEndpoint again = getMockEndpoint("mock:jms:queue:intake.school");
        again.expectedMessageCount(3);
        MockEndpoint ledger = getMockEndpoint("mock:jms:queue:hub.ledger");
        ledger.expectedMessageCount(1);
        getMockEndpoint("mock:jms:queue:hub.deadletter").expectedMessageCount(0);

        template.sendBodyAndHeaders(
                "direct:intake-school",
                FILE,
                Map.of(Headers.SENDER, "school-1110", Headers.REPLAY_OF, "letter-1", "JMSPriority", 7, "X-Name", "x"));

        MockEndpoint.assertIsSatisfied(context);
        Map<String, Object> headers = again.getExchanges().get(2).getIn().getHeaders();
        assertThat(headers)
                .containsEntry(Headers.SENDER, "school-1110")
                .containsEntry(Headers.ROW, 5)
                .containsEntry(Headers.LINE, 5)
                .containsEntry("JMSXGroupID", "school-1110")
                .containsEntry("JMSPriority", 7)
                .doesNotContainKeys("X-Name", Headers.REPLAY_OF, Headers.STAMP);
        assertThat(again.getExchanges().get(2).getIn().getBody(String.class))
                .isEqualTo("Message id;Sent at;Concerns;Urgency;Phone\ns-3;2026-11-20 09:00;UNKNOWN;URGENT;99112233\n");
        // Its letter is done with.
        assertThat(ledger.getExchanges().get(0).getIn().getHeaders())
                .containsEntry(Headers.KIND, LedgerKind.DESK.name())
                .containsEntry(Headers.SENDER, "hub")
                .containsKey(Headers.STAMP)
                .doesNotContainKeys("X-Name", Headers.REPLAY_OF);
        assertThat(JSON.readTree(ledger.getExchanges().get(0).getIn().getBody(byte[].class)))
                .isEqualTo(JSON.readTree("{\"action\":\"resolve\",\"subject\":\"letter-1\"}"));
    }

    @Test
    void a_file_that_comes_from_its_sender_tells_the_desk_nothing() throws Exception {
        getMockEndpoint("mock:jms:queue:intake.school").expectedMessageCount(3);
        getMockEndpoint("mock:jms:queue:hub.ledger").expectedMessageCount(0);

        template.sendBodyAndHeaders("direct:intake-school", FILE, Map.of(Headers.SENDER, "school-1110"));

        MockEndpoint.assertIsSatisfied(context);
    }

    @Test
    void a_row_alone_is_told_with_its_place_in_the_file() throws Exception {
        MockEndpoint desk = getMockEndpoint("mock:jms:queue:hub.deadletter");
        desk.expectedMessageCount(1);
        getMockEndpoint("mock:jms:queue:intake.school").expectedMessageCount(0);

        String row = FILE.lines().toList().get(0) + "\n" + FILE.lines().toList().get(2) + "\n";
        template.sendBodyAndHeaders(
                "direct:intake-school", row, Map.of(Headers.SENDER, "school-1110", Headers.ROW, 30, Headers.LINE, 44));

        MockEndpoint.assertIsSatisfied(context);
        JsonNode findings =
                JSON.readTree(Parcel.of(desk.getExchanges().get(0).getIn().getBody(byte[].class))
                        .report());
        assertThat(findings)
                .filteredOn(finding -> finding.path("severity").asText().equals("error"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.path("line").asInt()).isEqualTo(44);
                    assertThat(finding.path("en").asText()).startsWith("Row 30, column D \"Urgency\": ");
                });
    }

    /** Whoever takes a file apart must not do so for ever. */
    @Test
    void a_row_that_the_hub_cut_out_is_not_taken_apart_again() throws Exception {
        getMockEndpoint("mock:jms:queue:intake.school").expectedMessageCount(0);
        getMockEndpoint("mock:jms:queue:hub.deadletter").expectedMessageCount(1);

        template.sendBodyAndHeaders(
                "direct:intake-school", FILE, Map.of(Headers.SENDER, "school-1110", Headers.ROW, 2, Headers.LINE, 2));

        MockEndpoint.assertIsSatisfied(context);
    }

    /** In the hub the route's transaction then takes back the rows before it. */
    @Test
    void when_a_row_can_not_be_sent_the_file_fails_as_a_whole() {
        MockEndpoint again = getMockEndpoint("mock:jms:queue:intake.school");
        again.whenExchangeReceived(2, exchange -> {
            throw new JMSException("the broker is away");
        });

        assertThatThrownBy(() -> template.sendBodyAndHeaders(
                        "direct:intake-school", FILE, Map.of(Headers.SENDER, "school-1110")))
                .hasRootCauseInstanceOf(JMSException.class);
        assertThat(again.getReceivedCounter()).isEqualTo(2);
    }

    @Test
    void a_refused_call_goes_to_the_desk_with_its_findings() throws Exception {
        MockEndpoint desk = getMockEndpoint("mock:jms:queue:hub.deadletter");
        desk.expectedMessageCount(1);
        getMockEndpoint("mock:jms:queue:hub.ledger").expectedMessageCount(0);

        template.sendBodyAndHeader("direct:intake", "{\"record\": \"CALL\",}", Headers.SENDER, "helpline-108");

        MockEndpoint.assertIsSatisfied(context);
        Exchange sent = desk.getExchanges().get(0);
        assertThat(sent.getIn().getHeaders())
                .containsEntry(Headers.KIND, "DEAD")
                .containsEntry(Headers.DEAD_CLASS, "refused")
                .containsEntry(Headers.DEAD_ORIGIN, "intake.helpline");
        assertThat(JSON.readTree(Parcel.of(sent.getIn().getBody(byte[].class)).report())
                        .path(0)
                        .path("line")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void a_message_without_a_known_sender_goes_to_the_desk_as_it_came() throws Exception {
        MockEndpoint desk = getMockEndpoint("mock:jms:queue:hub.deadletter");
        desk.expectedMessageCount(1);

        template.sendBodyAndHeader("direct:intake", CALL, Headers.SENDER, "nobody");

        MockEndpoint.assertIsSatisfied(context);
        Exchange sent = desk.getExchanges().get(0);
        assertThat(sent.getIn().getBody(String.class)).isEqualTo(CALL);
        assertThat(sent.getIn().getHeaders())
                .containsEntry(Headers.DEAD_CAUSE, "unknown-agency")
                .containsEntry(Headers.DEAD_CLASS, "permanent")
                .containsEntry(Headers.DEAD_STAGE, "intake-helpline");
    }

    @Test
    void a_delivery_reaches_the_inbox_in_the_recipients_dialect_and_the_ledger_is_told() throws Exception {
        MockEndpoint inbox = getMockEndpoint("mock:jms:queue:inbox");
        inbox.expectedMessageCount(1);

        Map<String, Object> headers = new HashMap<>(delivery("police-national"));
        headers.put(DoorBinding.DELIVERY_COUNT, 2);
        notices.begin();
        template.sendBodyAndHeaders("direct:delivery", request(), headers);

        MockEndpoint.assertIsSatisfied(context);
        Exchange delivered = inbox.getExchanges().get(0);
        assertThat(delivered.getIn().getBody(String.class)).startsWith("<?xml").contains("99112233");
        assertThat(delivered.getIn().getHeaders())
                .containsEntry("CamelJmsDestinationName", "agency.police-national.inbox")
                .containsEntry(Headers.CONTENT_TYPE, "application/xml")
                .containsEntry(Headers.DELIVERY_ID, "d-1")
                .doesNotContainKey(Headers.RECIPIENT);
        assertThat(notices.noted()).singleElement().satisfies(notice -> {
            assertThat(notice.delivery()).isEqualTo("d-1");
            assertThat(notice.recipient()).isEqualTo("police-national");
            assertThat(notice.basis()).isNotBlank();
            assertThat(notice.attempts()).isEqualTo(2);
            assertThat(notice.digest())
                    .isEqualTo(Identifiers.digest(delivered.getIn().getBody(byte[].class)));
        });
    }

    @Test
    void a_delivery_to_an_agency_that_has_left_goes_to_the_desk_with_its_bytes() throws Exception {
        MockEndpoint desk = getMockEndpoint("mock:jms:queue:hub.deadletter");
        desk.expectedMessageCount(1);
        byte[] request = request();

        template.sendBodyAndHeaders("direct:delivery", request, delivery("closed-office"));

        MockEndpoint.assertIsSatisfied(context);
        assertThat(desk.getExchanges().get(0).getIn().getBody(byte[].class)).isEqualTo(request);
        assertThat(desk.getExchanges().get(0).getIn().getHeaders())
                .containsEntry(Headers.DEAD_CAUSE, "unknown-agency")
                .containsEntry(Headers.DELIVERY_ID, "d-1")
                .containsEntry(Headers.RECIPIENT, "closed-office");
    }

    @Test
    void a_broker_that_falters_rolls_back_and_on_the_last_attempt_the_desk_is_told() throws Exception {
        MockEndpoint inbox = getMockEndpoint("mock:jms:queue:inbox");
        MockEndpoint desk = getMockEndpoint("mock:jms:queue:hub.deadletter");
        inbox.whenAnyExchangeReceived(exchange -> {
            throw new JMSException("the session is gone");
        });
        Map<String, Object> headers = delivery("police-national");

        desk.expectedMessageCount(0);
        Exchange first = template.request("direct:delivery", exchange -> {
            exchange.getIn().setBody(request());
            exchange.getIn().setHeaders(new HashMap<>(headers));
            exchange.getIn().setHeader(DoorBinding.DELIVERY_COUNT, 1);
        });
        assertThat(first.isFailed()).as("the broker takes it back").isTrue();
        desk.assertIsSatisfied();

        desk.reset();
        desk.expectedMessageCount(1);
        Exchange last = template.request("direct:delivery", exchange -> {
            exchange.getIn().setBody(request());
            exchange.getIn().setHeaders(new HashMap<>(headers));
            exchange.getIn().setHeader(DoorBinding.DELIVERY_COUNT, 5);
        });
        assertThat(last.isFailed()).isFalse();
        desk.assertIsSatisfied();
        assertThat(desk.getExchanges().get(0).getIn().getHeaders())
                .containsEntry(Headers.DEAD_CLASS, "exhausted")
                .containsEntry(Headers.DEAD_ATTEMPTS, 5);
    }

    private static Map<String, Object> delivery(String recipient) {
        return Map.of(
                Headers.DELIVERY_ID, "d-1",
                Headers.RECIPIENT, recipient,
                Headers.MESSAGE_TYPE, "REQUEST",
                Headers.REFERRAL_ID, "r-1",
                Headers.MESSAGE_ID, "m-1",
                Headers.URGENCY, "IMMEDIATE");
    }

    private static byte[] request() throws Exception {
        JsonNode request = JSON.readTree("""
                {"messageId": "m-1", "messageType": "REQUEST", "schemaVersion": "1.0",
                 "referralId": "5f0c1c52-3f0c-8c9e-9d3a-0f4f6f1d2a11", "version": 1,
                 "sentAt": "2026-11-20T00:12:00+08:00", "sender": "helpline-108",
                 "body": {"urgency": "IMMEDIATE", "concerns": ["UNKNOWN"], "callbackPhone": "99112233"}}
                """);
        return JSON.writeValueAsBytes(request);
    }
}
