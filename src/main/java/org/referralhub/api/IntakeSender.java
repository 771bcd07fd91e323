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
import java.util.List;
import java.util.function.BooleanSupplier;
import org.referralhub.agency.Agency;
import org.referralhub.dialect.Origin;
import org.referralhub.message.Headers;
import org.referralhub.message.Urgency;
import org.referralhub.trace.Traces;

/** Puts an agency's bytes on its intake queue as the hub's own user, and returns once the broker has them on disk. */
final class IntakeSender implements MessageDoor.Handover {
    private final ConnectionFactory connections;
    private final BooleanSupplier full;
    private final Traces traces;

    /** @param full whether the broker takes nothing more, because its disk is used to the limit */
    IntakeSender(ConnectionFactory connections, BooleanSupplier full, Traces traces) {
        this.connections = connections;
        this.full = full;
        this.traces = traces;
    }

    @Override
    public void send(Agency agency, List<MessageDoor.Handed> messages) {
        if (full.getAsBoolean()) {
            throw BrokerTrouble.full();
        }
        boolean together = messages.size() > 1;
        try (Connection connection = connections.createConnection();
                // Outside a transaction a persistent send returns after the journal's sync.
                Session session = together
                        ? connection.createSession(true, Session.SESSION_TRANSACTED)
                        : connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(agency.intake()))) {
            for (MessageDoor.Handed handed : messages) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(handed.part().document());
                message.setStringProperty(Headers.SENDER, agency.id());
                // What one agency sends stays in order, through whichever door.
                message.setStringProperty("JMSXGroupID", agency.id());
                Origin origin = handed.part().origin();
                if (origin.isPart()) {
                    message.setIntProperty(Headers.ROW, origin.row());
                    message.setIntProperty(Headers.LINE, origin.line());
                }
                send(agency, message, producer, handed.urgency());
            }
            if (together) {
                session.commit();
            }
        } catch (JMSException | JMSRuntimeException e) {
            throw BrokerTrouble.unavailable(e);
        }
    }

    /** The trace of a message that comes over HTTP begins here. */
    private void send(Agency agency, Message message, MessageProducer producer, Urgency urgency) throws JMSException {
        Traces.Step step = traces.begin("door", null);
        step.note("hub.agency", agency.id());
        step.note("hub.urgency", urgency.name());
        String context = step.context();
        if (context != null) {
            message.setStringProperty(Headers.TRACE, context);
        }
        try {
            producer.send(message, DeliveryMode.PERSISTENT, urgency.priority(), Message.DEFAULT_TIME_TO_LIVE);
        } catch (JMSException | JMSRuntimeException e) {
            step.fail("broker-failed");
            throw e;
        } finally {
            step.end();
        }
    }
}
