package org.referralhub.ledger;

import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Looks once a second for deadlines that have run out and puts each on the ledger's queue. The ledger decides by the clock's
 * row and makes what follows, so an announcement that is repeated, by another node or after a crash, does no harm; it only
 * has to be made at least once. Several nodes share the work by skipping the rows that another holds.
 */
public final class Ticker implements SmartLifecycle {
    /** Announcements in one turn at most. */
    static final int MOST = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);
    private static final Duration PACE = Duration.ofSeconds(1);
    /** An announcement that came to nothing in this time, for example because it was lost, is made again. */
    private static final Duration REPEAT = Duration.ofMinutes(1);

    private static final String DUE =
            "select c.referral_id, c.agency, c.kind, c.due_at, r.urgency, c.opened_at from clock c"
                    + " join referral r on r.id = c.referral_id"
                    + " where c.ended_at is null and c.state = 'RUNNING' and c.due_at <= ?";
    private static final String READ = DUE + " order by c.due_at limit " + MOST;
    private static final String CLAIM = "update clock as held set announced_at = ? from (" + DUE
            + " and (c.announced_at is null or c.announced_at < ? or c.announced_at > ?) order by c.due_at limit "
            + MOST
            + " for update of c skip locked) as due where held.opened_at = due.opened_at and held.referral_id = due.referral_id"
            + " and held.agency = due.agency and held.kind = due.kind"
            + " returning due.referral_id, due.agency, due.kind, due.due_at, due.urgency";

    private final LedgerDatabase database;
    private final ConnectionFactory connections;
    private final Clock clock;
    private final Duration pace;
    /** Embedded only, where nobody else announces: when each was announced, in nanoseconds that no clock can move. */
    private final Map<String, Long> announced = new HashMap<>();

    private volatile LedgerStage.Health health = new LedgerStage.Health(false, "not started");
    private final Loop loop = new Loop("ticker", Duration.ofSeconds(30), this::run);

    private record Due(String referralId, String agency, String kind, long dueAt, Urgency urgency) {
        String id() {
            return Ticker.id(referralId, agency, kind, dueAt);
        }
    }

    public Ticker(LedgerDatabase database, ConnectionFactory connections, Clock clock) {
        this(database, connections, clock, PACE);
    }

    Ticker(LedgerDatabase database, ConnectionFactory connections, Clock clock, Duration pace) {
        this.database = database;
        this.connections = connections;
        this.clock = clock;
        this.pace = pace;
    }

    /** The identifier of one deadline, from which those of all that follows are made. */
    static String id(String referralId, String agency, String kind, long dueAt) {
        return Identifiers.derive("due", referralId, agency, kind, Long.toString(dueAt));
    }

    /** Up while deadlines are looked for. */
    public LedgerStage.Health health() {
        return health;
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
        health = new LedgerStage.Health(false, "stopped");
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

    private void run() {
        do {
            try {
                tick();
                if (!health.up()) {
                    health = new LedgerStage.Health(true, "looking for deadlines");
                    LOG.info("Deadlines are being watched.");
                }
            } catch (SQLException | JMSException | RuntimeException e) {
                if (health.up()) {
                    LOG.error("Deadlines can't be watched for now: {}", LedgerStage.causes(e));
                }
                health = new LedgerStage.Health(false, "the database or the broker does not answer");
            }
        } while (loop.pause(pace));
    }

    /**
     * Looks once.
     *
     * @return deadlines announced
     */
    int tick() throws SQLException, JMSException {
        return database.isEmbedded() ? alone() : shared();
    }

    /** One node: what was announced is remembered here, so that the database keeps its one writer. */
    private int alone() throws SQLException, JMSException {
        List<Due> due = new ArrayList<>();
        long nanos = System.nanoTime();
        announced.values().removeIf(at -> nanos - at > REPEAT.toNanos());
        try (Connection reader = database.readers().getConnection();
                PreparedStatement select = reader.prepareStatement(READ)) {
            select.setLong(1, clock.millis());
            for (Due next : read(select)) {
                if (!announced.containsKey(next.id())) {
                    due.add(next);
                }
            }
        }
        announce(due);
        due.forEach(next -> announced.put(next.id(), nanos));
        return due.size();
    }

    /** Several nodes: rows that another node holds are skipped, and what one has announced is marked when it is sent. */
    private int shared() throws SQLException, JMSException {
        long now = clock.millis();
        try (Connection writer = database.writer()) {
            writer.setAutoCommit(false);
            try (PreparedStatement claim = writer.prepareStatement(CLAIM)) {
                claim.setLong(1, now);
                claim.setLong(2, now);
                claim.setLong(3, now - REPEAT.toMillis());
                // A mark from the future was made before the clock was set back.
                claim.setLong(4, now);
                List<Due> due = read(claim);
                announce(due);
                writer.commit();
                return due.size();
            } catch (SQLException | JMSException | RuntimeException e) {
                writer.rollback();
                throw e;
            }
        }
    }

    private static List<Due> read(PreparedStatement statement) throws SQLException {
        List<Due> due = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                due.add(new Due(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getLong(4),
                        Urgency.valueOf(rows.getString(5))));
            }
        }
        return due;
    }

    private void announce(List<Due> due) throws JMSException {
        if (due.isEmpty()) {
            return;
        }
        try (jakarta.jms.Connection connection = connections.createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER));
            for (Due next : due) {
                BytesMessage message = session.createBytesMessage();
                message.setStringProperty(Headers.KIND, LedgerKind.DUE.name());
                message.setStringProperty(Headers.STAMP, next.id());
                message.setStringProperty(Headers.REFERRAL_ID, next.referralId());
                message.setStringProperty(Headers.RECIPIENT, next.agency());
                message.setStringProperty(Headers.CLOCK, next.kind());
                message.setStringProperty(Headers.DUE_AT, Long.toString(next.dueAt()));
                message.setStringProperty(Headers.URGENCY, next.urgency().name());
                // In order with the other messages of the referral.
                message.setStringProperty("JMSXGroupID", next.referralId());
                producer.setPriority(next.urgency().priority());
                producer.send(message);
            }
            session.commit();
        }
    }
}
