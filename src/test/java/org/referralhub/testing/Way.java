package org.referralhub.testing;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.referralhub.message.Headers;
import org.referralhub.message.Queues;

/** The ways between an agency and the hub. */
public enum Way {
    /** AMQP 1.0 with Qpid JMS. */
    AMQP {
        @Override
        public void send(Participant agency, String dialect, byte[] document) throws Exception {
            try (Connection connection = agency.amqp();
                    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                    MessageProducer producer = session.createProducer(session.createQueue(Queues.intake(dialect)))) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(document);
                producer.send(message);
            }
        }

        @Override
        Letter take(Participant agency, Wanted wanted) throws Exception {
            try (Connection connection = agency.amqp();
                    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                    MessageConsumer consumer =
                            session.createConsumer(session.createQueue(Queues.inbox(agency.id())), wanted.selector())) {
                connection.start();
                Message message = consumer.receive(RunningHub.PATIENCE.toMillis());
                if (message == null) {
                    throw new AssertionError("no %s for %s over AMQP".formatted(wanted, agency.id()));
                }
                return Letter.of(message);
            }
        }
    },

    /** STOMP 1.2 over a bare socket. */
    STOMP {
        @Override
        public void send(Participant agency, String dialect, byte[] document) throws Exception {
            try (StompClient client = agency.stomp()) {
                client.send(Queues.intake(dialect), document, Map.of());
            }
        }

        @Override
        Letter take(Participant agency, Wanted wanted) throws Exception {
            try (StompClient client = agency.stomp()) {
                client.subscribe("1", Queues.inbox(agency.id()), Map.of("selector", wanted.selector()));
                StompClient.Frame frame = client.receive(RunningHub.PATIENCE)
                        .orElseThrow(
                                () -> new AssertionError("no %s for %s over STOMP".formatted(wanted, agency.id())));
                client.acknowledge(frame);
                Map<String, String> headers = frame.headers();
                return new Letter(
                        headers.get(Headers.DELIVERY_ID),
                        headers.get(Headers.MESSAGE_TYPE),
                        headers.get(Headers.REFERRAL_ID),
                        headers.get(Headers.REFERENCE),
                        headers.get(Headers.URGENCY),
                        headers.get(Headers.CONTENT_TYPE),
                        frame.text());
            }
        }
    },

    /** HTTP. */
    REST {
        @Override
        public void send(Participant agency, String dialect, byte[] document) {
            Participant.Answer answer = agency.post(
                    "/messages", dialect.equals("police") ? "application/xml" : "application/json", document);
            if (answer.status() != 202) {
                throw new AssertionError(answer.status() + " " + answer.text());
            }
        }

        @Override
        Letter take(Participant agency, Wanted wanted) {
            AtomicReference<Letter> found = new AtomicReference<>();
            await("%s for %s over REST".formatted(wanted, agency.id()))
                    .atMost(RunningHub.PATIENCE)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        for (JsonNode message : agency.get("/inbox?max=100").json()) {
                            if (wanted.matches(message)) {
                                found.set(new Letter(
                                        message.path("id").asText(),
                                        message.path("messageType").asText(),
                                        message.path("referralId").asText(),
                                        message.path("reference").asText(),
                                        message.path("urgency").asText(),
                                        message.path("contentType").asText(),
                                        message.path("body").asText()));
                                return true;
                            }
                        }
                        return false;
                    });
            Letter letter = found.get();
            if (agency.delete("/inbox/" + letter.id()).status() != 204) {
                throw new AssertionError("not acknowledged");
            }
            return letter;
        }
    };

    /** Sends a document to the intake of the agency's dialect, and returns when the hub has it. */
    public abstract void send(Participant agency, String dialect, byte[] document) throws Exception;

    abstract Letter take(Participant agency, Wanted wanted) throws Exception;

    /** Takes and acknowledges the next message of this type about this referral; fails when none comes. */
    public Letter take(Participant agency, String type, String referralId) throws Exception {
        return take(agency, new Wanted(type, referralId));
    }

    /** Takes and acknowledges whatever message comes next; fails when none comes. */
    public Letter takeNext(Participant agency) throws Exception {
        return take(agency, new Wanted(null, null));
    }

    /** Which message; null for any. */
    private record Wanted(String type, String referralId) {
        String selector() {
            return type == null
                    ? "1 = 1"
                    : "%s = '%s' AND %s = '%s'".formatted(Headers.MESSAGE_TYPE, type, Headers.REFERRAL_ID, referralId);
        }

        boolean matches(JsonNode message) {
            return type == null
                    || (message.path("messageType").asText().equals(type)
                            && message.path("referralId").asText().equals(referralId));
        }
    }
}
