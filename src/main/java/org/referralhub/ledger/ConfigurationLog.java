package org.referralhub.ledger;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.referralhub.message.ConfigurationChange;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;

/** The record of what was done to the configuration, by all nodes. */
public final class ConfigurationLog {
    private static final String SELECT =
            "select id, at, node, how, actor, outcome, version, previous, faults, reason from configuration_change"
                    + " order by at desc, id limit ?";

    private final ConnectionFactory connections;
    private final DataSource readers;

    public ConfigurationLog(ConnectionFactory connections, DataSource readers) {
        this.connections = connections;
        this.readers = readers;
    }

    /**
     * The note is on the broker's disk when this returns; the ledger records it soon.
     *
     * @throws LedgerUnavailableException when it can't be noted
     */
    public void note(ConfigurationChange change) {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            BytesMessage note = session.createBytesMessage();
            note.setStringProperty(Headers.KIND, LedgerKind.CONFIGURATION.name());
            note.setStringProperty(Headers.STAMP, change.id());
            note.writeBytes(change.toBytes());
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            producer.send(note);
        } catch (JMSException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /**
     * What was done, the latest first.
     *
     * @param most how many at most
     * @throws LedgerUnavailableException when the database does not answer
     */
    public List<ConfigurationChange> last(int most) {
        try (java.sql.Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setInt(1, most);
            List<ConfigurationChange> changes = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    changes.add(new ConfigurationChange(
                            row.getString(1),
                            row.getLong(2),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getString(6),
                            row.getString(7),
                            row.getString(8),
                            row.getInt(9),
                            row.getString(10)));
                }
            }
            return changes;
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }
}
