package org.referralhub.api;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import org.referralhub.agency.Agency;
import org.referralhub.message.Headers;
import org.referralhub.message.Urgency;

/** Puts an agency's bytes on its intake queue as the hub's own user, and returns once the broker has them on disk. */
final class IntakeSender implements MessageDoor.Handover {
    private final ConnectionFactory connections;

    IntakeSender(ConnectionFactory connections) {
        this.connections = connections;
    }

    @Override
    public void send(Agency agency, byte[] original, Urgency urgency) {
        try (Connection connection = connections.createConnection();
                // Outside a transaction a persistent send returns after the journal's sync.
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(agency.intake()))) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(original);
            message.setStringProperty(Headers.SENDER, agency.id());
            // What one agency sends stays in order, through whichever door.
            message.setStringProperty("JMSXGroupID", agency.id());
            producer.send(message, DeliveryMode.PERSISTENT, urgency.priority(), Message.DEFAULT_TIME_TO_LIVE);
        } catch (JMSException | JMSRuntimeException e) {
            throw BrokerTrouble.unavailable(e);
        }
    }
}
