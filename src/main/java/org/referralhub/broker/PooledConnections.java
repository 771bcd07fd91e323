package org.referralhub.broker;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.messaginghub.pooled.jms.JmsPoolConnection;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;
import org.messaginghub.pooled.jms.pool.PooledConnection;

/** The hub's own connections, shared by all routes and the ledger: for single sends, for transactions, and for transactions that take one message at a time. */
final class PooledConnections implements AutoCloseable {
    /** A few, so that work spreads over several of the broker's threads; sessions are many and cheap. */
    private static final int CONNECTIONS = 4;

    private static final int SESSIONS_A_CONNECTION = 500;

    private final Pool singles;
    private final Pool transactions;
    private final Pool couriers;

    /**
     * @param singles every send and acknowledgement waits until the broker has it on disk
     * @param transactions another factory for the same broker
     * @param couriers a third one
     * @param commitsAnswer whether this broker's commit fails when a send before it did, see {@link SendFailures}; if so,
     *     only the commits wait
     */
    PooledConnections(
            ActiveMQConnectionFactory singles,
            ActiveMQConnectionFactory transactions,
            ActiveMQConnectionFactory couriers,
            boolean commitsAnswer) {
        this.singles = new Pool(singles, false, true);
        this.transactions = new Pool(transactions, true, !commitsAnswer);
        // What a client has fetched ahead nobody else sees, neither the agency itself nor another node.
        couriers.setConsumerWindowSize(0);
        this.couriers = new Pool(couriers, true, !commitsAnswer);
    }

    ConnectionFactory singles() {
        return singles;
    }

    ConnectionFactory transactions() {
        return transactions;
    }

    ConnectionFactory couriers() {
        return couriers;
    }

    @Override
    public void close() {
        singles.close();
        transactions.close();
        couriers.close();
    }

    private static final class Pool extends JmsPoolConnectionFactory {
        private final ActiveMQConnectionFactory factory;
        private final boolean transactionsOnly;

        Pool(ActiveMQConnectionFactory factory, boolean transactionsOnly, boolean waits) {
            this.factory = factory;
            this.transactionsOnly = transactionsOnly;
            factory.setBlockOnDurableSend(waits);
            factory.setBlockOnAcknowledge(waits);
            if (!transactionsOnly) {
                // At the limit of its disk the broker withholds credits, and whoever needs them would wait without an
                // end: an
                // HTTP call, the thread that raises alarms, a change of the configuration. The doors refuse before
                // that, see
                // Broker.isFull; the few notes and orders of the hub's own have the rest of the disk.
                factory.setProducerWindowSize(-1);
            }
            // Or each send would ask the broker first whether the queue is there.
            factory.setCacheDestinations(true);
            // The pool makes new connections; one that fails must say so at once, so that its transaction rolls back.
            factory.setReconnectAttempts(0);
            factory.setInitialConnectAttempts(1);
            setConnectionFactory(factory);
            setMaxConnections(CONNECTIONS);
            setMaxSessionsPerConnection(SESSIONS_A_CONNECTION);
            setConnectionIdleTimeout(0);
        }

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

        @Override
        protected JmsPoolConnection newPooledConnectionWrapper(PooledConnection connection) {
            return transactionsOnly
                    ? new TransactedConnection(connection)
                    : super.newPooledConnectionWrapper(connection);
        }

        void close() {
            stop();
            factory.close();
        }
    }

    /** Where nothing waits but a commit, a session without one would lose what the broker could not take. */
    private static final class TransactedConnection extends JmsPoolConnection {
        TransactedConnection(PooledConnection connection) {
            super(connection);
        }

        @Override
        public Session createSession(boolean transacted, int acknowledgeMode) throws JMSException {
            if (!transacted) {
                throw new IllegalStateException("these connections are for transactions only");
            }
            return super.createSession(true, acknowledgeMode);
        }

        @Override
        public Session createSession(int sessionMode) throws JMSException {
            return createSession(sessionMode == Session.SESSION_TRANSACTED, sessionMode);
        }

        @Override
        public Session createSession() throws JMSException {
            return createSession(false, Session.AUTO_ACKNOWLEDGE);
        }
    }
}
