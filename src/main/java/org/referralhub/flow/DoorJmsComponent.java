package org.referralhub.flow;

import jakarta.jms.ConnectionFactory;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.jms.ConsumerType;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.component.jms.JmsEndpoint;
import org.referralhub.message.Queues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Camel's JMS component as every route of the hub uses it: taking and sending are one local transaction of one session,
 * several messages share a commit, the broker alone redelivers, a sender's reply-to is ignored, and the properties of a
 * message pass the {@link DoorBinding}.
 */
public final class DoorJmsComponent extends JmsComponent {
    /** Messages of one consumer that share a commit at most. */
    public static final int MESSAGES_A_COMMIT = GatheringContainer.MOST;

    private static final Logger LOG = LoggerFactory.getLogger(DoorJmsComponent.class);

    private final String hubUser;

    /**
     * For routes without couriers.
     *
     * @param connections one factory for consuming and producing; two would be two transactions
     * @param hubUser the name under which the hub itself is logged in to the broker
     * @param notices what routes have noted for the ledger, sent before each commit
     */
    public DoorJmsComponent(ConnectionFactory connections, String hubUser, Notices notices) {
        this(connections, connections, hubUser, notices, agency -> true);
    }

    /**
     * @param connections one factory for consuming and producing; two would be two transactions
     * @param couriers connections that take one message at a time from an agency's inbox
     * @param hubUser the name under which the hub itself is logged in to the broker
     * @param notices what routes have noted for the ledger, sent before each commit
     * @param gate asked before a document is taken from an agency's inbox
     */
    DoorJmsComponent(
            ConnectionFactory connections,
            ConnectionFactory couriers,
            String hubUser,
            Notices notices,
            CourierContainer.Gate gate) {
        this.hubUser = hubUser;
        setConnectionFactory(connections);
        setTransacted(true);
        setLazyCreateTransactionManager(false);
        setCacheLevelName("CACHE_CONSUMER");
        setConsumerType(ConsumerType.Custom);
        setMessageListenerContainerFactory(endpoint -> {
            String agency = Queues.agencyOf(endpoint.getDestinationName());
            return agency == null
                    ? new GatheringContainer(endpoint, notices)
                    : new CourierContainer(endpoint, couriers, agency, gate);
        });
        setPreserveMessageQos(true);
        setDisableReplyTo(true);
        setAcceptMessagesWhileStopping(false);
        setRecoveryInterval(500);
        setErrorHandler(failure -> LOG.debug("Rolled back: {}", Failures.names(failure)));
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        Endpoint endpoint = super.createEndpoint(uri, remaining, parameters);
        if (endpoint instanceof JmsEndpoint jms) {
            jms.setBinding(new DoorBinding(jms, hubUser));
        }
        return endpoint;
    }
}
