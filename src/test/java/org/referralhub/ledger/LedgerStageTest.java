package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.deadletter.DeadLetterEntry;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskFilter;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.DeskOutcome;
import org.referralhub.deadletter.LetterState;
import org.referralhub.deadletter.LetterSummary;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Notice;
import org.referralhub.message.Parcel;
import org.referralhub.message.Queues;
import org.referralhub.recipient.Choice;

class LedgerStageTest {
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with("police-bzd", AgencyKind.POLICE, "1110")
            .with("social-bzd-23", AgencyKind.SOCIAL_WORKER, "111095")
            .registry();
    private static final int BROKER = 41;

    @TempDir
    Path folder;

    private EmbeddedActiveMQ broker;
    private ActiveMQConnectionFactory connections;
    private LedgerDatabase database;
    private LedgerStage stage;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Books books;
    private static final String BOTTOMLESS = "call-bottomless";

    private Desk desk;
    private DeskOrders orders;

    @BeforeEach
    void start() throws Exception {
        ConfigurationImpl configuration = new ConfigurationImpl();
        configuration.setPersistenceEnabled(false).setSecurityEnabled(false);
        configuration.addAcceptorConfiguration("vm", "vm://" + BROKER);
        configuration.addAddressSetting(
                "#",
                new AddressSettings()
                        .setMaxDeliveryAttempts(6)
                        .setRedeliveryDelay(0)
                        .setDeadLetterAddress(SimpleString.of(Queues.DEAD_LETTER)));
        for (String queue : List.of(Queues.LEDGER, Queues.DELIVERY, Queues.DEAD_LETTER, Queues.intake("canonical"))) {
            configuration.addQueueConfiguration(QueueConfiguration.of(queue)
                    .setRoutingType(RoutingType.ANYCAST)
                    .setDurable(true));
        }
        // As config/broker.xml has it: the ledger's own queue is tried for ever.
        configuration.addAddressSetting(
                Queues.LEDGER, new AddressSettings().setMaxDeliveryAttempts(-1).setRedeliveryDelay(0));
        broker = new EmbeddedActiveMQ();
        broker.setConfiguration(configuration);
        broker.start();
        connections = new ActiveMQConnectionFactory("vm://" + BROKER);
        database = LedgerDatabase.embedded(folder.resolve("ledger.db"));
        use(database);
    }

    private void use(LedgerDatabase used) {
        if (used != database) {
            database.close();
            database = used;
        }
        books = new Books(database.readers(), this::depth);
        desk = new Desk(database.readers(), Clock.systemUTC());
        orders = new DeskOrders(database.readers(), connections);
    }

    @AfterEach
    void stop() throws Exception {
        if (stage != null) {
            stage.stop();
        }
        database.close();
        connections.close();
        broker.stop();
    }

    @Test
    void carriesABatchAndItsNoticesUntilTheBooksBalance() throws Exception {
        start(Failpoint.NONE);
        for (int i = 0; i < 100; i++) {
            send(Queues.LEDGER, Messages.request("helpline-108", "call-" + i).input());
        }
        await().until(() -> depth(Queues.DELIVERY) == 300);
        await().until(() -> books.books().balanced());

        deliver();

        await().until(() -> books.books().total().delivered() == 300);
        assertThat(books.books().balanced()).isTrue();
        assertThat(books.books().total().owed()).isEqualTo(300);
        assertThat(stage.health().up()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void crashesBetweenTheTwoCommitsLoseNothingSendNothingTwiceAndBuryNothing(Databases kind) throws Exception {
        use(kind.open());
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger crashes = new AtomicInteger();
        start(place -> {
            // Far more often than a dead-letter address would forgive.
            if (place != Failpoint.Place.AFTER_BROKER_COMMIT
                    && passed.incrementAndGet() % 4 != 0
                    && crashes.get() < 12) {
                crashes.incrementAndGet();
                throw new IllegalStateException("killed at " + place);
            }
        });
        for (int i = 0; i < 50; i++) {
            send(Queues.LEDGER, Messages.request("helpline-108", "call-" + i).input());
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> crashes.get() == 12 && depth(Queues.DELIVERY) >= 150 && depth(Queues.LEDGER) == 0);

        List<String> delivered = deliver();

        assertThat(delivered).hasSize(150);
        assertThat(new TreeSet<>(delivered)).hasSize(150);
        await().atMost(Duration.ofSeconds(30)).until(() -> books.books().total().delivered() == 150);
        assertThat(books.verify().faults()).isEmpty();
        assertThat(depth(Queues.DEAD_LETTER)).isZero();
        assertThat(desk.count(DeskFilter.OPEN)).isZero();
    }

    @Test
    void largeMessagesThatHavePiledUpAreTakenAFewAtATime() throws Exception {
        String large = "x".repeat(1 << 20);
        for (int i = 0; i < 40; i++) {
            send(
                    Queues.LEDGER,
                    Messages.request("helpline-108", "call-" + i)
                            .body("{\"urgency\":\"URGENT\",\"concerns\":[\"NEGLECT\"],\"narrative\":\"" + large + "\"}")
                            .input());
        }
        start(Failpoint.NONE);
        await().atMost(Duration.ofSeconds(60)).until(() -> depth(Queues.DELIVERY) == 120);
        double mostBytes = meters.get("hub.ledger.batch.size").summary().max() * (1 << 20);
        assertThat(mostBytes).isBetween((double) (1 << 20), (double) LedgerStage.BATCH_BYTES + (1 << 20));
    }

    @Test
    void deadLettersGetTheirTurnInTheFirstRoundHoweverLargeTheOthersAre() throws Exception {
        String large = "x".repeat(1 << 20);
        for (int i = 0; i < 40; i++) {
            send(
                    Queues.LEDGER,
                    Messages.request("helpline-108", "call-" + i)
                            .body("{\"urgency\":\"URGENT\",\"concerns\":[\"NEGLECT\"],\"narrative\":\"" + large + "\"}")
                            .input());
        }
        send(Queues.DEAD_LETTER, refusal());
        AtomicLong afterTheFirst = new AtomicLong(-1);
        start(place -> {
            if (place == Failpoint.Place.AFTER_BROKER_COMMIT) {
                afterTheFirst.compareAndSet(-1, desk.count(DeskFilter.OPEN));
            }
        });
        await().atMost(Duration.ofSeconds(60)).until(() -> depth(Queues.DELIVERY) >= 120);
        assertThat(afterTheFirst).hasValue(1);
    }

    /** An error in the work on one message is that message's: the process would die of it again after every start. */
    @Test
    void aMessageThatTheStackIsTooSmallForGoesToTheDeskAndHarmsNoOther() throws Exception {
        start(Failpoint.NONE);
        send(Queues.LEDGER, Messages.request("helpline-108", "call-1").input());
        send(Queues.LEDGER, Messages.request("helpline-108", BOTTOMLESS).input());
        send(Queues.LEDGER, Messages.request("helpline-108", "call-2").input());

        await().until(() -> depth(Queues.DELIVERY) == 6 && desk.count(DeskFilter.OPEN) == 1);
        LetterSummary letter = desk.list(DeskFilter.OPEN, null, 10).items().get(0);
        assertThat(letter.cause()).isEqualTo("ledger-failed");
        assertThat(letter.messageId()).isEqualTo(BOTTOMLESS);
        assertThat(desk.show(letter.id()).orElseThrow().exception()).contains("StackOverflowError");
        assertThat(stage.health().up()).isTrue();
    }

    @Test
    void whatFailsWhileTheDatabaseIsAwayWaitsForItAndIsCapturedThen() throws Exception {
        start(Failpoint.NONE);
        await().until(() -> stage.health().up());
        try (java.sql.Connection other = database.writer();
                java.sql.Statement statement = other.createStatement()) {
            statement.execute("begin exclusive");
            send(Queues.DEAD_LETTER, refusal());
            await().atMost(Duration.ofSeconds(60)).until(() -> !stage.health().up());
            assertThat(depth(Queues.DEAD_LETTER)).isEqualTo(1);
            statement.execute("rollback");
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> desk.count(DeskFilter.OPEN) == 1);
        await().until(() -> stage.health().up() && depth(Queues.DEAD_LETTER) == 0);
    }

    /** Two nodes share the queue. One of them alone can't reach the database, and must not sit on what the other could take. */
    @Test
    void aNodeWithoutItsDatabaseLeavesTheMessagesToTheOther() throws Exception {
        start(Failpoint.NONE);
        LedgerStage cutOff = stage;
        LedgerDatabase unreachable = database;
        await().until(() -> cutOff.health().up());
        try (java.sql.Connection other = unreachable.writer();
                java.sql.Statement statement = other.createStatement()) {
            statement.execute("begin exclusive");
            for (int i = 0; i < 10; i++) {
                send(
                        Queues.LEDGER,
                        Messages.request("helpline-108", "call-" + i).input());
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> !cutOff.health().up());
            database = LedgerDatabase.embedded(folder.resolve("other.db"));
            start(Failpoint.NONE);

            await().atMost(Duration.ofSeconds(60)).until(() -> depth(Queues.DELIVERY) == 30);
            assertThat(cutOff.health().up()).isFalse();
            statement.execute("rollback");
            // What comes next may be for either of them.
            await().atMost(Duration.ofSeconds(60)).until(() -> cutOff.health().up());
        } finally {
            cutOff.stop();
            unreachable.close();
        }
    }

    @Test
    void onePoisonedMessageGoesToTheDeskAndHarmsNoOther() throws Exception {
        start(Failpoint.NONE);
        LedgerInput good = Messages.request("helpline-108", "call-1").input();
        send(Queues.LEDGER, new LedgerInput("", LedgerKind.MESSAGE, good.properties(), Messages.utf8("no parcel")));
        send(Queues.LEDGER, Messages.request("helpline-108", "call-2").input());

        await().until(() -> depth(Queues.DELIVERY) == 3);
        await().until(() -> desk.count(DeskFilter.OPEN) == 1);
        LetterSummary letter = desk.list(DeskFilter.OPEN, null, 10).items().get(0);
        assertThat(letter.cause()).isEqualTo("ledger-failed");
        assertThat(letter.sender()).isEqualTo("helpline-108");
        assertThat(desk.show(letter.id()).orElseThrow().exception()).contains("IllegalArgumentException");
    }

    @Test
    void aRefusalOfIntakeIsKeptAndReportedOnceAndSentAgainOnce() throws Exception {
        start(Failpoint.NONE);
        LedgerInput refused = refusal();
        send(Queues.DEAD_LETTER, refused);
        await().until(() -> depth(Queues.DELIVERY) == 1);
        LetterSummary letter = desk.list(DeskFilter.OPEN, null, 10).items().get(0);
        assertThat(desk.content(letter.id()).orElseThrow().original()).isEqualTo(Messages.utf8("what they sent"));
        assertThat(desk.show(letter.id()).orElseThrow().findings()).contains("\"x\"");

        assertThat(replay(letter.id())).isEqualTo(DeskOutcome.DONE);
        assertThat(replay(letter.id())).isEqualTo(DeskOutcome.NOT_ALLOWED);
        assertThat(replay("no-such-letter")).isEqualTo(DeskOutcome.UNKNOWN);

        await().until(() -> depth(Queues.intake("canonical")) == 1 && depth(Queues.LEDGER) == 0);
        assertThat(desk.show(letter.id()).orElseThrow().summary().state()).isEqualTo(LetterState.REPLAYED);
        assertThat(AuditChain.firstBroken(database.readers())).isEmpty();

        // Refused once more: the same letter is open again, and the sender is not told a second time.
        java.util.Map<String, String> again = new java.util.HashMap<>(refused.properties());
        again.put(Headers.STAMP, "stamp-2");
        again.put(Headers.REPLAY_OF, letter.id());
        send(Queues.DEAD_LETTER, new LedgerInput("", LedgerKind.DEAD, again, refused.body()));
        await().until(() -> desk.count(DeskFilter.OPEN) == 1);
        assertThat(desk.show(letter.id()).orElseThrow().summary().attempts()).isEqualTo(2);
        assertThat(depth(Queues.DELIVERY)).isEqualTo(1);
    }

    @Test
    void aDeliveryThatTheBrokerGaveUpIsAtTheDeskUntilItIsSentAgain() throws Exception {
        start(Failpoint.NONE);
        send(Queues.LEDGER, Messages.request("helpline-108", "call-1").input());
        await().until(() -> depth(Queues.DELIVERY) == 3);
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            connection.start();
            MessageConsumer consumer =
                    session.createConsumer(session.createQueue(Queues.DELIVERY), Headers.RECIPIENT + " = 'police-bzd'");
            for (int i = 0; i < 6; i++) {
                assertThat(consumer.receive(5000)).isNotNull();
                session.rollback();
            }
        }
        await().until(() -> books.books().total().desk() == 1);
        LetterSummary letter = desk.list(DeskFilter.OPEN, null, 10).items().get(0);
        assertThat(letter.cause()).isEqualTo("attempts-used-up");
        assertThat(letter.recipient()).isEqualTo("police-bzd");
        assertThat(letter.origin()).isEqualTo(Queues.DELIVERY);
        assertThat(letter.attempts()).isEqualTo(6);
        await().until(() -> books.books().balanced());

        assertThat(replay(letter.id())).isEqualTo(DeskOutcome.DONE);
        await().until(() -> books.books().total().desk() == 0);
        // The fourth tells the sender that the police had not been reached.
        await().until(() -> depth(Queues.DELIVERY) == 4);
        assertThat(new TreeSet<>(deliver())).hasSize(4);
        await().until(() -> books.books().total().delivered() == 4);
        replay(letter.id());
        await().until(() -> depth(Queues.LEDGER) == 0);
        assertThat(depth(Queues.DELIVERY)).isZero();
        assertThat(books.verify().faults()).isEmpty();
    }

    @Test
    void theBooksSayWhichRowIsMissing() throws Exception {
        start(Failpoint.NONE);
        send(Queues.LEDGER, Messages.request("helpline-108", "call-1").input());
        await().until(() -> depth(Queues.DELIVERY) == 3 && books.books().balanced());
        stage.stop();
        try (java.sql.Connection writer = database.writer();
                java.sql.Statement statement = writer.createStatement()) {
            statement.executeUpdate("delete from delivery where recipient = 'police-bzd'");
        }
        assertThat(books.verify().faults())
                .anyMatch(fault -> fault.startsWith("police-bzd, hour ")
                        && fault.endsWith("is assigned to it, but it is not owed the REQUEST"))
                .anyMatch(fault -> fault.startsWith("police-bzd, hour ")
                        && fault.endsWith("its entry says owed 1, but there are 0; waiting 1, but there are 0"));
    }

    private static LedgerInput refusal() {
        return new LedgerInput(
                "",
                LedgerKind.DEAD,
                java.util.Map.of(
                        Headers.KIND, "DEAD",
                        Headers.STAMP, "stamp-1",
                        Headers.SENDER, "helpline-108",
                        Headers.DIALECT, "canonical",
                        Headers.DEAD_ORIGIN, "intake.canonical",
                        Headers.DEAD_STAGE, "intake",
                        Headers.DEAD_CLASS, "refused",
                        Headers.DEAD_CAUSE, "refused"),
                new Parcel(new byte[0], Messages.utf8("what they sent"), Messages.utf8("[{\"code\":\"x\"}]"))
                        .toBytes());
    }

    private void start(Failpoint failpoint) {
        Ledger ledger = new Ledger(
                database,
                (request, at) -> {
                    if (request.path("messageId").asText().equals(BOTTOMLESS)) {
                        throw new StackOverflowError();
                    }
                    return List.of(
                            new Choice(AGENCIES.find("police-bzd").orElseThrow(), "violence"),
                            new Choice(AGENCIES.find("social-bzd-23").orElseThrow(), "violence"));
                },
                Views.WHOLE,
                AGENCIES,
                ResponseTimes.PROPOSED,
                Clock.systemUTC());
        ledger.add(DeadLetterEntry.room(ledger.obligations(), List.of(), queue -> broker.getActiveMQServer()
                .getAddressSettingsRepository()
                .getMatch(queue)
                .getMaxDeliveryAttempts()));
        ledger.measure(meters);
        stage = new LedgerStage(connections, ledger, failpoint);
        stage.start();
    }

    /** Plays the delivery stage: takes everything and gives notice of it in the same transaction. */
    private List<String> deliver() throws JMSException {
        List<String> delivered = new ArrayList<>();
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            connection.start();
            MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.DELIVERY));
            MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER));
            for (Message message = consumer.receive(500); message != null; message = consumer.receive(200)) {
                BytesMessage notice = session.createBytesMessage();
                notice.setStringProperty(Headers.KIND, LedgerKind.DELIVERED.name());
                notice.writeBytes(Notice.toBytes(
                        List.of(new Notice(message.getStringProperty(Headers.DELIVERY_ID), null, null, 1, null))));
                producer.send(notice);
                delivered.add(message.getStringProperty(Headers.DELIVERY_ID));
            }
            session.commit();
        }
        return delivered;
    }

    private void send(String queue, LedgerInput input) throws JMSException {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(input.body());
            for (var property : input.properties().entrySet()) {
                message.setStringProperty(property.getKey(), property.getValue());
            }
            session.createProducer(session.createQueue(queue)).send(message);
        }
    }

    private long depth(String queue) {
        return broker.getActiveMQServer().locateQueue(SimpleString.of(queue)).getMessageCount();
    }

    private String replay(String letter) {
        return orders.order("replay", letter, null, "operator-1", "").outcome().code();
    }
}
