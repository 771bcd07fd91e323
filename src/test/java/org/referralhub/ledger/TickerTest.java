package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Notice;
import org.referralhub.message.Queues;

/** With the clock moved and the hub restarted in between, every deadline fires exactly once. */
class TickerTest {
    private static final int BROKER = 47;
    private static final List<String> URGENCIES = List.of("IMMEDIATE", "URGENT", "PRIORITY", "ROUTINE");
    private static final Duration OFTEN = Duration.ofMillis(20);

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock("2026-11-20T04:00:00Z");
    private final Set<String> delivered = new HashSet<>();
    private EmbeddedActiveMQ broker;
    private ActiveMQConnectionFactory connections;
    private LedgerDatabase database;

    /** One run of the hub. */
    private record Hub(LedgerStage stage, Ticker ticker) {
        void stop() {
            ticker.stop();
            stage.stop();
        }
    }

    @BeforeEach
    void startBroker() throws Exception {
        ConfigurationImpl configuration = new ConfigurationImpl();
        configuration.setPersistenceEnabled(false).setSecurityEnabled(false);
        configuration.addAcceptorConfiguration("vm", "vm://" + BROKER);
        configuration.addAddressSetting(
                "#", new AddressSettings().setMaxDeliveryAttempts(-1).setRedeliveryDelay(0));
        for (String queue : List.of(Queues.LEDGER, Queues.DELIVERY, Queues.DEAD_LETTER)) {
            configuration.addQueueConfiguration(QueueConfiguration.of(queue)
                    .setRoutingType(RoutingType.ANYCAST)
                    .setDurable(true));
        }
        broker = new EmbeddedActiveMQ();
        broker.setConfiguration(configuration);
        broker.start();
        connections = new ActiveMQConnectionFactory("vm://" + BROKER);
    }

    @AfterEach
    void stop() throws Exception {
        database.close();
        connections.close();
        broker.stop();
    }

    @Test
    void everyDeadlineFiresExactlyOnceWhereverTheClockGoes() throws Exception {
        Path file = folder.resolve("ledger.db");
        database = LedgerDatabase.embedded(file);
        Random random = new Random(108);
        AtomicInteger crashes = new AtomicInteger();
        List<String> referrals = new ArrayList<>();
        for (int run = 0; run < 12; run++) {
            database.close();
            database = LedgerDatabase.embedded(file);
            AtomicInteger passed = new AtomicInteger();
            // Each run dies once between the two commits, in another place.
            int fatal = 2 + random.nextInt(6);
            Hub hub = start(place -> {
                if (passed.incrementAndGet() == fatal && place != Failpoint.Place.AFTER_BROKER_COMMIT) {
                    crashes.incrementAndGet();
                    throw new IllegalStateException("killed at " + place);
                }
            });
            for (int i = 0; i < 6; i++) {
                Messages request = Messages.request("helpline-108", "call-" + run + "-" + i)
                        .urgency(URGENCIES.get(random.nextInt(URGENCIES.size())));
                referrals.add(request.referralId());
                send(request.input());
            }
            await().until(() -> depth(Queues.LEDGER) == 0);
            for (String referral : referrals) {
                if (random.nextInt(8) == 0) {
                    send(Messages.followUp(
                                    "police-bzd",
                                    "p-" + run + referral,
                                    random.nextBoolean() ? MessageType.ACK : MessageType.ACCEPT,
                                    referral)
                            .input());
                }
            }
            // Forwards by minutes, hours or days; now and then backwards.
            Duration move =
                    switch (random.nextInt(4)) {
                        case 0 -> Duration.ofMinutes(random.nextInt(90));
                        case 1 -> Duration.ofHours(random.nextInt(30));
                        case 2 -> Duration.ofDays(random.nextInt(5));
                        default -> Duration.ofHours(-random.nextInt(40));
                    };
            clock.move(move);
            if (random.nextBoolean()) {
                await().atMost(Duration.ofSeconds(30)).until(this::nothingIsDue);
            }
            deliver();
            hub.stop();
        }
        database.close();
        database = LedgerDatabase.embedded(file);
        Hub last = start(Failpoint.NONE);
        while (query("select count(*) from clock where state = 'RUNNING'") > 0) {
            // The ladder adds clocks as it climbs.
            clock.move(Duration.ofDays(4));
            await().atMost(Duration.ofSeconds(30)).until(this::nothingIsDue);
        }
        await().atMost(Duration.ofSeconds(60)).until(this::everythingIsDelivered);
        last.stop();

        long fired = query("select count(*) from clock where fired_at is not null");
        assertThat(crashes.get()).isGreaterThan(5);
        assertThat(fired).isGreaterThan(100);
        assertThat(query("select count(*) from clock where state not in ('MET', 'OVERDUE', 'LATE')"))
                .isZero();
        // Both sides are told of each, once: delivery adds to a set and fails on what it has seen.
        assertThat(query("select count(*) from delivery where type = 'ESCALATE'"))
                .isEqualTo(2 * fired);
        assertThat(delivered).hasSize((int) query("select count(*) from delivery"));
        assertThat(query("select count(*) from assignment where rule = '" + DueEntry.RULE + "'"))
                .isEqualTo(query("select count(*) from (select distinct referral_id, escalated_to from clock where"
                        + " escalated_to is not null) as added"));
    }

    @Test
    void severalNodesShareTheDeadlinesAndEachFiresOnce() throws Exception {
        database = Databases.POSTGRESQL.open();
        Ledger ledger = EscalationTest.ledger(database, clock, "police-bzd", "social-bzd-23");
        List<LedgerInput> inputs = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            inputs.add(Messages.request("helpline-108", "call-" + i).input());
        }
        for (Emission emission : ledger.process(inputs)) {
            delivered.add(emission.properties().get(Headers.DELIVERY_ID));
        }
        ledger.process(delivered.stream().map(Messages::delivered).toList());
        ledger.close();
        clock.move(Duration.ofHours(2));

        ExecutorService nodes = Executors.newFixedThreadPool(2);
        Callable<Integer> node = () -> new Ticker(database, connections, clock).tick();
        List<Integer> announced = new ArrayList<>();
        for (Future<Integer> done : nodes.invokeAll(List.of(node, node, node, node))) {
            announced.add(done.get(1, TimeUnit.MINUTES));
        }
        nodes.shutdown();
        // Two recipients' time to acknowledge; nobody announces what another has.
        assertThat(announced.stream().mapToInt(Integer::intValue).sum()).isEqualTo(400);
        assertThat(depth(Queues.LEDGER)).isEqualTo(400);

        // An hour later what came to nothing so far is announced again, and set back in time as well.
        clock.move(Duration.ofMinutes(61));
        assertThat(new Ticker(database, connections, clock).tick()).isEqualTo(800);
        clock.move(Duration.ofMinutes(-30));
        assertThat(new Ticker(database, connections, clock).tick()).isEqualTo(400);

        Hub one = start(Failpoint.NONE);
        Hub two = start(Failpoint.NONE);
        await().atMost(Duration.ofSeconds(60)).until(() -> depth(Queues.LEDGER) == 0 && nothingIsDue());
        await().atMost(Duration.ofSeconds(60)).until(this::everythingIsDelivered);
        one.stop();
        two.stop();

        long fired = query("select count(*) from clock where fired_at is not null");
        assertThat(fired).isGreaterThanOrEqualTo(800);
        assertThat(query("select count(*) from delivery where type = 'ESCALATE'"))
                .isEqualTo(2 * fired);
        assertThat(query("select count(*) from delivery where state = 'DELIVERED'"))
                .isEqualTo(query("select count(*) from delivery"));
    }

    private Hub start(Failpoint failpoint) {
        LedgerStage stage = new LedgerStage(
                connections, EscalationTest.ledger(database, clock, "police-bzd", "social-bzd-23"), failpoint);
        Ticker ticker = new Ticker(database, connections, clock, OFTEN);
        stage.start();
        ticker.start();
        return new Hub(stage, ticker);
    }

    private boolean nothingIsDue() throws SQLException {
        return query("select count(*) from clock where state = 'RUNNING' and due_at <= " + clock.millis()) == 0;
    }

    private boolean everythingIsDelivered() throws Exception {
        deliver();
        return depth(Queues.LEDGER) == 0 && query("select count(*) from delivery where state = 'WAITING'") == 0;
    }

    /** Plays the delivery stage, and fails on a message that it has seen. */
    private void deliver() throws JMSException {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            connection.start();
            MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.DELIVERY));
            MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER));
            for (Message message = consumer.receive(200); message != null; message = consumer.receive(100)) {
                String id = message.getStringProperty(Headers.DELIVERY_ID);
                assertThat(delivered.add(id)).as("sent once").isTrue();
                BytesMessage notice = session.createBytesMessage();
                notice.setStringProperty(Headers.KIND, LedgerKind.DELIVERED.name());
                notice.writeBytes(Notice.toBytes(List.of(new Notice(id, null, null, 1, null))));
                producer.send(notice);
            }
            session.commit();
        }
    }

    private void send(LedgerInput input) throws JMSException {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(input.body());
            for (var property : input.properties().entrySet()) {
                message.setStringProperty(property.getKey(), property.getValue());
            }
            session.createProducer(session.createQueue(Queues.LEDGER)).send(message);
        }
    }

    private long depth(String queue) {
        return broker.getActiveMQServer().locateQueue(SimpleString.of(queue)).getMessageCount();
    }

    private long query(String sql) throws SQLException {
        try (java.sql.Connection connection = database.readers().getConnection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
