package org.referralhub.deadletter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.referralhub.ledger.Loop;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Looks once an hour for letters that are done with since so long that their bytes must go, and asks the ledger to remove them.
 * Every node does; the ledger does it once.
 */
final class Retention implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final Duration OFTEN = Duration.ofHours(1);
    private static final int AT_ONCE = 500;
    private static final String OVER = "select l.id, l.revision, l.closed_at from letter l where l.closed_at < ?"
            + " and (l.closed_at, l.id) > (?, ?) and exists (select 1 from letter_content c where c.id = l.id)"
            + " order by l.closed_at, l.id limit ";

    /** A letter whose time is over. */
    private record Over(String letter, String revision, long closedAt) {}

    private final DataSource readers;
    private final ConnectionFactory connections;
    private final Clock clock;
    private final Duration retention;
    private final int atOnce;
    private final Loop loop = new Loop("desk-retention", Duration.ofSeconds(10), this::run);

    /** @param retention how long the bytes of a letter are kept that is done with */
    Retention(DataSource readers, ConnectionFactory connections, Clock clock, Duration retention) {
        this(readers, connections, clock, retention, AT_ONCE);
    }

    /** @param atOnce letters of one look */
    Retention(DataSource readers, ConnectionFactory connections, Clock clock, Duration retention, int atOnce) {
        this.atOnce = atOnce;
        this.readers = readers;
        this.connections = connections;
        this.clock = clock;
        this.retention = retention;
    }

    private void run() {
        do {
            try {
                sweep();
            } catch (SQLException | JMSException | RuntimeException e) {
                LOG.warn(
                        "Letters whose time is over can't be looked for now: {}",
                        e.getClass().getName());
            }
        } while (loop.pause(OFTEN));
    }

    /**
     * Asks for every letter whose time is over, a few hundred at a time.
     *
     * @return how many
     */
    int sweep() throws SQLException, JMSException {
        long before = clock.instant().minus(retention).toEpochMilli();
        Over last = new Over("", "", Long.MIN_VALUE);
        int asked = 0;
        List<Over> over;
        do {
            over = after(last, before);
            if (!over.isEmpty()) {
                send(over);
                last = over.get(over.size() - 1);
                asked += over.size();
            }
        } while (over.size() == atOnce && !loop.isStopped());
        return asked;
    }

    private List<Over> after(Over last, long before) throws SQLException {
        List<Over> over = new ArrayList<>();
        try (java.sql.Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(OVER + atOnce)) {
            select.setLong(1, before);
            select.setLong(2, last.closedAt());
            select.setString(3, last.letter());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    over.add(new Over(rows.getString(1), rows.getString(2), rows.getLong(3)));
                }
            }
        }
        return over;
    }

    private void send(List<Over> letters) throws JMSException {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            for (Over letter : letters) {
                BytesMessage order = session.createBytesMessage();
                order.setStringProperty(Headers.KIND, LedgerKind.DESK.name());
                order.setStringProperty(Headers.STAMP, Identifiers.derive("purge", letter.letter(), letter.revision()));
                order.setStringProperty(Headers.SENDER, Letters.HUB);
                order.writeBytes(JsonNodeFactory.instance
                        .objectNode()
                        .put(DeskOrder.ACTION, "purge")
                        .put(DeskOrder.SUBJECT, letter.letter())
                        .toString()
                        .getBytes(StandardCharsets.UTF_8));
                producer.send(order);
            }
            session.commit();
        }
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
