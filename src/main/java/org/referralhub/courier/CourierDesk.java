package org.referralhub.courier;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.referralhub.ledger.LedgerUnavailableException;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;

/** What operators see of couriers and collectors, and how they pause them. */
public final class CourierDesk {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Couriers couriers;
    private final Collectors collectors;
    private final Pauses pauses;
    private final ConnectionFactory connections;

    public CourierDesk(Couriers couriers, Collectors collectors, Pauses pauses, ConnectionFactory connections) {
        this.couriers = couriers;
        this.collectors = collectors;
        this.pauses = pauses;
        this.connections = connections;
    }

    /** The agency's courier on this node; empty when it fetches by itself. */
    public Optional<CourierStatus> courier(String agency) {
        return couriers.status(agency);
    }

    /** The agency's collector on this node; empty when it sends by itself. */
    public Optional<CollectorStatus> collector(String agency) {
        return collectors.status(agency);
    }

    /**
     * The last order about each agency that was ever paused.
     *
     * @throws LedgerUnavailableException when the ledger can't be read now
     */
    public Map<String, Pauses.Pause> pauses() {
        try {
            return pauses.read();
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /**
     * Has couriers and collectors leave the agency alone, or go on. The order is on the broker's disk when this returns, and
     * usually in the ledger; every node follows within a second or two.
     *
     * @param actor who orders it, for the audit
     * @param reason why, for the other operators; without anything personal
     * @return whether the ledger has it already
     * @throws LedgerUnavailableException when the order can't be kept
     */
    public boolean order(String agency, boolean pause, String actor, String reason) {
        String stamp = UUID.randomUUID().toString();
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            BytesMessage order = session.createBytesMessage();
            order.setStringProperty(Headers.KIND, (pause ? LedgerKind.PAUSE : LedgerKind.RESUME).name());
            order.setStringProperty(Headers.STAMP, stamp);
            order.setStringProperty(Headers.SENDER, actor);
            order.setStringProperty(Headers.RECIPIENT, agency);
            order.writeBytes(reason.getBytes(StandardCharsets.UTF_8));
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            producer.send(order);
            return isRecorded(stamp);
        } catch (JMSException | SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    private boolean isRecorded(String stamp) throws SQLException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!pauses.has(stamp)) {
            if (System.nanoTime() - until > 0) {
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
