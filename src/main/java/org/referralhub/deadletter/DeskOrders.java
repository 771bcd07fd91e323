package org.referralhub.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;

/** How a person's order gets to the ledger, and what it came to. */
public class DeskOrders {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(10);

    private final DataSource readers;
    private final ConnectionFactory connections;
    private final ObjectMapper mapper = new ObjectMapper();

    public DeskOrders(DataSource readers, ConnectionFactory connections) {
        this.readers = readers;
        this.connections = connections;
    }

    /**
     * What became of an order.
     *
     * @param stamp by which it is asked for later
     * @param outcome null while the ledger has not come to it; it will
     */
    public record Answer(String stamp, @Nullable DeskOutcome outcome) {
        /** True when it was carried out. */
        public boolean isDone() {
            return outcome != null && outcome.isDone();
        }

        /** True when it is kept, and the ledger is behind. */
        public boolean isRequested() {
            return outcome == null;
        }
    }

    /** As {@link #order(String, String, Integer, String, String, Map)}, with nothing but the reason. */
    public Answer order(String action, String subject, @Nullable Integer expected, String actor, String reason) {
        return order(action, subject, expected, actor, reason, Map.of());
    }

    /**
     * Sends the order and waits up to five seconds for what it comes to. It is on the broker's disk when this returns, and is
     * carried out once.
     *
     * @param expected the revision that the actor saw; null when it need not be that one
     * @param actor who gives it, for the audit
     * @param reason in the actor's words, without anything personal
     * @param parameters what only this action needs
     * @throws DeskException when it can't be kept
     */
    public Answer order(
            String action,
            String subject,
            @Nullable Integer expected,
            String actor,
            String reason,
            Map<String, ?> parameters) {
        return orderAll(List.of(new Wish(action, subject, expected, reason, parameters)), actor)
                .get(0);
    }

    /** What somebody wants done about one thing; see {@link #order}. */
    public record Wish(
            String action, String subject, @Nullable Integer expected, String reason, Map<String, ?> parameters) {}

    /**
     * Sends all orders or none, and waits up to five seconds for what they come to, not for each.
     *
     * @return one for each wish, in their order
     * @throws DeskException when they can't be kept; then none is
     */
    public List<Answer> orderAll(List<Wish> wishes, String actor) {
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        for (Wish wish : wishes) {
            bodies.put(
                    UUID.randomUUID().toString(),
                    body(wish.action(), wish.subject(), wish.expected(), wish.reason(), wish.parameters()));
        }
        send(bodies, actor);
        return await(List.copyOf(bodies.keySet()));
    }

    private byte[] body(
            String action, String subject, @Nullable Integer expected, String reason, Map<String, ?> parameters) {
        ObjectNode order = mapper.createObjectNode();
        parameters.forEach((name, value) -> order.set(name, mapper.valueToTree(value)));
        order.put(DeskOrder.ACTION, action).put(DeskOrder.SUBJECT, subject).put(DeskOrder.REASON, reason);
        if (expected != null) {
            order.put(DeskOrder.EXPECTED, expected);
        }
        try {
            return mapper.writeValueAsBytes(order);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private void send(Map<String, byte[]> bodies, String actor) {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            // A person waits for it.
            producer.setPriority(9);
            for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
                BytesMessage order = session.createBytesMessage();
                order.setStringProperty(Headers.KIND, LedgerKind.DESK.name());
                order.setStringProperty(Headers.STAMP, body.getKey());
                order.setStringProperty(Headers.SENDER, actor);
                order.writeBytes(body.getValue());
                producer.send(order);
            }
            session.commit();
        } catch (JMSException e) {
            throw new DeskException("the broker does not answer", e);
        }
    }

    private List<Answer> await(List<String> stamps) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        Map<String, DeskOutcome> outcomes = new HashMap<>();
        while (true) {
            for (String stamp : stamps) {
                if (!outcomes.containsKey(stamp)) {
                    find(stamp).ifPresent(outcome -> outcomes.put(stamp, outcome));
                }
            }
            if (outcomes.size() == stamps.size() || System.nanoTime() - until > 0 || !rested()) {
                return stamps.stream()
                        .map(stamp -> new Answer(stamp, outcomes.get(stamp)))
                        .toList();
            }
        }
    }

    /** False when somebody wants this thread to end. */
    private static boolean rested() {
        try {
            TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What the order with this stamp came to; empty while the ledger has not come to it, or can't be read. */
    public Optional<DeskOutcome> find(String stamp) {
        try (java.sql.Connection connection = readers.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select outcome, detail from desk_order where stamp = ?")) {
            select.setString(1, stamp);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next()
                        ? Optional.of(new DeskOutcome(rows.getString(1), Letters.headers(rows.getString(2))))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            // The order is kept by the broker, so this is no failure of it.
            return Optional.empty();
        }
    }
}
