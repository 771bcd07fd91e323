package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.broker.Broker;
import org.referralhub.message.Identifiers;
import org.referralhub.testing.Participant;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.StompClient;
import org.referralhub.testing.Way;
import org.slf4j.LoggerFactory;

/** What is said of a child stands in the documents alone: in no line of the log, no header, no metric, no answer of HTTP. */
class NothingLeaksIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HELPLINE = "helpline-108";
    /** No word of any language, dialect or code list. */
    private static final String SECRET = "QQsecretQQ";

    private static RunningHub hub;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger own = (Logger) LoggerFactory.getLogger("org.referralhub");
    private Level rootLevel;
    private Level ownLevel;

    @BeforeAll
    static void start() {
        hub = RunningHub.shared();
    }

    @BeforeEach
    void listen() {
        hub.emptyInboxes();
        rootLevel = root.getLevel();
        ownLevel = own.getLevel();
        root.setLevel(Level.INFO);
        own.setLevel(Level.TRACE);
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        root.detachAppender(log);
        root.setLevel(rootLevel);
        own.setLevel(ownLevel);
    }

    @Test
    void a_referral_its_answers_its_refusals_and_its_repeats_leave_no_trace_outside_of_documents() throws Exception {
        String callId = "call-" + UUID.randomUUID();
        String referralId = Identifiers.referralId(HELPLINE, callId);
        Participant helpline = hub.as(HELPLINE);
        List<String> told = new ArrayList<>();

        String call = call(callId, "NOW").toString();
        told.add(accepted(helpline.send("application/json", call)));
        told.add(accepted(helpline.send("application/json", call)));
        ObjectNode other = call(callId, "NOW");
        other.put("story", SECRET + " too");
        told.add(answered(409, helpline.send("application/json", other.toString())));
        ObjectNode faulty = call("call-" + UUID.randomUUID(), "TODAY");
        faulty.withObject("/child").put("register", SECRET).put("born", SECRET).put("sex", SECRET);
        faulty.withObject("/address").put("bag", SECRET);
        told.add(answered(422, helpline.send("application/json", faulty.toString())));
        // Over a queue the refusal is kept at the desk.
        Way.AMQP.send(helpline, "helpline", bytes(faulty.toString()));
        Way.AMQP.send(helpline, "helpline", bytes("{\"record_type\": \"" + SECRET));
        Way.STOMP.send(hub.as("police-capital"), "police", bytes("<" + SECRET + ">&" + SECRET + ";"));
        hub.settle();
        told.add(accepted(hub.as("police-family-division")
                .send(
                        "application/xml",
                        Samples.policeAnswer(
                                "p-" + UUID.randomUUID(),
                                referralId,
                                "<ProgressReport><ProgressText>" + SECRET + "</ProgressText></ProgressReport>"))));
        told.add(answered(401, helpline.withSecret(SECRET).get("/inbox")));
        told.add(answered(404, hub.as("operator").get("/referrals/" + UUID.randomUUID())));
        hub.settle();

        assertThat(told).noneMatch(answer -> answer.contains(SECRET));
        assertThat(headers()).isNotEmpty().noneMatch(header -> header.contains(SECRET));
        assertThat(metrics()).contains("jvm_").doesNotContain(SECRET);
        for (String page : List.of(
                "/referrals/" + referralId, "/referrals/" + referralId + "/timeline", "/books", "/dead-letters")) {
            assertThat(hub.as("operator").get(page).text()).as(page).doesNotContain(SECRET);
        }
        assertThat(List.copyOf(log.list)).isNotEmpty().noneMatch(NothingLeaksIT::tells);
    }

    /** Requests that no program should make, and some do; the server refuses most before anything of the hub sees them. */
    @Test
    void nor_does_what_is_asked_wrongly_over_http() throws Exception {
        String login = "Authorization: Basic "
                + Base64.getEncoder().encodeToString(bytes(HELPLINE + ":demo-" + HELPLINE)) + "\r\n";
        List<String> told = new ArrayList<>();
        for (String request : List.of(
                "GET /api/v1/referrals?child=Ө" + SECRET + " HTTP/1.1\r\n",
                "GET /api/v1/referrals/{" + SECRET + "} HTTP/1.1\r\n",
                "GET /api/v1/" + SECRET + " HTTP/1.1\r\n" + login,
                "GET /api/v1/inbox;" + SECRET + "=1 HTTP/1.1\r\n" + login,
                "GET /api/v1/../" + SECRET + " HTTP/1.1\r\n" + login,
                "GET /api/v1/%2e%2e/" + SECRET + "%00 HTTP/1.1\r\n" + login,
                "GET /" + SECRET + " HTTP/1.1\r\n",
                "GET /console/assets/" + SECRET + " HTTP/1.1\r\n",
                SECRET + " /api/v1/inbox HTTP/1.1\r\n" + login,
                "GET /api/v1/inbox " + SECRET + "\r\n" + login,
                "GET /api/v1/inbox HTTP/1.1\r\n" + login + SECRET + "\r\n",
                "GET /api/v1/inbox HTTP/1.1\r\n" + login + "child name(" + SECRET + "): x\r\n",
                "GET /api/v1/inbox HTTP/1.1\r\n" + login + "Cookie: " + SECRET + "=\"\u0001" + SECRET + "\r\n",
                "GET /api/v1/inbox HTTP/1.1\r\n" + login + "Accept: " + SECRET + ";q=" + SECRET + "\r\n",
                "GET /api/v1/inbox HTTP/1.1\r\n" + login + "Accept-Language: " + SECRET + ";q=x\r\n",
                "GET /api/v1/inbox HTTP/1.1\r\n" + login + "If-Modified-Since: " + SECRET + "\r\n",
                "GET /api/v1/inbox HTTP/1.1\r\n" + login + "traceparent: " + SECRET + "\r\n",
                "GET /api/v1/inbox HTTP/1.1\r\n" + login + "X-Forwarded-For: " + SECRET + "\r\n",
                "GET /api/v1/inbox?max=" + SECRET + "&" + SECRET + "=1 HTTP/1.1\r\n" + login,
                "GET /api/v1/inbox?max=%zz" + SECRET + "&%zz" + SECRET + "=1 HTTP/1.1\r\n" + login,
                "GET /api/v1/inbox HTTP/1.1\r\nAuthorization: Basic " + SECRET + "\r\n",
                "GET /api/v1/inbox HTTP/1.1\r\nAuthorization: " + SECRET + "\r\n",
                "POST /api/v1/messages HTTP/1.1\r\n" + login + "Content-Type: " + SECRET + "\r\nContent-Length: 2\r\n",
                "POST /api/v1/messages HTTP/1.1\r\n" + login + "Content-Type: text/csv;charset=" + SECRET
                        + "\r\nContent-Length: 2\r\n",
                "POST /api/v1/messages HTTP/1.1\r\n" + login + "Content-Length: " + SECRET + "\r\n",
                "POST /api/v1/messages HTTP/1.1\r\n" + login + "Transfer-Encoding: " + SECRET + "\r\n",
                "POST /api/v1/messages HTTP/1.1\r\n" + login + "Content-Encoding: " + SECRET
                        + "\r\nContent-Length: 2\r\n",
                "POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n")) {
            told.add(asked(request));
        }

        assertThat(told).allMatch(answer -> answer.matches("(?s)HTTP/1.1 (?!500)\\d.*"));
        assertThat(List.copyOf(log.list)).noneMatch(NothingLeaksIT::tells);
    }

    private static String asked(String request) throws IOException {
        try (Socket socket = new Socket(hub.url().getHost(), hub.url().getPort())) {
            socket.setSoTimeout((int) RunningHub.PATIENCE.toMillis());
            socket.getOutputStream().write(bytes(request + "Host: localhost\r\nConnection: close\r\n\r\n{}"));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The broker itself refuses these, before anything of the hub sees them. */
    @Test
    void nor_does_what_the_broker_refuses_over_stomp() throws Exception {
        refusedOverStomp("SEND", Map.of("destination", "intake.helpline", "child", SECRET), "x".repeat(2_500_000));
        refusedOverStomp("SEND", Map.of("destination", "intake.police", "child", SECRET), SECRET);
        refusedOverStomp("SEND", Map.of("destination", SECRET), SECRET);
        refusedOverStomp("SEND", Map.of("child", SECRET), SECRET);
        refusedOverStomp("SUBSCRIBE", Map.of("id", "1", "destination", SECRET), "");
        refusedOverStomp(
                "SUBSCRIBE",
                Map.of("id", "1", "destination", "agency.helpline-108.inbox", "selector", SECRET + " = '"),
                "");
        refusedOverStomp("ACK", Map.of("id", SECRET), "");
        refusedOverStomp("COMMIT", Map.of("transaction", SECRET), "");
        refusedOverStomp(SECRET, Map.of("child", SECRET), SECRET);

        assertThat(List.copyOf(log.list)).isNotEmpty().noneMatch(NothingLeaksIT::tells);
    }

    /** Neither does the broker say what an odd message over AMQP holds, whether it takes it or not. */
    @Test
    void nor_do_odd_messages_over_amqp() throws Exception {
        try (Connection connection = hub.as(HELPLINE).amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
            MapMessage map = session.createMapMessage();
            map.setString("child", SECRET);
            StreamMessage stream = session.createStreamMessage();
            stream.writeString(SECRET);
            List<Message> odd = new ArrayList<>(List.of(
                    session.createTextMessage(SECRET),
                    session.createObjectMessage(SECRET),
                    session.createMessage(),
                    map,
                    stream,
                    session.createTextMessage(SECRET.repeat(250_000))));
            for (Message message : odd) {
                message.setStringProperty("child", SECRET);
                message.setJMSType(SECRET);
                message.setJMSCorrelationID(SECRET);
                message.setJMSReplyTo(session.createQueue("agency.helpline-108.inbox"));
                for (String queue : List.of("intake.helpline", "intake.police", "hub.ledger", "nowhere")) {
                    try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
                        producer.send(message);
                    } catch (JMSException e) {
                        assertThat(queue.equals("intake.helpline") && message != odd.get(odd.size() - 1))
                                .as(queue + " " + message.getClass().getSimpleName())
                                .isFalse();
                    }
                }
            }
        }
        hub.settle();

        assertThat(headers()).noneMatch(header -> header.contains(SECRET));
        assertThat(hub.as("operator").get("/dead-letters").text()).doesNotContain(SECRET);
        assertThat(List.copyOf(log.list)).isNotEmpty().noneMatch(NothingLeaksIT::tells);
    }

    private static void refusedOverStomp(String command, Map<String, String> headers, String body) throws IOException {
        try (StompClient client = hub.as(HELPLINE).stomp()) {
            assertThatThrownBy(() -> client.confirmed(command, headers, bytes(body)))
                    .isInstanceOf(StompClient.Refused.class);
        }
    }

    /** Offices of the other dialects, and what each says. */
    @ParameterizedTest
    @CsvSource({
        "shelter-capital, canonical, everything-that-can-be-said.json, application/json",
        "health-capital, health, everything-that-can-be-said.json, application/fhir+json",
        "health-1125, health-xml, everything-that-can-be-said.xml, application/fhir+xml",
        "one-stop-capital, one-stop, everything-that-can-be-said.json, application/json",
        "social-work-111054, social-work, everything-that-can-be-said.json, application/json",
        "school-1110, school, one-referral.csv, text/csv"
    })
    void nor_does_a_referral_in_any_other_dialect(String agency, String dialect, String file, String type)
            throws Exception {
        Path sample = Path.of("schemas", dialect, "samples/accepted", file);
        JsonNode said = JSON.readTree(Path.of(sample.toString().replaceFirst("\\.[a-z]+$", ".canonical.json"))
                .toFile());
        String document = Files.readString(sample)
                .replace(said.path("messageId").asText(), "m-" + UUID.randomUUID())
                .replace(said.path("sender").asText(), agency)
                .replace(said.at("/body/child/givenName").asText(), SECRET);
        byte[] cut = bytes(document.substring(0, document.lastIndexOf(SECRET) + SECRET.length()));
        assertThat(document).contains(SECRET);

        Participant office = hub.as(agency);
        List<String> told = new ArrayList<>();
        told.add(accepted(office.send(type, document)));
        told.add(answered(422, office.post("/messages", type, cut)));
        Way.AMQP.send(office, dialect, cut);
        hub.settle();

        assertThat(told).noneMatch(answer -> answer.contains(SECRET));
        assertThat(headers()).isNotEmpty().noneMatch(header -> header.contains(SECRET));
        assertThat(metrics()).doesNotContain(SECRET);
        assertThat(hub.as("operator").get("/dead-letters").text()).doesNotContain(SECRET);
        assertThat(List.copyOf(log.list)).isNotEmpty().noneMatch(NothingLeaksIT::tells);
    }

    private static boolean tells(ILoggingEvent event) {
        return event.getFormattedMessage().contains(SECRET)
                || event.getMDCPropertyMap().toString().contains(SECRET)
                || (event.getThrowableProxy() != null
                        && ThrowableProxyUtil.asString(event.getThrowableProxy())
                                .contains(SECRET));
    }

    /** A call that says the secret wherever words may stand. */
    private static ObjectNode call(String callId, String response) throws IOException {
        ObjectNode call = (ObjectNode) JSON.readTree(Samples.callWithEverything(callId));
        call.put("response", response).put("operator", SECRET).put("story", SECRET);
        call.remove("follows_referral");
        call.withObject("/caller").put("name", SECRET);
        call.withObject("/child")
                .put("first_name", SECRET)
                .put("father_name", SECRET)
                .put("clan_name", SECRET)
                .put("called", SECRET)
                .put("disability", SECRET);
        call.withObject("/address").put("details", SECRET);
        for (String text : List.of("medical", "psychology", "welfare", "sexual_violence")) {
            call.put(text, SECRET);
        }
        for (Map.Entry<String, String> list : Map.of(
                        "caregivers",
                        "name",
                        "suspects",
                        "name",
                        "incidents",
                        "story",
                        "earlier",
                        "text",
                        "attachments",
                        "name")
                .entrySet()) {
            for (JsonNode entry : call.path(list.getKey())) {
                ((ObjectNode) entry).put(list.getValue(), SECRET);
            }
        }
        call.putArray("withhold_from").add(SECRET);
        return call;
    }

    /** Every header of every message in any inbox, with its name. */
    private static List<String> headers() throws JMSException {
        List<String> headers = new ArrayList<>();
        try (Connection connection = hub.bean(Broker.class).connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            connection.start();
            for (Map.Entry<String, Long> queue : hub.bean(Broker.class).depths().entrySet()) {
                if (queue.getKey().startsWith("agency.") && queue.getValue() > 0) {
                    try (QueueBrowser browser = session.createBrowser(session.createQueue(queue.getKey()))) {
                        for (Object message : Collections.list(browser.getEnumeration())) {
                            for (Object name : Collections.list(((Message) message).getPropertyNames())) {
                                headers.add(name + ": " + ((Message) message).getObjectProperty(String.valueOf(name)));
                            }
                            headers.add(
                                    ((Message) message).getJMSCorrelationID() + " " + ((Message) message).getJMSType());
                        }
                    }
                }
            }
        }
        return headers;
    }

    private static String metrics() throws IOException, InterruptedException {
        String login = Base64.getEncoder().encodeToString(bytes("operator:demo-operator"));
        HttpRequest request = HttpRequest.newBuilder(URI.create(hub.url() + "/actuator/prometheus"))
                .header("Authorization", "Basic " + login)
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String accepted(Participant.Answer answer) {
        return answered(202, answer);
    }

    private static String answered(int status, Participant.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        return answer.text() + answer.response().headers().map();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
