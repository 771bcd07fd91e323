package org.referralhub.flow;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import org.apache.camel.component.jms.DefaultJmsMessageListenerContainer;
import org.apache.camel.component.jms.JmsEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Takes what waits in an agency's inbox, one document for each commit: with several, one that fails would bring those before it
 * a second time. Asks before each whether the agency is to be left alone now.
 */
final class CourierContainer extends DefaultJmsMessageListenerContainer {
    /** Whether an agency's next document may be taken. */
    @FunctionalInterface
    interface Gate {
        /** Waits a moment before it says no. */
        boolean mayTake(String agency) throws InterruptedException;
    }

    private final ConnectionFactory connections;
    private final String agency;
    private final Gate gate;

    /** @param connections that fetch nothing ahead */
    CourierContainer(JmsEndpoint endpoint, ConnectionFactory connections, String agency, Gate gate) {
        super(endpoint);
        this.connections = connections;
        this.agency = agency;
        this.gate = gate;
    }

    /**
     * Only what it takes from differs: the factory by which a route's sends find this session, to be in its transaction, is the
     * component's.
     */
    @Override
    protected Connection createConnection() throws JMSException {
        return connections.createConnection();
    }

    @Override
    protected @Nullable Message receiveMessage(MessageConsumer consumer) throws JMSException {
        try {
            return gate.mayTake(agency) ? super.receiveMessage(consumer) : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
