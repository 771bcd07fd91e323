package org.referralhub.deadletter;

import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.broker.EmbeddedBroker;
import org.referralhub.ledger.Books;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.Failpoint;
import org.referralhub.ledger.Ladder;
import org.referralhub.ledger.Lease;
import org.referralhub.ledger.Ledger;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.LedgerInput;
import org.referralhub.ledger.LedgerStage;
import org.referralhub.ledger.Messages;
import org.referralhub.ledger.ResponseTimes;
import org.referralhub.ledger.Rulebook;
import org.referralhub.ledger.Views;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Notice;
import org.referralhub.message.Queues;
import org.referralhub.recipient.Choice;
import org.referralhub.testing.TestBroker;

/**
 * The desk with a real broker, the real ledger and the real driver of runs, and a delivery stage that does no more than carry a
 * message to a list, or send it to the desk when its recipient is out of order.
 */
final class RepairWorld implements AutoCloseable {
    static final String SENDER = "helpline-108";
    static final String POLICE = "police-bzd";
    static final String SHELTER = "shelter-11";
    static final String OPERATOR = "operator-1";
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with(SENDER, AgencyKind.HELPLINE_108, "*")
            .with(POLICE, AgencyKind.POLICE, "1110")
            .with(SHELTER, AgencyKind.SHELTER, "11")
            .registry();

    /** What reached an agency, in order. */
    record Arrived(String recipient, MessageType type, String messageId, String delivery) {}

    final List<Arrived> arrived = Collections.synchronizedList(new ArrayList<>());
    /** Agencies, and ids of messages, that delivery fails for. */
    final Set<String> broken = ConcurrentHashMap.newKeySet();

    final LedgerDatabase database;
    final DeskOrders orders;
    final Runs runs;
    final Rulebook rules;
    private final EmbeddedBroker broker;
    private final Ledger ledger;
    private final LedgerStage stage;
    private final Thread delivery;
    private RunDriver driver;
    private volatile boolean delivering = true;

    RepairWorld(Databases kind, Path folder) {
        database = kind.open();
        broker = TestBroker.start(folder, AGENCIES);
        rules = new Rulebook(
                "test",
                (message, at) -> List.of(new Choice(AGENCIES.find(POLICE).orElseThrow(), "rule")),
                Views.WHOLE,
                AGENCIES,
                ResponseTimes.PROPOSED,
                Ladder.NONE);
        ledger = new Ledger(database, () -> rules, Clock.systemUTC());
        RepairConfiguration beans = new RepairConfiguration();
        ledger.add(DeadLetterEntry.room(
                ledger.obligations(),
                List.of(
                        beans.runStart(),
                        beans.runPause(),
                        beans.runResume(),
                        beans.runStop(),
                        beans.runReplay(ledger.obligations()),
                        beans.runSettle()),
                broker::attempts));
        stage = new LedgerStage(broker.transactions(), ledger, Failpoint.NONE);
        stage.start();
        orders = new DeskOrders(database.readers(), broker.connectionFactory());
        runs = new Runs(database.readers(), orders);
        delivery = new Thread(this::deliver, "delivery");
        delivery.start();
        drive();
    }

    /** What looks for letters whose time is over, a few at a time. */
    Retention retention(Duration time, int atOnce) {
        return new Retention(database.readers(), broker.connectionFactory(), Clock.systemUTC(), time, atOnce);
    }

    /** Starts a driver; it knows nothing of what one before it did. */
    void drive() {
        driver = driver();
        driver.start();
    }

    private RunDriver driver() {
        return driver(database.readers(), broker.connectionFactory(), lease());
    }

    /** The driver of one node of several, which has this lease. */
    static RunDriver driver(DataSource readers, ConnectionFactory connections, Lease lease) {
        return new RunDriver(readers, connections, lease, Clock.systemUTC());
    }

    RunDriver driver(Lease lease) {
        return driver(database.readers(), broker.connectionFactory(), lease);
    }

    /** The lease of a node of its own, which does not hold it yet. */
    Lease lease() {
        return new Lease(database, "desk-runs", UUID.randomUUID().toString());
    }

    /** One look of a driver at the runs, when no other drives. */
    void turn() throws Exception {
        RunDriver once = driver();
        once.turn();
        once.stop();
    }

    /** The driver is gone. */
    void stopDriving() {
        driver.stop();
    }

    /** Sends what intake would have put on the ledger's queue. */
    void send(Messages... messages) throws JMSException {
        try (Connection connection = broker.connectionFactory().createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            for (Messages one : messages) {
                LedgerInput input = one.input();
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(input.body());
                for (Map.Entry<String, String> property : input.properties().entrySet()) {
                    message.setStringProperty(property.getKey(), property.getValue());
                }
                producer.send(message);
            }
            session.commit();
        }
    }

    /** As many REQUESTs, and waits until all are at the desk. */
    List<Messages> letters(int count) throws Exception {
        return letters(count, UnaryOperator.identity());
    }

    List<Messages> letters(int count, UnaryOperator<Messages> more) throws Exception {
        broken.add(POLICE);
        List<Messages> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(more.apply(Messages.request(SENDER, "call-" + i)));
        }
        send(requests.toArray(Messages[]::new));
        awaitLetters(count);
        return requests;
    }

    void awaitLetters(int count) {
        await("letters")
                .atMost(PATIENCE)
                .until(() -> number("select count(*) from letter where state = 'OPEN'") == count);
    }

    /** An order of the driver's as it would send it. */
    void order(String stamp, String actor, String body) throws JMSException {
        try (Connection connection = broker.connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            BytesMessage message = session.createBytesMessage();
            message.setStringProperty(Headers.KIND, LedgerKind.DESK.name());
            message.setStringProperty(Headers.STAMP, stamp);
            message.setStringProperty(Headers.SENDER, actor);
            message.writeBytes(Messages.utf8(body));
            producer.send(message);
        }
    }

    /** Begins a run over all open letters. */
    String begin(List<Integer> canary, int perMinute) {
        return begin(new Selection(null, null, Map.of("state", "OPEN")), null, canary, perMinute);
    }

    String begin(Selection selection, String to, List<Integer> canary, int perMinute) {
        Runs.Ordered ordered = runs.begin(new Runs.Plan(selection, to, canary, perMinute), OPERATOR, "repaired");
        if (!ordered.answer().isDone()) {
            throw new AssertionError("not begun: " + ordered.answer());
        }
        return ordered.run();
    }

    Run awaitState(String run, RunState state) {
        await("run is " + state)
                .atMost(PATIENCE)
                .until(() -> run(run).state() == state && run(run).progress().onTheirWay() == 0);
        return run(run);
    }

    Run run(String id) {
        return runs.find(id).orElseThrow();
    }

    List<RunItem> items(String run) {
        return runs.letters(run, null, 0, Runs.LARGEST_PAGE);
    }

    /** Messages of this type that an agency got, in order. */
    List<String> arrivals(String recipient, MessageType type) {
        synchronized (arrived) {
            return arrived.stream()
                    .filter(one -> one.recipient().equals(recipient) && one.type() == type)
                    .map(Arrived::messageId)
                    .toList();
        }
    }

    /** What is wrong with the books once nothing is on its way any more. */
    List<String> faults() {
        await("nothing on its way")
                .atMost(PATIENCE)
                .until(() ->
                        broker.depth(Queues.LEDGER) + broker.depth(Queues.DEAD_LETTER) + broker.depth(Queues.DELIVERY)
                                == 0);
        return new Books(database.readers(), broker::depth).verify().faults();
    }

    long number(String sql) throws SQLException {
        try (java.sql.Connection connection = database.readers().getConnection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    List<String> texts(String sql) throws SQLException {
        try (java.sql.Connection connection = database.readers().getConnection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    /** The bodies of what the hub has told a sender. */
    List<String> receipts() throws SQLException {
        try (java.sql.Connection connection = database.readers().getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select body from delivery where type = 'RECEIPT' order by created_at");
                ResultSet rows = select.executeQuery()) {
            List<String> bodies = new ArrayList<>();
            while (rows.next()) {
                bodies.add(new String(rows.getBytes(1), java.nio.charset.StandardCharsets.UTF_8));
            }
            return bodies;
        }
    }

    private void deliver() {
        try (Connection connection = broker.connectionFactory().createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            connection.start();
            MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.DELIVERY));
            Queue ledgerQueue = session.createQueue(Queues.LEDGER);
            Queue desk = session.createQueue(Queues.DEAD_LETTER);
            MessageProducer producer = session.createProducer(null);
            while (delivering) {
                Message message = consumer.receive(20);
                if (message != null) {
                    String recipient = message.getStringProperty(Headers.RECIPIENT);
                    String messageId = message.getStringProperty(Headers.MESSAGE_ID);
                    if (broken.contains(recipient) || broken.contains(messageId)) {
                        producer.send(desk, dead(session, (BytesMessage) message));
                    } else {
                        producer.send(ledgerQueue, notice(session, message));
                        arrived.add(new Arrived(
                                recipient,
                                MessageType.valueOf(message.getStringProperty(Headers.MESSAGE_TYPE)),
                                messageId,
                                message.getStringProperty(Headers.DELIVERY_ID)));
                    }
                    session.commit();
                }
            }
        } catch (JMSException e) {
            if (delivering) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Message notice(Session session, Message message) throws JMSException {
        BytesMessage notice = session.createBytesMessage();
        notice.setStringProperty(Headers.KIND, LedgerKind.DELIVERED.name());
        notice.writeBytes(Notice.toBytes(List.of(new Notice(
                message.getStringProperty(Headers.DELIVERY_ID),
                message.getStringProperty(Headers.RECIPIENT),
                "consent",
                1,
                null,
                null,
                message.getStringProperty(Headers.REPLAY_OF),
                null,
                null,
                message.propertyExists(Headers.SENDING) ? message.getIntProperty(Headers.SENDING) : 0))));
        return notice;
    }

    private static Message dead(Session session, BytesMessage message) throws JMSException {
        BytesMessage dead = session.createBytesMessage();
        for (Object name : Collections.list(message.getPropertyNames())) {
            if (Headers.ALL.contains(name)) {
                dead.setStringProperty((String) name, message.getStringProperty((String) name));
            }
        }
        dead.setStringProperty(Headers.KIND, LedgerKind.DEAD.name());
        dead.setStringProperty(Headers.DEAD_ORIGIN, Queues.DELIVERY);
        dead.setStringProperty(Headers.DEAD_STAGE, "deliver");
        dead.setStringProperty(Headers.DEAD_CAUSE, "translation-failed");
        dead.setStringProperty(Headers.DEAD_CLASS, "permanent");
        byte[] body = new byte[(int) message.getBodyLength()];
        message.readBytes(body);
        dead.writeBytes(body);
        return dead;
    }

    /** The most letters that went within one second. */
    static long mostInASecond(List<RunItem> items) {
        List<Instant> moments = items.stream().map(RunItem::sentAt).toList();
        return moments.stream()
                .mapToLong(from -> moments.stream()
                        .filter(at -> !at.isBefore(from) && at.isBefore(from.plusSeconds(1)))
                        .count())
                .max()
                .orElse(0);
    }

    @Override
    public void close() throws Exception {
        driver.stop();
        delivering = false;
        delivery.join();
        stage.stop();
        broker.close();
        database.close();
    }
}
