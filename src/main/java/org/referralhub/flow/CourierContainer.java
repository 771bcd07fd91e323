package org.referralhub.flow;

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

    private final String agency;
    private final Gate gate;

    CourierContainer(JmsEndpoint endpoint, String agency, Gate gate) {
        super(endpoint);
        this.agency = agency;
        this.gate = gate;
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
