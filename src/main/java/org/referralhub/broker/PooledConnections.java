package org.referralhub.broker;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;

/** The hub's own connections, shared by all routes and the ledger. */
final class PooledConnections implements AutoCloseable {
    /** A few, so that work spreads over several of the broker's threads; sessions are many and cheap. */
    private static final int CONNECTIONS = 4;

    private static final int SESSIONS_A_CONNECTION = 500;

    private final JmsPoolConnectionFactory pool = new JmsPoolConnectionFactory() {
        /** A closed pool itself would answer with null. */
        @Override
        public synchronized Connection createConnection(@Nullable String user, @Nullable String secret)
                throws JMSException {
            Connection connection = super.createConnection(user, secret);
            if (connection == null) {
                throw new IllegalStateException("the broker is closed");
            }
            return connection;
        }
    };

    private final ActiveMQConnectionFactory factory;

    PooledConnections(ActiveMQConnectionFactory factory) {
        this.factory = factory;
        factory.setBlockOnDurableSend(true);
        factory.setBlockOnAcknowledge(true);
        // The pool makes new connections; one that fails must say so at once, so that its transaction rolls back.
        factory.setReconnectAttempts(0);
        factory.setInitialConnectAttempts(1);
        pool.setConnectionFactory(factory);
        pool.setMaxConnections(CONNECTIONS);
        pool.setMaxSessionsPerConnection(SESSIONS_A_CONNECTION);
        pool.setConnectionIdleTimeout(0);
    }

    ConnectionFactory factory() {
        return pool;
    }

    @Override
    public void close() {
        pool.stop();
        factory.close();
    }
}
