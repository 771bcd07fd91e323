package org.referralhub.bench;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import org.referralhub.message.Queues;

/** Hands each referral to its dialect's intake and waits until the journal has it. */
final class IntakeDoor implements Course.Door {
    private final Connection connection;
    private final Session session;
    private final MessageProducer producer;

    IntakeDoor(ConnectionFactory broker) throws JMSException {
        connection = broker.createConnection();
        session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        producer = session.createProducer(null);
    }

    @Override
    public void send(Sending referral) throws JMSException {
        producer.send(session.createQueue(Queues.intake(referral.dialect())), Messages.intake(session, referral));
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
