package org.referralhub.bench;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;

/** Threads in plain JMS that take messages and send what follows from them in the same transaction. */
final class Forwarders implements AutoCloseable {
    private static final long LOOK_MILLIS = 200;

    private final List<Thread> threads = new ArrayList<>();
    private final ConnectionFactory connections;
    private volatile boolean closed;

    Forwarders(ConnectionFactory connections) {
        this.connections = connections;
    }

    /** How the names of the threads that take from this queue begin. */
    static String name(String queue) {
        return "bench-" + queue + "-";
    }

    /** What follows from one message. */
    interface Step {
        void forward(Message message, Session session, MessageProducer producer) throws JMSException;

        /** What all messages of a transaction have in common to say. */
        default void finish(Session session, MessageProducer producer) throws JMSException {}
    }

    /**
     * @param workers threads that take from the queue
     * @param batch messages in one transaction at most
     */
    Forwarders take(String queue, int workers, int batch, Step step) {
        return takeEach(queue, workers, batch, () -> step);
    }

    /** The same with a step of its own for each thread. */
    Forwarders takeEach(String queue, int workers, int batch, Supplier<Step> steps) {
        for (int i = 0; i < workers; i++) {
            Step step = steps.get();
            Thread thread = new Thread(() -> run(queue, batch, step), name(queue) + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        return this;
    }

    /** At the ledger's place: a parcel becomes one message for each recipient, a notice becomes nothing. */
    static Step ledger(Function<String, Shape> byReferral) {
        return (message, session, producer) -> {
            // The body crosses into the stage as it does in the hub.
            read(message);
            if (!LedgerKind.MESSAGE.name().equals(message.getStringProperty(Headers.KIND))) {
                return;
            }
            String referralId = message.getStringProperty(Headers.REFERRAL_ID);
            List<Shape.Copy> copies = byReferral.apply(referralId).copies();
            for (int i = 0; i < copies.size(); i++) {
                producer.send(
                        session.createQueue(Queues.DELIVERY), Messages.delivery(session, referralId, i, copies.get(i)));
            }
        };
    }

    /** The body, as a stage of the hub would have it. */
    static byte[] read(Message message) throws JMSException {
        BytesMessage bytes = (BytesMessage) message;
        byte[] body = new byte[(int) bytes.getBodyLength()];
        bytes.readBytes(body);
        return body;
    }

    private void run(String queue, int batch, Step step) {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
                MessageProducer producer = session.createProducer(null)) {
            connection.start();
            while (!closed) {
                Message message = consumer.receive(LOOK_MILLIS);
                int taken = 0;
                while (message != null) {
                    taken++;
                    step.forward(message, session, producer);
                    message = taken < batch ? consumer.receive(1) : null;
                }
                if (taken > 0) {
                    step.finish(session, producer);
                    session.commit();
                }
            }
        } catch (JMSException e) {
            if (!closed) {
                throw new BenchException("a worker on " + queue + " failed", e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
