package org.referralhub.api;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.regex.Pattern;
import org.referralhub.agency.Agency;
import org.referralhub.message.Headers;

/**
 * Agencies' inboxes over HTTP: look without taking, acknowledge by id. Nothing is remembered between two requests; what was
 * looked at and not acknowledged is simply still there, on whichever node.
 */
final class Inboxes {
    /** Ids are the hub's own; anything else can't be in an inbox, and could not be put into a selector safely. */
    private static final Pattern DELIVERY_ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

    /** Of all bodies in one answer; one that is longer by itself comes alone. */
    static final int MOST_CHARACTERS = 4 * 1024 * 1024;

    private final ConnectionFactory connections;

    Inboxes(ConnectionFactory connections) {
        this.connections = connections;
    }

    /**
     * The first messages of the inbox, most urgent first and oldest first among equals; fewer than were asked for where they
     * are large.
     */
    List<InboxMessage> look(Agency agency, int most) {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                QueueBrowser browser = session.createBrowser(session.createQueue(agency.inbox()))) {
            connection.start();
            List<InboxMessage> messages = new ArrayList<>();
            Enumeration<?> waiting = browser.getEnumeration();
            long characters = 0;
            while (messages.size() < most && characters < MOST_CHARACTERS && waiting.hasMoreElements()) {
                InboxMessage message = read((Message) waiting.nextElement());
                characters += message.body().length();
                if (messages.isEmpty() || characters <= MOST_CHARACTERS) {
                    messages.add(message);
                }
            }
            return messages;
        } catch (JMSException | JMSRuntimeException e) {
            throw BrokerTrouble.unavailable(e);
        }
    }

    /** Removes the message with this id from the inbox; does nothing when it is not there, or no longer. */
    void acknowledge(Agency agency, String deliveryId) {
        if (!DELIVERY_ID.matcher(deliveryId).matches()) {
            return;
        }
        try (Connection connection = connections.createConnection();
                // Acknowledgements outside a transaction are not waited for; a commit is.
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageConsumer consumer = session.createConsumer(
                        session.createQueue(agency.inbox()), "%s = '%s'".formatted(Headers.DELIVERY_ID, deliveryId))) {
            connection.start();
            if (consumer.receiveNoWait() != null) {
                session.commit();
            }
        } catch (JMSException | JMSRuntimeException e) {
            throw BrokerTrouble.unavailable(e);
        }
    }

    private static InboxMessage read(Message message) throws JMSException {
        return new InboxMessage(
                String.valueOf(message.getStringProperty(Headers.DELIVERY_ID)),
                message.getStringProperty(Headers.MESSAGE_TYPE),
                message.getStringProperty(Headers.REFERRAL_ID),
                message.getStringProperty(Headers.REFERENCE),
                message.getStringProperty(Headers.MESSAGE_ID),
                message.getStringProperty(Headers.URGENCY),
                message.getStringProperty(Headers.CONTENT_TYPE),
                body(message));
    }

    private static String body(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return String.valueOf(text.getText());
        }
        if (message instanceof BytesMessage bytes) {
            byte[] content = new byte[(int) bytes.getBodyLength()];
            bytes.readBytes(content);
            return new String(content, StandardCharsets.UTF_8);
        }
        return "";
    }
}
