package org.referralhub.alarm;

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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.LedgerUnavailableException;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The record of what operators were told and when. */
public final class AlarmHistory {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmHistory.class);

    private final ConnectionFactory connections;
    private final DataSource readers;
    private final Clock clock;

    /**
     * One alarm, or the all-clear.
     *
     * @param allClear true when nothing was open any more
     * @param total how much the alarm was for
     * @param counts how many by fault and urgency, for example {@code 3 overdue-accept IMMEDIATE}
     */
    public record Sent(String id, Instant at, boolean allClear, int total, List<String> counts) {
        /** Its place in the history, for what came before it. */
        public String place() {
            return at.toEpochMilli() + "-" + id;
        }
    }

    AlarmHistory(ConnectionFactory connections, DataSource readers, Clock clock) {
        this.connections = connections;
        this.readers = readers;
        this.clock = clock;
    }

    /** Has the ledger record it soon. An alarm goes out whether it can be recorded or not. */
    void note(Notice notice) {
        String body = clock.millis()
                + "\n"
                + (notice.allClear() ? 1 : 0)
                + "\n"
                + notice.total()
                + "\n"
                + notice.counts().entrySet().stream()
                        .map(count -> count.getValue() + " " + count.getKey())
                        .collect(Collectors.joining("\n"));
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            BytesMessage message = session.createBytesMessage();
            message.setStringProperty(Headers.KIND, LedgerKind.ALARM.name());
            message.setStringProperty(Headers.STAMP, UUID.randomUUID().toString());
            message.writeBytes(body.getBytes(StandardCharsets.UTF_8));
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            producer.send(message);
        } catch (JMSException e) {
            LOG.warn("An alarm could not be recorded: {}", e.getClass().getName());
        }
    }

    /**
     * What was sent, the latest first.
     *
     * @param before {@link Sent#place} of the last one that is known; null for the latest
     * @param most how many at most
     * @throws IllegalArgumentException when before is no place
     * @throws LedgerUnavailableException when the ledger can't be read now
     */
    public List<Sent> last(@Nullable String before, int most) {
        long at = Long.MAX_VALUE;
        String id = "";
        if (before != null) {
            int dash = before.indexOf('-');
            try {
                at = Long.parseLong(before.substring(0, Math.max(0, dash)));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("not a place in the history", e);
            }
            id = before.substring(dash + 1);
        }
        try (java.sql.Connection connection = readers.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select id, at, all_clear, total, counts from alarm_sent"
                                + " where (at, id) < (?, ?) order by at desc, id desc limit ?")) {
            select.setLong(1, at);
            select.setString(2, id);
            select.setInt(3, most);
            List<Sent> sent = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    String counts = rows.getString(5);
                    sent.add(new Sent(
                            rows.getString(1),
                            Instant.ofEpochMilli(rows.getLong(2)),
                            rows.getInt(3) == 1,
                            rows.getInt(4),
                            counts.isEmpty() ? List.of() : counts.lines().toList()));
                }
            }
            return sent;
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }
}
