package org.referralhub.ledger;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;

/** Notes on the audit chain who looked for what is personal. The value that was looked for is never part of it. */
public final class AccessLog {
    private final ConnectionFactory connections;

    public AccessLog(ConnectionFactory connections) {
        this.connections = connections;
    }

    /**
     * The note is on the broker's disk when this returns, so nothing is shown that is not noted.
     *
     * @param actor who looks
     * @param action what is done, a code
     * @throws LedgerUnavailableException when it can't be noted; then it must not be shown
     */
    public void note(String actor, String action) {
        send(actor, action, UUID.randomUUID().toString());
    }

    /**
     * The same, with what it was that somebody was shown.
     *
     * @param subject opaque id of at most 60 characters
     */
    public void note(String actor, String action, String subject) {
        send(actor, action, subject + '/' + UUID.randomUUID());
    }

    private void send(String actor, String action, String stamp) {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            BytesMessage note = session.createBytesMessage();
            note.setStringProperty(Headers.KIND, LedgerKind.ACCESS.name());
            note.setStringProperty(Headers.STAMP, stamp);
            note.setStringProperty(Headers.SENDER, actor);
            note.writeBytes(action.getBytes(StandardCharsets.UTF_8));
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            producer.send(note);
        } catch (JMSException e) {
            throw new LedgerUnavailableException(e);
        }
    }
}
