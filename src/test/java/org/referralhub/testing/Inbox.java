package org.referralhub.testing;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.referralhub.message.Headers;
import org.referralhub.message.Queues;

/** An agency of the demo that empties its inbox over AMQP 1.0. */
public final class Inbox {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Inbox() {}

    /**
     * One message as the agency got it.
     *
     * @param agency whose inbox it lay in
     * @param body the document in the agency's dialect
     */
    public record Letter(
            String agency,
            String type,
            String referralId,
            String messageId,
            String deliveryId,
            int priority,
            String body) {
        /** True for the hub's own answer to a sender. */
        public boolean isReceipt() {
            return "RECEIPT".equals(type);
        }
    }

    /** A connection as an agency of the demo. */
    public static Connection connect(HubProcess hub, String agency) throws JMSException {
        return new JmsConnectionFactory(agency, "demo-" + agency, hub.amqp()).createConnection();
    }

    /** Takes everything that lies in an agency's inbox by the hub's own count, in the order it comes. */
    public static List<Letter> empty(HubProcess hub, String agency)
            throws JMSException, IOException, InterruptedException {
        long backlog = backlog(hub, agency);
        List<Letter> letters = new ArrayList<>();
        if (backlog == 0) {
            return letters;
        }
        try (Connection connection = connect(hub, agency);
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.inbox(agency)))) {
            connection.start();
            while (letters.size() < backlog) {
                Message message = consumer.receive(PATIENCE.toMillis());
                if (message == null) {
                    throw new AssertionError(
                            "%s got %d messages of the %d in its inbox".formatted(agency, letters.size(), backlog));
                }
                letters.add(letter(agency, message));
            }
        }
        return letters;
    }

    private static long backlog(HubProcess hub, String agency) throws IOException, InterruptedException {
        for (JsonNode one : Rest.as(hub, "operator").get("/agencies").body()) {
            if (one.path("id").asText().equals(agency)) {
                return one.path("backlog").asLong(-1);
            }
        }
        throw new AssertionError("no agency " + agency);
    }

    private static Letter letter(String agency, Message message) throws JMSException {
        BytesMessage bytes = (BytesMessage) message;
        byte[] body = new byte[(int) bytes.getBodyLength()];
        bytes.readBytes(body);
        return new Letter(
                agency,
                message.getStringProperty(Headers.MESSAGE_TYPE),
                message.getStringProperty(Headers.REFERRAL_ID),
                message.getStringProperty(Headers.MESSAGE_ID),
                message.getStringProperty(Headers.DELIVERY_ID),
                message.getJMSPriority(),
                new String(body, StandardCharsets.UTF_8));
    }
}
