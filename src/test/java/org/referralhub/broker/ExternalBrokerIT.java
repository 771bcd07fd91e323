package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Queues;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.StockBroker;
import org.referralhub.testing.StompClient;
import org.referralhub.testing.TestBroker;

/** A stock Artemis of its own, made into the hub's broker from outside. */
class ExternalBrokerIT {
    private static final Agency HELPLINE = TestBroker.agency("helpline-108", AgencyKind.HELPLINE_108, "helpline");
    private static final Agency POLICE = TestBroker.agency("police-national", AgencyKind.POLICE, "police");
    private static final Agency STATION = TestBroker.agency("police-capital", AgencyKind.POLICE, "police");
    private static final AgencyRegistry AGENCIES = TestBroker.agencies(HELPLINE, POLICE);

    @TempDir
    Path data;

    @Test
    void it_gets_queues_settings_users_and_permissions_and_a_second_start_changes_nothing() throws Exception {
        try (StockBroker stock = StockBroker.start(data, 0, "AMQP,STOMP", new IntakeGuard());
                ExternalBroker broker = start(stock, AGENCIES)) {
            assertThat(broker.isEmbedded()).isFalse();
            assertThat(broker.isRunning()).isTrue();
            assertThat(broker.journal())
                    .endsWith("NIO journal, every write synced")
                    .contains(stock.url());
            Storage storage = broker.storage();
            assertThat(storage.journalType()).isEqualTo("NIO");
            assertThat(storage.memoryBytes()).isNotNegative();
            assertThat(storage.diskUsed()).isBetween(0.0, 1.0);
            assertThat(storage.diskLimit()).isBetween(0.5, 1.0);
            assertThat(storage.journalBytes()).as("lies on another machine").isNaN();
            assertThat(broker.depths())
                    .containsOnlyKeys(
                            "hub.ledger",
                            "hub.delivery",
                            "hub.deadletter",
                            "intake.canonical",
                            "intake.helpline",
                            "intake.police",
                            "agency.helpline-108.inbox",
                            "agency.police-national.inbox");
            AddressSettings inbox =
                    stock.server().getAddressSettingsRepository().getMatch("agency.police-national.inbox");
            assertThat(inbox.getMaxDeliveryAttempts()).isEqualTo(18);
            assertThat(broker.attempts("agency.police-national.inbox")).isEqualTo(18);
            assertThat(broker.attempts(Queues.DELIVERY)).isEqualTo(6);
            assertThat(inbox.getDeadLetterAddress().toString()).isEqualTo("hub.deadletter");
            assertThat(inbox.getAddressFullMessagePolicy()).isEqualTo(AddressFullMessagePolicy.PAGE);
            assertThat(inbox.isAutoCreateQueues()).isFalse();
            AddressSettings ledger =
                    stock.server().getAddressSettingsRepository().getMatch("hub.ledger");
            assertThat(ledger.getMaxDeliveryAttempts()).isEqualTo(-1);
            assertThat(ledger.isSendToDLAOnNoRoute()).isTrue();
            assertThat(stock.server().locateQueue("hub.ledger").getGroupBuckets())
                    .isEqualTo(1024);
            assertThat(stock.server().getAddressSettingsRepository().getMatch("somebody.elses"))
                    .as("other users of that broker")
                    .satisfies(others -> assertThat(others.isAutoCreateQueues()).isTrue());

            send(broker.connectionFactory(), null, null, Queues.LEDGER);
            await().until(() -> broker.depth(Queues.LEDGER) == 1);
            try (ExternalBroker second = start(stock, AGENCIES)) {
                assertThat(second.depth(Queues.LEDGER)).isEqualTo(1);
                assertThat(second.depths()).containsEntry(Queues.LEDGER, 1L);
                assertThatThrownBy(() -> second.depth("agency.nobody.inbox"))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void an_agency_sends_to_its_intake_and_reads_its_inbox_and_nothing_else() throws Exception {
        List<Agency> all = List.of(HELPLINE, POLICE, STATION);
        try (StockBroker stock = StockBroker.start(data, 0, "AMQP,STOMP", new IntakeGuard());
                ExternalBroker broker = start(stock, TestBroker.agencies(HELPLINE, POLICE, STATION))) {
            List<Door> doors = List.of(
                    new JmsDoor(new ActiveMQConnectionFactory(stock.url())),
                    new JmsDoor(new JmsConnectionFactory("amqp://127.0.0.1:" + stock.port("others"))),
                    new StompDoor(stock.port("others")));
            for (Door door : doors) {
                for (Agency agency : all) {
                    String as = door + " as " + agency.id();
                    assertThat(sending(door, agency, agency.intake())).as(as).isNull();
                    for (String closed : closedToSend(agency, all)) {
                        assertThat(sending(door, agency, closed))
                                .as(as + " sends to " + closed)
                                .isNotNull();
                    }
                    for (Agency one : all) {
                        if (broker.depth(one.inbox()) == 0) {
                            send(broker.connectionFactory(), null, null, one.inbox());
                        }
                    }
                    assertThat(taking(door, agency, agency.inbox())).as(as).isNull();
                    for (String closed : closedToTake(agency, all)) {
                        assertThat(taking(door, agency, closed))
                                .as(as + " takes from " + closed)
                                .isNotNull();
                    }
                    await(as + " has emptied its own inbox only").untilAsserted(() -> {
                        for (Agency one : all) {
                            assertThat(broker.depth(one.inbox()))
                                    .as(one.inbox())
                                    .isEqualTo(one == agency ? 0 : 1);
                        }
                    });
                }
                assertThat(catchThrowable(() -> door.send(HELPLINE.id(), "wrong secret", HELPLINE.intake())))
                        .isInstanceOfAny(JMSException.class, StompClient.Refused.class);
            }
            assertThat(sendersOf(broker, HELPLINE.intake()))
                    .containsOnly(HELPLINE.id())
                    .hasSize(doors.size());
            assertThat(sendersOf(broker, POLICE.intake()))
                    .containsOnly(POLICE.id(), STATION.id())
                    .hasSize(2 * doors.size());
        }
    }

    private static Set<String> closedToSend(Agency agency, List<Agency> all) {
        Set<String> closed = new LinkedHashSet<>(
                List.of(Queues.LEDGER, Queues.DELIVERY, Queues.DEAD_LETTER, "activemq.management", "new.queue"));
        for (Agency one : all) {
            closed.add(one.intake());
            closed.add(one.inbox());
        }
        closed.remove(agency.intake());
        return closed;
    }

    private static Set<String> closedToTake(Agency agency, List<Agency> all) {
        Set<String> closed = new LinkedHashSet<>(List.of(Queues.LEDGER, Queues.DEAD_LETTER, "activemq.notifications"));
        for (Agency one : all) {
            closed.add(one.intake());
            closed.add(one.inbox());
        }
        closed.remove(agency.inbox());
        return closed;
    }

    /** Takes everything, and tells who the broker says has sent it. */
    private static List<String> sendersOf(Broker broker, String intake) throws JMSException {
        List<String> senders = new ArrayList<>();
        try (Connection connection = broker.connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(intake))) {
            connection.start();
            for (long left = broker.depth(intake); left > 0; left--) {
                Message message = consumer.receive(RunningHub.PATIENCE.toMillis());
                assertThat(message).as("%d more in %s", left, intake).isNotNull();
                senders.add(message.getStringProperty("_AMQ_VALIDATED_USER"));
                assertThat(message.propertyExists("hubSender")).isFalse();
            }
        }
        return senders;
    }

    @Test
    void who_leaves_can_no_longer_log_in_and_a_new_secret_replaces_the_old() throws Exception {
        try (StockBroker stock = StockBroker.start(data, 0, "STOMP")) {
            start(stock, AGENCIES).close();
            Door core = new JmsDoor(new ActiveMQConnectionFactory(stock.url()));
            assertThat(sending(core, POLICE, POLICE.intake())).isNull();
            AgencyRegistry later =
                    AgencyRegistry.of(List.of(HELPLINE), Map.of(HELPLINE.id(), "a new secret"), List::of);
            try (ExternalBroker broker = start(stock, later)) {
                assertThat(sending(core, POLICE, POLICE.intake())).isNotNull();
                core.send(HELPLINE.id(), "a new secret", HELPLINE.intake());
                assertThat(sending(core, HELPLINE, HELPLINE.intake()))
                        .as("with the old secret")
                        .isNotNull();
                assertThat(broker.depths()).as("its messages stay").containsKey(POLICE.inbox());
            }
        }
    }

    @Test
    void a_broker_that_is_not_fit_is_named_with_what_to_do() throws Exception {
        assertThatThrownBy(() -> ExternalBroker.start(
                        "tcp://127.0.0.1:1?x=secret",
                        "hub",
                        "secret",
                        Path.of("config/broker.xml"),
                        Map.of(),
                        AGENCIES,
                        TestBroker.DIALECTS))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("tcp://127.0.0.1:1: ")
                .hasMessageContaining("See that it runs")
                .hasMessageNotContaining("x=secret");
        try (StockBroker stock = StockBroker.start(data, 0, "AMQP,STOMP")) {
            assertThatThrownBy(() -> start(stock, AGENCIES))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("others (AMQP)")
                    .hasMessageContaining("IntakeGuard");
        }
        try (StockBroker stock = StockBroker.start(data, 0, "STOMP")) {
            stock.server().getConfiguration().setPopulateValidatedUser(false);
            assertThatThrownBy(() -> start(stock, AGENCIES)).hasMessageContaining("populate-validated-user");
        }
        try (StockBroker stock = StockBroker.start(data, 0, "STOMP")) {
            assertThatThrownBy(() -> start(
                            stock,
                            TestBroker.agencies(TestBroker.agency(StockBroker.USER, AgencyKind.POLICE, "police"))))
                    .hasMessageContaining("a user of its own");
            stock.server().getActiveMQServerControl().addUser(POLICE.id(), "somebody else entirely", "all", false);
            assertThatThrownBy(() -> start(stock, AGENCIES)).hasMessageContaining("not an agency of the hub's");
        }
    }

    @Test
    void it_may_go_and_come_back() throws Exception {
        int port;
        ExternalBroker broker;
        try (StockBroker stock = StockBroker.start(data, 0, "STOMP")) {
            port = stock.port("core");
            broker = start(stock, AGENCIES);
            send(broker.connectionFactory(), null, null, Queues.LEDGER);
            assertThat(broker.isRunning()).isTrue();
        }
        try (broker) {
            assertThat(broker.isRunning()).isFalse();
            assertThatThrownBy(broker::depths).isInstanceOf(BrokerException.class);
            assertThatThrownBy(() -> send(broker.connectionFactory(), null, null, Queues.LEDGER))
                    .isInstanceOf(JMSException.class);
            try (StockBroker again = StockBroker.start(data, port, "STOMP")) {
                assertThat(again.url()).endsWith(":" + port);
                await().until(broker::isRunning);
                await().ignoreExceptions()
                        .untilAsserted(() -> send(broker.connectionFactory(), null, null, Queues.LEDGER));
                assertThat(broker.depth(Queues.LEDGER)).isGreaterThanOrEqualTo(2);
            }
        }
    }

    static ExternalBroker start(StockBroker stock, AgencyRegistry agencies) {
        return ExternalBroker.start(
                stock.url(),
                StockBroker.USER,
                StockBroker.SECRET,
                Path.of("config/broker.xml"),
                Map.of(),
                agencies,
                TestBroker.DIALECTS);
    }

    /** What went wrong, or null. */
    private static Throwable sending(Door door, Agency agency, String queue) {
        return catchThrowable(() -> door.send(agency.id(), TestBroker.secret(agency.id()), queue));
    }

    private static Throwable taking(Door door, Agency agency, String queue) {
        return catchThrowable(() -> door.take(agency.id(), TestBroker.secret(agency.id()), queue));
    }

    /** A way into the broker. Whatever is refused is an exception, and so is an empty queue. */
    private interface Door {
        void send(String user, String secret, String queue) throws Exception;

        void take(String user, String secret, String queue) throws Exception;
    }

    private record JmsDoor(ConnectionFactory connections) implements Door {
        @Override
        public void send(String user, String secret, String queue) throws JMSException {
            ExternalBrokerIT.send(connections, user, secret, queue);
        }

        @Override
        public void take(String user, String secret, String queue) throws JMSException {
            try (Connection connection = connections.createConnection(user, secret);
                    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
                connection.start();
                assertThat(session.createConsumer(session.createQueue(queue)).receive(2000))
                        .as("a message of " + queue)
                        .isNotNull();
            }
        }

        @Override
        public String toString() {
            return connections.getClass().getSimpleName();
        }
    }

    private record StompDoor(int port) implements Door {
        @Override
        public void send(String user, String secret, String queue) throws IOException {
            try (StompClient client = StompClient.connect(port, user, secret)) {
                client.send(queue, Samples.bytes("a message"), Map.of("hubSender", "somebody-else"));
            }
        }

        @Override
        public void take(String user, String secret, String queue) throws IOException {
            try (StompClient client = StompClient.connect(port, user, secret)) {
                client.subscribe("1", queue, Map.of());
                client.acknowledge(client.receive(Duration.ofSeconds(2)).orElseThrow());
            }
        }
    }

    private static void send(ConnectionFactory door, String user, String secret, String queue) throws JMSException {
        try (Connection connection = user == null ? door.createConnection() : door.createConnection(user, secret);
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            Message message = session.createTextMessage("a message");
            message.setStringProperty("hubSender", "somebody-else");
            session.createProducer(session.createQueue(queue)).send(message);
        }
    }
}
