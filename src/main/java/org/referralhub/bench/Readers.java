package org.referralhub.bench;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.referralhub.flow.DoorJmsComponent;
import org.referralhub.message.Headers;

/** Empties queues and reports what arrives, as a busy agency's system would: it commits when it has read what there is. */
final class Readers implements AutoCloseable {
    private static final long LOOK_MILLIS = 200;

    private final List<Thread> threads = new ArrayList<>();
    private final CurrentRun listener;
    private volatile boolean closed;

    Readers(CurrentRun listener) {
        this.listener = listener;
    }

    /**
     * One reader for each queue.
     *
     * @param broker connections for transactions
     */
    Readers read(ConnectionFactory broker, Collection<String> queues) {
        queues.forEach(queue -> start(broker, queue));
        return this;
    }

    private void start(ConnectionFactory broker, String queue) {
        Thread thread = new Thread(() -> run(broker, queue), "bench-reader-" + queue);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    private void run(ConnectionFactory broker, String queue) {
        try (Connection connection = broker.createConnection();
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            connection.start();
            while (!closed) {
                List<String> read = new ArrayList<>();
                Message message = consumer.receive(LOOK_MILLIS);
                while (message != null) {
                    read.add(message.getStringProperty(Headers.REFERRAL_ID));
                    message = read.size() < DoorJmsComponent.MESSAGES_A_COMMIT ? consumer.receive(1) : null;
                }
                if (!read.isEmpty()) {
                    session.commit();
                    read.forEach(listener::arrived);
                }
            }
        } catch (JMSException e) {
            if (!closed) {
                throw new BenchException("a reader of " + queue + " failed", e);
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
