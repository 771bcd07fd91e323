package org.referralhub.flow;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.component.jms.JmsBinding;
import org.apache.camel.component.jms.JmsEndpoint;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Headers;

/**
 * Lets nothing but the hub's own properties in, and those only on messages that the hub itself has sent. On an agency's
 * message the only property is the sender, as the broker verified it: whatever the client set is dropped, so no route can
 * come to rely on it.
 *
 * <p>Camel's own binding copies every property of the JMS message, including {@code JMSXUserID}, which an AMQP client may
 * fill in as it likes.
 */
final class DoorBinding extends JmsBinding {
    /** Set by the broker on every message from the login of the connection that sent it. */
    private static final String VALIDATED_USER = "_AMQ_VALIDATED_USER";

    static final String DELIVERY_COUNT = "JMSXDeliveryCount";
    static final String PRIORITY = "JMSPriority";
    static final String TIMESTAMP = "JMSTimestamp";

    private static final byte[] NOTHING = {};

    private final String hubUser;

    DoorBinding(JmsEndpoint endpoint, String hubUser) {
        super(endpoint);
        this.hubUser = hubUser;
    }

    @Override
    public Map<String, Object> extractHeadersFromJms(Message message, @Nullable Exchange exchange) {
        Map<String, Object> headers = new HashMap<>();
        try {
            String user = message.getStringProperty(VALIDATED_USER);
            if (hubUser.equals(user)) {
                for (String name : Headers.ALL) {
                    Object value = message.getObjectProperty(name);
                    if (value != null) {
                        headers.put(name, value);
                    }
                }
            } else if (user != null) {
                headers.put(Headers.SENDER, user);
            }
            headers.put(DELIVERY_COUNT, message.getIntProperty(DELIVERY_COUNT));
            headers.put(PRIORITY, message.getJMSPriority());
            headers.put(TIMESTAMP, message.getJMSTimestamp());
        } catch (JMSException e) {
            throw new IllegalStateException("the broker's own properties cannot be read", e);
        }
        return headers;
    }

    /**
     * The bytes of a document, or none. What else JMS can carry is no document: a map, a stream of values, and an object, which
     * to open would mean to run whatever its sender likes.
     */
    @Override
    public Object extractBodyFromJms(Exchange exchange, Message message) {
        return message instanceof BytesMessage || message instanceof TextMessage
                ? super.extractBodyFromJms(exchange, message)
                : NOTHING;
    }

    /** Whatever a route sends belongs to the trace of what it has taken, also when it has replaced all properties. */
    @Override
    public void appendJmsProperties(Message message, Exchange exchange, org.apache.camel.Message in)
            throws JMSException {
        super.appendJmsProperties(message, exchange, in);
        String trace = exchange.getProperty(StagePolicies.TRACE, String.class);
        if (trace != null) {
            message.setStringProperty(Headers.TRACE, trace);
        }
    }

    /** Drops every property but the attempt's number, which the failure policy needs to the end of the route. */
    static void strip(Map<String, Object> headers) {
        headers.keySet().retainAll(Set.of(DELIVERY_COUNT));
    }
}
