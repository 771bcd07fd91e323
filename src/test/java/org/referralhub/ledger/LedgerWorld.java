package org.referralhub.ledger;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.api.core.ActiveMQNotConnectedException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Notice;
import org.referralhub.message.Queues;

/**
 * The ledger with all that must survive a kill: a broker with its journal and a database, both on disk, the clocks, and a
 * delivery stage that does no more than carry a message to an inbox and give notice of it in one transaction. Small, so that
 * it can be killed often.
 */
final class LedgerWorld implements AutoCloseable {
    /** What was delivered; nobody takes anything out until the end. */
    static final String INBOX = "inbox";
    /** Messages that each run accepts. */
    static final int ACCEPTED = 6;

    private static final int BROKER = 53;
    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final List<String> RECIPIENTS = List.of("police-bzd", "social-bzd-23");
    private static final List<String> URGENCIES = List.of("IMMEDIATE", "URGENT", "PRIORITY", "ROUTINE");

    final MovableClock clock = new MovableClock("2026-11-20T04:00:00Z");
    private final Path folder;
    private EmbeddedActiveMQ broker;
    private Breakable connections;
    private LedgerDatabase database;
    private Ledger ledger;
    private LedgerStage stage;
    private Ticker ticker;
    private Thread delivery;
    private volatile boolean delivering;

    LedgerWorld(Path folder) {
        this.folder = folder;
    }

    /** What a kill throws in this process; nothing catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    /**
     * One run in a process of its own, which ends with a halt at a failpoint: no hook, no flush, nothing.
     *
     * @param arguments folder, number of the run, place of the failpoint, how many times it is passed before
     */
    public static void main(String[] arguments) throws Exception {
        LedgerWorld world = new LedgerWorld(Path.of(arguments[0]));
        int run = Integer.parseInt(arguments[1]);
        Failpoint.Place fatal = Failpoint.Place.valueOf(arguments[2]);
        int before = Integer.parseInt(arguments[3]);
        AtomicInteger passed = new AtomicInteger();
        world.startBroker();
        world.accept(run);
        world.moveClock(run);
        world.startStages(place -> {
            if (place == fatal && passed.getAndIncrement() == before) {
                Runtime.getRuntime().halt(KilledLedgerIT.HALTED);
            }
        });
    }

    void startBroker() throws Exception {
        ConfigurationImpl configuration = new ConfigurationImpl();
        String data = folder.resolve("broker").toString();
        configuration
                .setPersistenceEnabled(true)
                .setSecurityEnabled(false)
                .setJMXManagementEnabled(false)
                .setJournalType(JournalType.NIO)
                .setJournalFileSize(1024 * 1024)
                .setJournalDirectory(data + "/journal")
                .setBindingsDirectory(data + "/bindings")
                .setLargeMessagesDirectory(data + "/large")
                .setPagingDirectory(data + "/paging");
        configuration.setCriticalAnalyzer(false);
        configuration.addAcceptorConfiguration("vm", "vm://" + BROKER);
        configuration.addAddressSetting(
                "#", new AddressSettings().setMaxDeliveryAttempts(-1).setRedeliveryDelay(0));
        for (String queue : List.of(Queues.LEDGER, Queues.DELIVERY, Queues.DEAD_LETTER, INBOX)) {
            configuration.addQueueConfiguration(QueueConfiguration.of(queue)
                    .setRoutingType(RoutingType.ANYCAST)
                    .setDurable(true));
        }
        broker = new EmbeddedActiveMQ();
        broker.setConfiguration(configuration);
        broker.start();
        connections = new Breakable("vm://" + BROKER);
    }

    void startStages(Failpoint failpoint) {
        database = LedgerDatabase.embedded(folder.resolve("ledger.db"));
        ledger = EscalationTest.ledger(database, clock, RECIPIENTS.toArray(String[]::new));
        stage = new LedgerStage(connections, ledger, failpoint);
        ticker = new Ticker(database, connections, clock, OFTEN);
        delivering = true;
        delivery = new Thread(this::deliver, "delivery");
        stage.start();
        ticker.start();
        delivery.start();
    }

    /** As if the process had gone at this moment: every connection breaks, and no session is closed. */
    void kill() {
        connections.breakAll();
        throw new Killed();
    }

    /** Connections to the broker that can be broken from outside. */
    private static final class Breakable extends ActiveMQConnectionFactory {
        private static final long serialVersionUID = 1;

        private final transient Set<ActiveMQConnection> open = ConcurrentHashMap.newKeySet();

        Breakable(String url) {
            super(url);
        }

        @Override
        public Connection createConnection() throws JMSException {
            Connection connection = super.createConnection();
            open.add((ActiveMQConnection) connection);
            return connection;
        }

        void breakAll() {
            for (ActiveMQConnection connection : open) {
                RemotingConnection wire = connection.getSessionFactory().getConnection();
                if (wire != null) {
                    wire.fail(new ActiveMQNotConnectedException("killed"));
                }
            }
            open.clear();
        }
    }

    /** Lets go of what a process would have lost. */
    void stopStages() throws InterruptedException {
        delivering = false;
        ticker.stop();
        stage.stop();
        delivery.join();
        ledger.close();
        database.close();
    }

    /** Stops the broker without a word to anybody who is connected, and starts it on its journal. */
    void restartBroker() throws Exception {
        connections.close();
        broker.getActiveMQServer().fail(false);
        startBroker();
    }

    @Override
    public void close() throws Exception {
        stopStages();
        connections.close();
        broker.stop();
    }

    /** Forwards by minutes, hours or days, now and then backwards; the same in every process. */
    void moveClock(int run) {
        for (int i = 0; i <= run; i++) {
            moveClockOnce(i);
        }
    }

    /** What the clock is moved by between the run before and this one. */
    void moveClockOnce(int run) {
        Random random = new Random(1000 + run);
        clock.move(
                switch (random.nextInt(4)) {
                    case 0 -> Duration.ofMinutes(random.nextInt(90));
                    case 1 -> Duration.ofHours(random.nextInt(30));
                    case 2 -> Duration.ofDays(random.nextInt(3));
                    default -> Duration.ofHours(-random.nextInt(20));
                });
    }

    /** What the run's agencies send, as intake puts it on the ledger's queue, in one commit: accepted from here on. */
    void accept(int run) throws JMSException {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER));
            for (LedgerInput input : inputs(run)) {
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

    /** New referrals, answers to those of earlier runs, amendments, recalls; legal or not. */
    private static List<LedgerInput> inputs(int run) {
        Random random = new Random(run);
        List<LedgerInput> inputs = new ArrayList<>();
        for (int i = 0; i < ACCEPTED; i++) {
            String id = run + "-" + i;
            Messages message;
            if (i < 2 || run == 0) {
                message = Messages.request("helpline-108", "call-" + id)
                        .urgency(URGENCIES.get(random.nextInt(URGENCIES.size())));
            } else {
                String referral = Messages.request(
                                "helpline-108", "call-" + random.nextInt(run) + "-" + random.nextInt(2))
                        .referralId();
                message = switch (random.nextInt(6)) {
                    case 0 ->
                        Messages.followUp("helpline-108", "m-" + id, MessageType.AMEND, referral)
                                .body("{\"changes\":{\"narrative\":\"" + id + "\",\"urgency\":\"IMMEDIATE\"}}");
                    case 1 -> Messages.followUp("helpline-108", "m-" + id, MessageType.RECALL, referral);
                    default ->
                        Messages.followUp(
                                RECIPIENTS.get(random.nextInt(2)),
                                "m-" + id,
                                random.nextBoolean() ? MessageType.ACK : MessageType.ACCEPT,
                                referral);
                };
            }
            inputs.add(message.stamp("stamp-" + id).input());
        }
        return inputs;
    }

    private void deliver() {
        while (delivering) {
            try (Connection connection = connections.createConnection();
                    Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
                connection.start();
                MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.DELIVERY));
                MessageProducer inbox = session.createProducer(session.createQueue(INBOX));
                MessageProducer notices = session.createProducer(session.createQueue(Queues.LEDGER));
                while (delivering) {
                    Message message = consumer.receive(20);
                    if (message != null) {
                        String id = message.getStringProperty(Headers.DELIVERY_ID);
                        inbox.send(session.createTextMessage(id));
                        BytesMessage notice = session.createBytesMessage();
                        notice.setStringProperty(Headers.KIND, LedgerKind.DELIVERED.name());
                        notice.writeBytes(Notice.toBytes(
                                List.of(new Notice(id, message.getStringProperty(Headers.RECIPIENT), null, 1, null))));
                        notices.send(notice);
                        session.commit();
                    }
                }
            } catch (JMSException | RuntimeException e) {
                // The connection was broken: begin again, as a process does that is started anew.
            }
        }
    }

    /** What is on its way, waits for its time, or is due. */
    Map<String, Long> unfinished() throws SQLException {
        Map<String, Long> unfinished = new TreeMap<>();
        unfinished.put(Queues.LEDGER, depth(Queues.LEDGER));
        unfinished.put(Queues.DELIVERY, depth(Queues.DELIVERY));
        unfinished.put("waiting", query("select count(*) from delivery where state = 'WAITING' and held_by is null"));
        unfinished.put("held", query("select count(*) from delivery where state = 'WAITING' and held_by is not null"));
        unfinished.put("early", query("select count(*) from early where decided_by is null"));
        unfinished.put(
                "due", query("select count(*) from clock where state = 'RUNNING' and due_at <= " + clock.millis()));
        unfinished.values().removeIf(count -> count == 0);
        return unfinished;
    }

    /** What waits for another delivery, and for which. */
    List<String> held() throws SQLException {
        List<String> held = new ArrayList<>();
        try (java.sql.Connection connection = database.readers().getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select d.type, d.recipient, d.created_at, e.type,"
                                + " e.state, e.created_at, e.settled_at, d.cause, e.cause from delivery d left join delivery e on e.id = d.held_by"
                                + " where d.state = 'WAITING' and d.held_by is not null");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= 9; i++) {
                    row.append(rows.getString(i)).append(' ');
                }
                held.add(row.toString());
            }
        }
        return held;
    }

    long depth(String queue) {
        return broker.getActiveMQServer().locateQueue(SimpleString.of(queue)).getMessageCount();
    }

    Books books() {
        return new Books(database.readers(), this::depth);
    }

    /** Everything that was delivered, in order. */
    List<String> delivered() throws JMSException {
        List<String> ids = new ArrayList<>();
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            connection.start();
            MessageConsumer consumer = session.createConsumer(session.createQueue(INBOX));
            for (Message message = consumer.receive(500); message != null; message = consumer.receiveNoWait()) {
                ids.add(message.getBody(String.class));
            }
        }
        return ids;
    }

    long query(String sql) throws SQLException {
        try (java.sql.Connection connection = database.readers().getConnection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
