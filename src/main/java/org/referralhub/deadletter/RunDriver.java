package org.referralhub.deadletter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.referralhub.ledger.Lease;
import org.referralhub.ledger.Loop;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Drives the runs that are going, on one node at a time. It remembers nothing: what is next is read from the database, and
 * every order that it sends is recorded there before it looks again, so that it can be killed at any moment.
 */
final class RunDriver implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(RunDriver.class);
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final Duration BUSY = Duration.ofMillis(50);
    private static final Duration LOOK = Duration.ofMillis(20);
    /** After this time it looks anew; what it has sent is still recorded once. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** How long it relies on the lease before it asks again; far less than a lease lasts. */
    static final Duration AGAIN = Duration.ofSeconds(5);
    /** Letters of one run that are on their way at once, so that others of the same recipient find a place between them. */
    private static final int ON_THEIR_WAY = 200;
    /** Letters that are looked at for the next ones that may go. */
    private static final int SIGHT = 2000;
    /** Letters of one turn that nothing is left to be done for. */
    private static final int PASSED_OVER = 500;

    private static final long SECOND = 1000;
    private static final long MINUTE = 60_000;

    private static final String GOING = "select id, state, actor, reason, quota, rate, epoch from desk_run where"
            + " state = 'RUNNING' or state in ('PAUSED', 'HALTED', 'STOPPED') and exists"
            + " (select 1 from desk_run_item i where i.run = desk_run.id and i.state = 'SENT') order by begun_at, id";
    private static final String SENT =
            "select i.lane, case when d.id is not null then d.state else l.state end, i.stamp, l.replay,"
                    + " d.id from desk_run_item i left join letter l on l.id = i.letter left join delivery d on d.id = i.delivery"
                    + " where i.run = ? and i.state = 'SENT'";
    private static final String NEXT = "select i.number, i.letter, i.recipient, i.lane, l.state from desk_run_item i"
            + " left join letter l on l.id = i.letter where i.run = ? and i.state = 'WAITING' and i.number <= ?"
            + " order by i.number limit " + SIGHT;
    private static final String PACE =
            "select count(*), max(sent_at) from desk_run_item where recipient = ? and sent_at > ?";
    private static final String WAITING = "select count(*) from desk_run_item i join desk_run r on r.id = i.run"
            + " where i.run = ? and i.state = 'WAITING' and r.state = 'RUNNING' and r.epoch = ?";

    private final DataSource readers;
    private final ConnectionFactory connections;
    private final Lease lease;
    private final Clock clock;
    private final Loop loop = new Loop("desk-runs", Duration.ofSeconds(10), this::work);
    private long held;
    private boolean down;

    RunDriver(DataSource readers, ConnectionFactory connections, Lease lease, Clock clock) {
        this.readers = readers;
        this.connections = connections;
        this.lease = lease;
        this.clock = clock;
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
        try {
            lease.release();
        } catch (SQLException e) {
            // Another node takes it when its time is up.
        }
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    /** After the ledger, and stopped before it. */
    @Override
    public int getPhase() {
        return 1;
    }

    private void work() {
        boolean busy = false;
        while (loop.pause(busy ? BUSY : IDLE)) {
            try {
                busy = turn();
                down = false;
            } catch (SQLException | JMSException | RuntimeException e) {
                busy = false;
                if (!down) {
                    LOG.warn(
                            "Runs of the desk wait: the database or the broker does not answer ({})",
                            e.getClass().getName());
                }
                down = true;
            }
        }
    }

    /** A run that goes, or of which something is still on its way. */
    private record Going(String id, boolean running, String actor, String reason, int quota, int rate, int epoch) {}

    /**
     * A letter that may go.
     *
     * @param open false when the ledger will only note that there is nothing left to be done for it
     */
    private record Next(int number, String letter, String recipient, String lane, boolean open) {}

    /** What of a run is on its way. */
    private record OnTheWay(Set<String> lanes, int letters, boolean moved) {}

    /**
     * Does for every run what is to be done now.
     *
     * @return whether there are any
     */
    boolean turn() throws SQLException, JMSException {
        List<Going> all = going();
        for (Going run : all) {
            // Asked for each: with many runs a turn may take longer than the lease.
            if (loop.isStopped() || !isMine()) {
                return false;
            }
            advance(run);
        }
        return !all.isEmpty();
    }

    private boolean isMine() throws SQLException {
        long now = System.nanoTime();
        if (held != 0 && now - held < AGAIN.toNanos()) {
            return true;
        }
        boolean mine = lease.hold();
        held = mine ? now : 0;
        return mine;
    }

    private List<Going> going() throws SQLException {
        List<Going> all = new ArrayList<>();
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(GOING);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                all.add(new Going(
                        rows.getString(1),
                        RunState.RUNNING.name().equals(rows.getString(2)),
                        rows.getString(3),
                        rows.getString(4),
                        rows.getInt(5),
                        rows.getInt(6),
                        rows.getInt(7)));
            }
        }
        return all;
    }

    private void advance(Going run) throws SQLException, JMSException {
        OnTheWay onTheWay;
        List<Next> next;
        boolean left;
        try (Connection connection = readers.getConnection()) {
            onTheWay = onTheWay(connection, run);
            List<Next> waiting = run.running() ? waiting(connection, run) : List.of();
            left = !waiting.isEmpty();
            next = onTheWay.moved() ? List.of() : mayGo(connection, run, onTheWay, waiting);
        }
        if (onTheWay.moved() || run.running() && onTheWay.letters() == 0 && !left) {
            settle(run, onTheWay.moved());
        } else if (!next.isEmpty()) {
            send(run, next);
        }
    }

    private static OnTheWay onTheWay(Connection connection, Going run) throws SQLException {
        Set<String> lanes = new HashSet<>();
        int letters = 0;
        boolean moved = false;
        try (PreparedStatement select = connection.prepareStatement(SENT)) {
            select.setString(1, run.id());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    letters++;
                    lanes.add(rows.getString(1));
                    String state = rows.getString(2);
                    boolean redirected = rows.getString(5) != null;
                    boolean waits = redirected
                            ? "WAITING".equals(state)
                            : LetterState.REPLAYED.name().equals(state)
                                    && rows.getString(3).equals(rows.getString(4));
                    moved |= !waits;
                }
            }
        }
        return new OnTheWay(lanes, letters, moved);
    }

    private static List<Next> waiting(Connection connection, Going run) throws SQLException {
        List<Next> waiting = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(NEXT)) {
            select.setString(1, run.id());
            select.setInt(2, run.quota());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    waiting.add(new Next(
                            rows.getInt(1),
                            rows.getString(2),
                            rows.getString(3),
                            rows.getString(4),
                            LetterState.OPEN.name().equals(rows.getString(5))));
                }
            }
        }
        return waiting;
    }

    /**
     * Those that nothing keeps back: neither an earlier one of their lane nor their recipient's rate. What is no longer open is
     * sent to nobody, so it uses up neither.
     */
    private List<Next> mayGo(Connection connection, Going run, OnTheWay onTheWay, List<Next> waiting)
            throws SQLException {
        List<Next> next = new ArrayList<>();
        Set<String> busy = new HashSet<>(onTheWay.lanes());
        // The ledger may yet find one open, when somebody restores it now: what comes after it in its lane waits a
        // turn.
        Set<String> passing = new HashSet<>();
        Map<String, Integer> room = new HashMap<>();
        int going = 0;
        int passedOver = 0;
        for (Next one : waiting) {
            if (!one.open()) {
                if (passedOver < PASSED_OVER && !busy.contains(one.lane())) {
                    passing.add(one.lane());
                    next.add(one);
                    passedOver++;
                } else {
                    busy.add(one.lane());
                }
                continue;
            }
            if (passing.contains(one.lane()) || !busy.add(one.lane()) || onTheWay.letters() + going >= ON_THEIR_WAY) {
                continue;
            }
            Integer left = room.get(one.recipient());
            if (left == null) {
                left = room(connection, run, one.recipient());
            }
            room.put(one.recipient(), Math.max(0, left - 1));
            if (left > 0) {
                next.add(one);
                going++;
            }
        }
        return next;
    }

    /** How many letters may go to this recipient now: a minute's share of a second, or one when its share is longer. */
    private int room(Connection connection, Going run, String recipient) throws SQLException {
        long share = Math.max(SECOND, MINUTE / run.rate());
        int most = Math.max(1, run.rate() / 60);
        try (PreparedStatement select = connection.prepareStatement(PACE)) {
            select.setString(1, recipient);
            select.setLong(2, clock.millis() - share);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return Math.max(0, most - rows.getInt(1));
            }
        }
    }

    /** The stamp of the order that sends a letter; the same until the run is set going again. */
    static String stamp(String run, int number, int epoch) {
        return Identifiers.derive("desk-run", run, Integer.toString(number), Integer.toString(epoch));
    }

    private void send(Going run, List<Next> letters) throws SQLException, JMSException {
        long before = waiting(run);
        List<Order> orders = new ArrayList<>();
        for (Next letter : letters) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put(DeskOrder.ACTION, RunReplay.NAME)
                    .put(DeskOrder.SUBJECT, letter.letter())
                    .put(DeskOrder.REASON, run.reason())
                    .put(RunReplay.RUN, run.id())
                    .put(RunReplay.NUMBER, letter.number())
                    .put(RunReplay.EPOCH, run.epoch())
                    .put(RunReplay.SENDING, UUID.randomUUID().toString());
            orders.add(new Order(stamp(run.id(), letter.number(), run.epoch()), run.actor(), body));
        }
        // Whoever was held up since it looked may have lost the lease. Its letters would not go twice, but faster than
        // they may.
        if (!isMine()) {
            return;
        }
        send(orders);
        awaitThat(() -> waiting(run) <= before - letters.size() || !isGoing(run));
    }

    /** @param moved whether it waits for what has arrived or failed to be noted, rather than for the run to go on or end */
    private void settle(Going run, boolean moved) throws SQLException, JMSException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put(DeskOrder.ACTION, RunSettle.NAME).put(DeskOrder.SUBJECT, run.id());
        send(List.of(new Order(UUID.randomUUID().toString(), Letters.HUB, body)));
        awaitThat(() -> {
            for (Going now : going()) {
                if (now.id().equals(run.id())) {
                    try (Connection connection = readers.getConnection()) {
                        return now.running() != run.running()
                                || now.quota() != run.quota()
                                || moved && !onTheWay(connection, run).moved();
                    }
                }
            }
            return true;
        });
    }

    /** Letters of the run that wait; none when it does not go any more. */
    private long waiting(Going run) throws SQLException {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(WAITING)) {
            select.setString(1, run.id());
            select.setInt(2, run.epoch());
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private boolean isGoing(Going run) throws SQLException {
        return going().stream()
                .anyMatch(now -> now.id().equals(run.id()) && now.running() && now.epoch() == run.epoch());
    }

    /** Something that the ledger will have done soon. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws SQLException;
    }

    private void awaitThat(Condition condition) throws SQLException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds() && System.nanoTime() - until < 0) {
            if (!loop.pause(LOOK)) {
                return;
            }
        }
    }

    private record Order(String stamp, String actor, ObjectNode body) {}

    private void send(List<Order> orders) throws JMSException {
        try (jakarta.jms.Connection connection = connections.createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            for (Order order : orders) {
                BytesMessage message = session.createBytesMessage();
                message.setStringProperty(Headers.KIND, LedgerKind.DESK.name());
                message.setStringProperty(Headers.STAMP, order.stamp());
                message.setStringProperty(Headers.SENDER, order.actor());
                message.writeBytes(order.body().toString().getBytes(StandardCharsets.UTF_8));
                producer.send(message);
            }
            session.commit();
        }
    }
}
