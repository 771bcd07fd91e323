package org.referralhub.demo;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.message.Headers;

/** One invented agency at its door: the broker's own port, its own user and secret, as a real one would. */
final class Office implements AutoCloseable {
    /** Message ids of the demo begin with this, so that it knows its own from a visitor's. */
    static final String MARK = "demo-sim-";

    private final Agency agency;
    private final ActiveMQConnectionFactory factory;
    private @Nullable Connection connection;

    Office(Agency agency, int corePort) {
        this.agency = agency;
        this.factory = new ActiveMQConnectionFactory(
                "tcp://127.0.0.1:%d?reconnectAttempts=0&callTimeout=5000".formatted(corePort),
                agency.id(),
                secret(agency.id()));
    }

    /** The secrets in {@code config/demo/agencies.yaml} are all made like this. */
    static String secret(String agency) {
        return "demo-" + agency;
    }

    Agency agency() {
        return agency;
    }

    void send(String document) throws JMSException {
        try (Session session = connection().createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(agency.intake()))) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(document.getBytes(StandardCharsets.UTF_8));
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            producer.send(message);
        }
    }

    /** What lies in the inbox of these referrals, or of the demo itself; a visitor's messages are left where they are. */
    List<Arrived> take(Collection<String> referrals) throws JMSException {
        String selector = Headers.MESSAGE_ID + " LIKE '" + MARK + "%'"
                + (referrals.isEmpty()
                        ? ""
                        : referrals.stream()
                                .collect(Collectors.joining("','", " OR " + Headers.REFERRAL_ID + " IN ('", "')")));
        List<Arrived> arrived = new ArrayList<>();
        try (Session session = connection().createSession(true, Session.SESSION_TRANSACTED);
                MessageConsumer consumer = session.createConsumer(session.createQueue(agency.inbox()), selector)) {
            for (Message message = consumer.receiveNoWait(); message != null; message = consumer.receiveNoWait()) {
                arrived.add(new Arrived(
                        message.getStringProperty(Headers.MESSAGE_TYPE),
                        message.getStringProperty(Headers.REFERRAL_ID),
                        message.getStringProperty(Headers.MESSAGE_ID)));
            }
            session.commit();
        }
        return arrived;
    }

    /** What the demo needs of a message; never its body. */
    record Arrived(
            @Nullable String messageType,
            @Nullable String referralId,
            @Nullable String messageId) {}

    private Connection connection() throws JMSException {
        Connection open = connection;
        if (open == null) {
            open = factory.createConnection();
            open.start();
            connection = open;
        }
        return open;
    }

    /** Forgets a broken connection; the next use makes another. */
    void hangUp() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (JMSException e) {
                // It was broken; that is why it is closed.
            }
        }
    }

    @Override
    public void close() {
        hangUp();
        factory.close();
    }
}
