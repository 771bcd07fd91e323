package org.referralhub.ledger;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hub's own notes for the ledger. Each is written once, however often it is brought. */
final class Notes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notes.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ConnectionFactory connections;
    private final Duration again;
    private final ScheduledThreadPoolExecutor late = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "late-notes");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param stamp tells it from all others
     * @param actor null when its body says it
     */
    record Note(LedgerKind kind, String stamp, @Nullable String actor, byte[] body) {}

    /** @param again after which time a note is brought again that the broker has not taken */
    Notes(ConnectionFactory connections, Duration again) {
        this.connections = connections;
        this.again = again;
        late.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * The note is on the broker's disk when this returns.
     *
     * @throws LedgerUnavailableException when the broker does not take it
     */
    void bring(Note note) {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            BytesMessage message = session.createBytesMessage();
            message.setStringProperty(Headers.KIND, note.kind().name());
            message.setStringProperty(Headers.STAMP, note.stamp());
            if (note.actor() != null) {
                message.setStringProperty(Headers.SENDER, note.actor());
            }
            message.writeBytes(note.body());
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            producer.send(message);
        } catch (JMSException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /** For what has happened already: it is brought soon, and again until the broker has it. Only the end of the process loses it. */
    void bringLater(Note note) {
        late.execute(() -> bringOrWait(note));
    }

    /** The same, but on the broker's disk when this returns, if the broker answers. */
    void bringOrWait(Note note) {
        try {
            bring(note);
        } catch (LedgerUnavailableException e) {
            LOG.warn("A note of the kind {} waits in memory: the broker does not answer", note.kind());
            late.schedule(() -> bringOrWait(note), again.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        late.shutdown();
        try {
            late.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
