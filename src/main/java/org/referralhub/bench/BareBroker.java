package org.referralhub.bench;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.List;
import java.util.function.Function;
import org.referralhub.broker.Broker;
import org.referralhub.message.Queues;

/**
 * As many durable sends and receives as the hub makes for a referral, of the same sizes and in the same transactions,
 * without anything between them: what the broker and its journal alone can carry.
 */
final class BareBroker implements Course {
    private final Broker broker;
    private final ConnectionFactory connections;
    private final Function<Sending, Shape> shapes;
    private final Readers readers;

    /**
     * @param dialects whose intakes are used
     * @param inboxes queues of all agencies
     */
    BareBroker(
            Broker broker,
            Function<Sending, Shape> shapes,
            CurrentRun listener,
            Workers workers,
            List<String> dialects,
            List<String> inboxes) {
        this.broker = broker;
        this.connections = broker.connectionFactory();
        this.shapes = shapes;
        this.readers = new Readers(listener).read(connections, inboxes);
        for (String dialect : dialects) {
            readers.readInTransactions(connections, Queues.intake(dialect), workers.intake(), 1);
        }
        readers.readInTransactions(connections, Queues.DELIVERY, workers.delivery(), 1);
        readers.readInTransactions(connections, Queues.LEDGER, workers.ledger(), workers.batch());
    }

    @Override
    public String title() {
        return "bare broker";
    }

    @Override
    public Broker broker() {
        return broker;
    }

    /** Intake, parcel, and for each copy delivery, inbox and notice. */
    @Override
    public int expected(Sending referral) {
        return 2 + 3 * shapes.apply(referral).copies().size();
    }

    @Override
    public Door door() throws JMSException {
        Connection connection = connections.createConnection();
        Session plain = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
        MessageProducer first = plain.createProducer(null);
        MessageProducer others = transacted.createProducer(null);
        return new Door() {
            @Override
            public void send(Sending referral) throws JMSException {
                Shape shape = shapes.apply(referral);
                first.send(plain.createQueue(Queues.intake(referral.dialect())), Messages.intake(plain, referral));
                send(Queues.LEDGER, Messages.parcel(transacted, referral, shape));
                transacted.commit();
                for (int i = 0; i < shape.copies().size(); i++) {
                    send(
                            Queues.DELIVERY,
                            Messages.delivery(
                                    transacted,
                                    referral.referralId(),
                                    i,
                                    shape.copies().get(i)));
                }
                transacted.commit();
                for (int i = 0; i < shape.copies().size(); i++) {
                    Shape.Copy copy = shape.copies().get(i);
                    send(Queues.inbox(copy.agency()), Messages.inbox(transacted, referral.referralId(), i, copy));
                    send(Queues.LEDGER, Messages.notice(transacted, referral.referralId(), i, copy));
                    transacted.commit();
                }
            }

            private void send(String queue, BytesMessage message) throws JMSException {
                others.send(transacted.createQueue(queue), message);
            }

            @Override
            public void close() throws JMSException {
                connection.close();
            }
        };
    }

    @Override
    public void close() {
        readers.close();
    }
}
