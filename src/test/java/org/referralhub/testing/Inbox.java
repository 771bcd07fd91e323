package org.referralhub.testing;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.referralhub.message.Headers;
import org.referralhub.message.Queues;

/** An agency of the demo that empties its inbox over AMQP 1.0. */
public final class Inbox {
    private static final long EMPTY_AFTER_MILLIS = 1500;

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

    /** Takes everything that lies in an agency's inbox, in the order it comes. */
    public static List<Letter> empty(HubProcess hub, String agency) throws JMSException {
        List<Letter> letters = new ArrayList<>();
        try (Connection connection = connect(hub, agency);
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.inbox(agency)))) {
            connection.start();
            Message message = consumer.receive(EMPTY_AFTER_MILLIS);
            while (message != null) {
                letters.add(letter(agency, message));
                message = consumer.receive(EMPTY_AFTER_MILLIS);
            }
        }
        return letters;
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
