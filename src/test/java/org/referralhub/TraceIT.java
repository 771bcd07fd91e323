package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.ledger.Failpoint;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.Participant;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.StopOnce;
import org.referralhub.testing.TraceCollector;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;

/** One message is one trace from the door to the inbox and on, whatever happens on the way, and every line of the log is part. */
class TraceIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HELPLINE = "helpline-108";
    private static final String POLICE = "police-family-division";
    /** No word of any language, dialect or code list. */
    private static final String SECRET = "QQsecretQQ";

    private static TraceCollector collector;
    private static RunningHub hub;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger own = (Logger) LoggerFactory.getLogger("org.referralhub");

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        collector = new TraceCollector();
        hub = RunningHub.start(data, Map.of("hub.traces.endpoint", collector.endpoint()));
    }

    @AfterAll
    static void stop() {
        hub.close();
        collector.close();
    }

    @BeforeEach
    void listen() {
        hub.emptyInboxes();
        log.start();
        own.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        own.detachAppender(log);
    }

    @Test
    void a_referral_is_one_trace_from_the_door_to_each_inbox() throws Exception {
        String referralId = send("call-" + UUID.randomUUID());
        String trace = awaitWhole(referralId, Set.of("door", "intake", "ledger", "delivery"));

        List<TraceCollector.Span> spans = collector.spans(trace);
        Set<String> ids = spans.stream().map(TraceCollector.Span::id).collect(Collectors.toSet());
        assertThat(spans.stream().filter(span -> span.parent().isEmpty()))
                .singleElement()
                .satisfies(first -> assertThat(first.name()).isEqualTo("door"));
        assertThat(spans).filteredOn(span -> !span.parent().isEmpty()).allSatisfy(span -> assertThat(ids)
                .contains(span.parent()));
        assertThat(spans).allSatisfy(span -> assertThat(span.failed()).isEmpty());
        assertThat(spans)
                .filteredOn(span -> span.name().equals("delivery"))
                .extracting(span -> span.attributes().get("hub.agency"))
                .contains(HELPLINE, POLICE);
        assertThat(spans.toString()).doesNotContain(SECRET);
    }

    @Test
    void a_batch_that_comes_again_after_a_crash_goes_on_in_the_same_trace() throws Exception {
        hub.bean(StopOnce.class).at(Failpoint.Place.AFTER_DATABASE_COMMIT);
        String referralId = send("call-" + UUID.randomUUID());
        String trace = awaitWhole(referralId, Set.of("door", "intake", "ledger", "delivery"));

        assertThat(hub.bean(StopOnce.class).happened()).isTrue();
        List<TraceCollector.Span> spans = collector.spans(trace);
        assertThat(spans)
                .filteredOn(span -> span.name().equals("ledger"))
                .extracting(TraceCollector.Span::failed)
                .contains("rolled-back", "");
        assertThat(spans.stream().filter(span -> span.parent().isEmpty())).hasSize(1);
        assertThat(hub.waiting(POLICE, referralId)).hasSize(1);
    }

    @Test
    void what_a_client_says_of_a_trace_and_puts_into_properties_is_not_believed() throws Exception {
        Participant helpline = hub.as(HELPLINE);
        String callId = "call-" + UUID.randomUUID();
        String theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        try (Connection connection = helpline.amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.intake("helpline")))) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(call(callId).getBytes(StandardCharsets.UTF_8));
            message.setStringProperty(Headers.TRACE, theirs);
            message.setStringProperty("childsName", SECRET);
            producer.send(message);
        }
        String referralId = Identifiers.referralId(HELPLINE, callId);
        String trace = awaitWhole(referralId, Set.of("intake", "ledger", "delivery"));

        assertThat(trace).isNotEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(collector.spans().toString()).doesNotContain(SECRET);
    }

    @Test
    void a_refusal_is_traced_through_the_desk_to_the_folder_of_its_sender_and_its_log_lines_say_which_message()
            throws Exception {
        Participant visitors = hub.as("ngo-home-visits");
        try (Connection connection = visitors.amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.intake("canonical")))) {
            producer.send(session.createTextMessage("{\"child\": \"" + SECRET + "\"}"));
        }
        await().atMost(RunningHub.PATIENCE).untilAsserted(() -> assertThat(collector.spans())
                .filteredOn(span -> span.name().equals("courier"))
                .filteredOn(span -> "ngo-home-visits".equals(span.attributes().get("hub.agency")))
                .isNotEmpty());
        String trace = collector.spans().stream()
                .filter(span -> span.name().equals("courier"))
                .findFirst()
                .orElseThrow()
                .trace();
        await().atMost(RunningHub.PATIENCE).untilAsserted(() -> assertThat(collector.spans(trace))
                .extracting(TraceCollector.Span::name)
                .contains("intake", "ledger", "delivery", "courier"));

        assertThat(collector.spans(trace))
                .filteredOn(span -> span.name().equals("intake"))
                .extracting(TraceCollector.Span::failed)
                .containsExactly("refused");
        assertThat(collector.spans(trace).toString()).doesNotContain(SECRET);
    }

    @Test
    void a_line_of_the_log_is_one_json_object_with_reference_agency_stage_and_trace() throws Exception {
        String reference = "RF-7K2M-Q8XD-3F5T";
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setContext(context);
        encoder.setFormat("ecs");
        encoder.start();
        org.referralhub.trace.LogContext.begin("delivery", POLICE, reference, "0af7651916cd43dd8448eb211c80319c");
        try {
            LoggerFactory.getLogger("org.referralhub.flow.Failures").warn("Attempt {} failed", 1);
        } finally {
            org.referralhub.trace.LogContext.end();
        }
        assertThat(log.list).isNotEmpty();
        String line = new String(encoder.encode(log.list.get(log.list.size() - 1)), StandardCharsets.UTF_8);
        JsonNode tree = JSON.readTree(line);

        assertThat(line.strip()).doesNotContain("\n");
        assertThat(tree.path("message").asText()).isEqualTo("Attempt 1 failed");
        assertThat(tree.path("reference").asText()).isEqualTo(reference);
        assertThat(tree.path("agency").asText()).isEqualTo(POLICE);
        assertThat(tree.path("stage").asText()).isEqualTo("delivery");
        assertThat(tree.path("traceId").asText()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    }

    private static String call(String callId) throws IOException {
        ObjectNode call = (ObjectNode) JSON.readTree(Samples.callWithEverything(callId));
        call.put("response", "NOW").put("story", SECRET);
        call.remove("follows_referral");
        return call.toString();
    }

    private static String send(String callId) throws Exception {
        Participant.Answer answer = hub.as(HELPLINE).send("application/json", call(callId));
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return Identifiers.referralId(HELPLINE, callId);
    }

    /** The trace of the referral as it lies in the inbox of the police, once all of it has been told. */
    private static String awaitWhole(String referralId, Set<String> stages) throws JMSException {
        await().atMost(RunningHub.PATIENCE)
                .untilAsserted(() -> assertThat(contexts(referralId)).isNotEmpty());
        hub.settle();
        List<String> contexts = contexts(referralId);
        assertThat(contexts).hasSize(1);
        String[] parts = contexts.get(0).split("-");
        await().atMost(RunningHub.PATIENCE).untilAsserted(() -> {
            assertThat(collector.spans(parts[1]))
                    .extracting(TraceCollector.Span::name)
                    .containsOnlyElementsOf(stages);
            assertThat(collector.spans(parts[1]))
                    .extracting(TraceCollector.Span::id)
                    .contains(parts[2]);
            assertThat(collector.spans(parts[1]))
                    .extracting(span -> span.attributes().get("hub.agency"))
                    .contains(POLICE, HELPLINE);
        });
        return parts[1];
    }

    private static List<String> contexts(String referralId) throws JMSException {
        List<String> contexts = new ArrayList<>();
        try (Connection connection = hub.bean(Broker.class).connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                QueueBrowser browser = session.createBrowser(
                        session.createQueue(Queues.inbox(POLICE)), "referralId = '" + referralId + "'")) {
            connection.start();
            for (Object message : Collections.list(browser.getEnumeration())) {
                contexts.add(((Message) message).getStringProperty(Headers.TRACE));
            }
        }
        return contexts;
    }
}
