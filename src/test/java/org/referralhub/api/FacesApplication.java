package org.referralhub.api;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.jms.ConnectionFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.mockito.Mockito;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Operator;
import org.referralhub.agency.OperatorRole;
import org.referralhub.agency.Operators;
import org.referralhub.agency.Reach;
import org.referralhub.alarm.AlarmHistory;
import org.referralhub.alarm.OpenAlarms;
import org.referralhub.broker.Broker;
import org.referralhub.broker.InboxWatch;
import org.referralhub.counts.Counts;
import org.referralhub.courier.CourierDesk;
import org.referralhub.deadletter.Contents;
import org.referralhub.deadletter.Corrections;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.Rehearsals;
import org.referralhub.deadletter.Runs;
import org.referralhub.dialect.Inbound;
import org.referralhub.dialect.Part;
import org.referralhub.dialect.Received;
import org.referralhub.flow.RouteFigures;
import org.referralhub.ledger.AccessLog;
import org.referralhub.ledger.AuditTrail;
import org.referralhub.ledger.Books;
import org.referralhub.ledger.LastSent;
import org.referralhub.ledger.Manifests;
import org.referralhub.ledger.ReferralSearch;
import org.referralhub.ledger.ReferralTimeline;
import org.referralhub.ledger.Tracking;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Finding;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Report;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * The HTTP face alone: real server, real security, a real broker without disk; the chain of checks and the ledger are
 * stand-ins that do as the message says.
 */
@EnableAutoConfiguration(
        excludeName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.apache.camel.spring.boot.CamelAutoConfiguration",
        })
@EnableConfigurationProperties(ApiSettings.class)
@Import({
    SecurityConfiguration.class,
    OpenApiConfiguration.class,
    OneFormat.class,
    ProblemAdvice.class,
    MessageController.class,
    InboxController.class,
    ReferralController.class,
    DeadLetterController.class,
    LetterContentController.class,
    OperationsController.class,
    PauseController.class,
    BooksController.class,
    CountsController.class,
    AuditController.class,
    UsersController.class,
    AlarmsController.class
})
class FacesApplication {
    static final String HELPLINE = "helpline-108";
    static final String POLICE = "police-khan-uul";

    /** What the stand-in for the ledger remembers. */
    static final Map<String, Tracking.Prior> PRIORS = new ConcurrentHashMap<>();

    @Bean
    Supplier<AgencyRegistry> agencies() {
        AgencyRegistry agencies = AgencyRegistry.of(
                List.of(agency(HELPLINE, AgencyKind.HELPLINE_108), agency(POLICE, AgencyKind.POLICE)),
                Map.of(HELPLINE, "secret-" + HELPLINE, POLICE, "secret-" + POLICE),
                place -> List.of(place));
        return () -> agencies;
    }

    private static Agency agency(String id, AgencyKind kind) {
        return new Agency(
                id, kind, new Text(id, id), Set.of(Agency.EVERYWHERE), "canonical", OpeningHours.ALWAYS, Reach.INBOX);
    }

    @Bean
    Supplier<Operators> operators() {
        List<Operator> all = java.util.Arrays.stream(OperatorRole.values())
                .map(role -> new Operator(role.name().toLowerCase(java.util.Locale.ROOT), Set.of(role)))
                .toList();
        Operators operators = Operators.of(
                all, all.stream().collect(java.util.stream.Collectors.toMap(Operator::id, o -> "secret-" + o.id())));
        return () -> operators;
    }

    @Bean(initMethod = "start", destroyMethod = "stop")
    EmbeddedActiveMQ broker() throws Exception {
        Configuration configuration = new ConfigurationImpl()
                .setPersistenceEnabled(false)
                .setSecurityEnabled(false)
                .addAcceptorConfiguration("in-vm", "vm://77");
        for (String queue :
                List.of("intake.canonical", "agency." + HELPLINE + ".inbox", "agency." + POLICE + ".inbox")) {
            configuration.addQueueConfiguration(
                    QueueConfiguration.of(queue).setAddress(queue).setRoutingType(RoutingType.ANYCAST));
        }
        return new EmbeddedActiveMQ().setConfiguration(configuration);
    }

    @Bean
    ConnectionFactory connections(EmbeddedActiveMQ broker) {
        return new ActiveMQConnectionFactory("vm://77");
    }

    @Bean
    Inboxes inboxes(ConnectionFactory connections) {
        return new Inboxes(connections);
    }

    @Bean
    WaitingReaders waitingReaders(Inboxes inboxes, EmbeddedActiveMQ broker) {
        return new WaitingReaders(
                inboxes,
                () -> Stream.of("agency." + HELPLINE + ".inbox", "agency." + POLICE + ".inbox")
                        .collect(toMap(queue -> queue, queue -> broker.getActiveMQServer()
                                .locateQueue(SimpleString.of(queue))
                                .getMessageCount())),
                Duration.ofMillis(50));
    }

    @Bean
    Callers callers(Supplier<AgencyRegistry> agencies) {
        return new Callers(agencies);
    }

    @Bean
    MessageDoor messageDoor(ConnectionFactory connections) {
        return new MessageDoor(
                (dialect, sender, original, now) ->
                        List.of(new Received(Part.whole(original), read(dialect, sender, original, now))),
                (agency, original, now) -> new ObjectMapper()
                        .createObjectNode()
                        .put("sender", agency.id())
                        .put("bytes", original.length),
                (sender, messageId) -> Optional.ofNullable(PRIORS.get(sender + ' ' + messageId)),
                new IntakeSender(connections, () -> false, org.referralhub.trace.Traces.OFF),
                dialect -> List.of("application/json"),
                Clock.systemUTC());
    }

    /** A message that says {@code "refuse": true} is refused; every other JSON object is taken as it is. */
    private static Inbound read(String dialect, String sender, byte[] original, java.time.Instant now) {
        try {
            ObjectNode message = (ObjectNode) new ObjectMapper().readTree(original);
            if (message.path("refuse").asBoolean()) {
                return new Inbound.Refused(new Report(List.of(finding(Severity.ERROR))), null);
            }
            message.put(
                    "referralId",
                    Identifiers.referralId(sender, message.path("messageId").asText()));
            return new Inbound.Accepted(message, new Report(List.of(finding(Severity.WARNING))), false);
        } catch (java.io.IOException | RuntimeException e) {
            return new Inbound.Refused(new Report(List.of(finding(Severity.FATAL))), null);
        }
    }

    private static Finding finding(Severity severity) {
        return new Finding(
                severity, "schema.required", "/body/concerns", 3, 7, new Text("Дутуу байна.", "It is missing."));
    }

    @Bean
    Tracking tracking() {
        return Mockito.mock(Tracking.class);
    }

    @Bean
    ReferralSearch referralSearch() {
        return Mockito.mock(ReferralSearch.class);
    }

    @Bean
    ReferralTimeline referralTimeline() {
        return Mockito.mock(ReferralTimeline.class);
    }

    @Bean
    AccessLog accessLog() {
        return Mockito.mock(AccessLog.class);
    }

    @Bean
    Books books() {
        return Mockito.mock(Books.class);
    }

    @Bean
    Manifests manifests() {
        return Mockito.mock(Manifests.class);
    }

    @Bean
    AuditTrail auditTrail() {
        return Mockito.mock(AuditTrail.class);
    }

    @Bean
    OpenAlarms openAlarms() {
        OpenAlarms open = Mockito.mock(OpenAlarms.class);
        Mockito.when(open.open(org.mockito.ArgumentMatchers.anyInt())).thenReturn(new OpenAlarms.Open(0, List.of()));
        return open;
    }

    @Bean
    AlarmHistory alarmHistory() {
        return Mockito.mock(AlarmHistory.class);
    }

    @Bean
    LastSent lastSent() {
        return Mockito.mock(LastSent.class);
    }

    @Bean
    InboxWatch inboxWatch() {
        return Mockito.mock(InboxWatch.class);
    }

    @Bean
    RouteFigures routeFigures() {
        return Mockito.mock(RouteFigures.class);
    }

    @Bean
    Counts counts() {
        return Mockito.mock(Counts.class);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    DeskOrders deskOrders() {
        return Mockito.mock(DeskOrders.class);
    }

    @Bean
    Contents contents() {
        return Mockito.mock(Contents.class);
    }

    @Bean
    Corrections corrections() {
        return Mockito.mock(Corrections.class);
    }

    @Bean
    Desk desk() {
        return Mockito.mock(Desk.class);
    }

    @Bean
    Rehearsals rehearsals() {
        return Mockito.mock(Rehearsals.class);
    }

    @Bean
    Runs runs() {
        return Mockito.mock(Runs.class);
    }

    @Bean
    CourierDesk courierDesk() {
        return Mockito.mock(CourierDesk.class);
    }

    @Bean
    Broker hubBroker() {
        return Mockito.mock(Broker.class);
    }

    @Bean
    OpenApiConfiguration.Samples samples() {
        return () -> {
            Path sample = Path.of("schemas/helpline/call.schema.json");
            try {
                return List.of(new OpenApiConfiguration.SampleDocument(
                        "helpline", "application/json", Files.readString(sample, StandardCharsets.UTF_8)));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        };
    }
}
