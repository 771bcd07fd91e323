package org.referralhub.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;

/** What operators see of the dead letters, and sending one again. */
public final class Desk {
    private static final String SUMMARY =
            "select id, state, origin, stage, cause, failure, urgency, sender, recipient, referral_id, message_id, attempts,"
                    + " captured_at";
    private static final int LARGEST_PAGE = 500;

    private final DataSource readers;
    private final ConnectionFactory connections;
    private final ObjectMapper mapper = new ObjectMapper();

    public Desk(DataSource readers, ConnectionFactory connections) {
        this.readers = readers;
        this.connections = connections;
    }

    /**
     * The letters that match, most urgent and oldest first.
     *
     * @param page from 0
     * @param size 1 to 500
     */
    public Page<LetterSummary> list(DeskFilter filter, int page, int size) {
        int most = Math.max(1, Math.min(size, LARGEST_PAGE));
        int from = Math.max(0, page);
        StringBuilder where = new StringBuilder(" from letter where 1 = 1");
        List<String> values = new ArrayList<>();
        if (filter.state() != null) {
            where.append(" and state = ?");
            values.add(filter.state().name());
        }
        if (filter.cause() != null) {
            where.append(" and cause = ?");
            values.add(filter.cause());
        }
        if (filter.agency() != null) {
            where.append(" and (sender = ? or recipient = ?)");
            values.add(filter.agency());
            values.add(filter.agency());
        }
        try (java.sql.Connection connection = readers.getConnection()) {
            long total;
            try (PreparedStatement count = connection.prepareStatement("select count(*)" + where)) {
                set(count, values);
                try (ResultSet rows = count.executeQuery()) {
                    rows.next();
                    total = rows.getLong(1);
                }
            }
            List<LetterSummary> letters = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(SUMMARY + where
                    + " order by priority desc, captured_at, id limit " + most + " offset " + (long) from * most)) {
                set(select, values);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        letters.add(summary(rows));
                    }
                }
            }
            return new Page<>(letters, from, most, total);
        } catch (SQLException e) {
            throw new DeskException("the dead letters can't be read now", e);
        }
    }

    /** One letter with everything that was kept. */
    public Optional<Letter> show(String id) {
        try (java.sql.Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        SUMMARY + ", exception, dialect, headers, original, findings from letter where id = ?")) {
            select.setString(1, id);
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                byte[] findings = rows.getBytes(18);
                return Optional.of(new Letter(
                        summary(rows),
                        rows.getString(14),
                        rows.getString(15),
                        headers(rows.getString(16)),
                        rows.getBytes(17),
                        findings.length == 0 ? "[]" : new String(findings, StandardCharsets.UTF_8)));
            }
        } catch (SQLException e) {
            throw new DeskException("the dead letters can't be read now", e);
        }
    }

    /**
     * Asks the ledger to send the letter again; the ledger does it once however often it is asked.
     *
     * @param actor who asks, for the audit
     * @return false when there is no such letter
     */
    public boolean replay(String id, String actor) {
        if (show(id).isEmpty()) {
            return false;
        }
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            BytesMessage order = session.createBytesMessage();
            order.setStringProperty(Headers.KIND, LedgerKind.REPLAY.name());
            order.setStringProperty(Headers.STAMP, UUID.randomUUID().toString());
            order.setStringProperty(Headers.REPLAY_OF, id);
            order.setStringProperty(Headers.SENDER, actor);
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            producer.send(order);
            return true;
        } catch (JMSException e) {
            throw new DeskException("the broker does not answer", e);
        }
    }

    private static void set(PreparedStatement statement, List<String> values) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            statement.setString(i + 1, values.get(i));
        }
    }

    private static LetterSummary summary(ResultSet row) throws SQLException {
        String urgency = row.getString(7);
        return new LetterSummary(
                row.getString(1),
                LetterState.valueOf(row.getString(2)),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                urgency == null ? null : Urgency.valueOf(urgency),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getString(11),
                row.getInt(12),
                Instant.ofEpochMilli(row.getLong(13)));
    }

    private Map<String, String> headers(String json) {
        try {
            return mapper.readValue(json, new TypeReference<TreeMap<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a letter's headers are not JSON");
        }
    }

    /** Null means any. */
    public record DeskFilter(
            @Nullable LetterState state,
            @Nullable String cause,
            @Nullable String agency) {
        /** What waits for an operator. */
        public static final DeskFilter OPEN = new DeskFilter(LetterState.OPEN, null, null);
    }
}
