package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQIllegalStateException;
import org.apache.activemq.artemis.core.server.RoutingContext;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerMessagePlugin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Queues;
import org.referralhub.testing.StompClient;
import org.referralhub.testing.TestBroker;
import org.springframework.util.FileSystemUtils;

class EmbeddedBrokerTest {
    @TempDir
    Path data;

    private final AgencyRegistry agencies = TestBroker.agencies(
            TestBroker.agency("helpline-108", AgencyKind.HELPLINE_108, "helpline"),
            TestBroker.agency("police-national", AgencyKind.POLICE, "police"));

    @Test
    void what_was_sent_is_still_there_after_a_restart() throws Exception {
        try (EmbeddedBroker broker = TestBroker.start(data, agencies)) {
            send(broker, Queues.LEDGER, "one");
            await().until(() -> broker.depth(Queues.LEDGER) == 1);
            assertThat(broker.isRunning()).isTrue();
        }
        try (EmbeddedBroker broker = TestBroker.start(data, agencies)) {
            assertThat(broker.depths())
                    .containsOnlyKeys(
                            "hub.ledger",
                            "hub.delivery",
                            "hub.deadletter",
                            "intake.canonical",
                            "intake.helpline",
                            "intake.police",
                            "agency.helpline-108.inbox",
                            "agency.police-national.inbox")
                    .containsEntry("hub.ledger", 1L);
            try (JMSContext context = broker.connectionFactory().createContext()) {
                Message message = context.createConsumer(context.createQueue(Queues.LEDGER))
                        .receive(5000);
                assertThat(message.getBody(byte[].class)).isEqualTo("one".getBytes());
            }
        }
    }

    /** As {@code docs/adr/0012} has it. */
    @Test
    void a_kill_is_no_attempt_of_what_was_in_hand(@TempDir Path after) throws Exception {
        assertThat(attemptsAfterAKill(Files.readString(Path.of("config/broker.xml")), after))
                .containsExactly(1, 1, 1);
    }

    /** What the other way of Artemis would do, by which six kills give up what nobody has looked at. */
    @Test
    void counting_before_delivery_would_count_kills_for_all_that_a_client_has_fetched_ahead(@TempDir Path after)
            throws Exception {
        String counting = Files.readString(Path.of("config/broker.xml"))
                .replace(
                        "<id-cache-size>",
                        "<persist-delivery-count-before-delivery>true</persist-delivery-count-before-delivery>"
                                + "<id-cache-size>");
        assertThat(attemptsAfterAKill(counting, after)).containsExactly(2, 2, 2);
    }

    /** Of three messages one is in hand when the process ends; its disk as it is then is another broker's. */
    private List<Integer> attemptsAfterAKill(String configuration, Path after) throws Exception {
        Path file = Files.writeString(data.resolve("broker.xml"), configuration);
        Path killed = data.resolve("killed");
        try (EmbeddedBroker broker = start(file, killed)) {
            for (String text : List.of("one", "two", "three")) {
                send(broker, Queues.DELIVERY, text);
            }
            try (Connection connection = broker.connectionFactory().createConnection();
                    Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                    MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.DELIVERY))) {
                connection.start();
                assertThat(consumer.receive(5000)).isNotNull();
                await().until(() -> broker.server().locateQueue(Queues.DELIVERY).getDeliveringCount() == 3);
                FileSystemUtils.copyRecursively(killed, after);
            }
        }
        List<Integer> attempts = new ArrayList<>();
        try (EmbeddedBroker broker = start(file, after);
                JMSContext context = broker.connectionFactory().createContext()) {
            JMSConsumer consumer = context.createConsumer(context.createQueue(Queues.DELIVERY));
            for (int i = 0; i < 3; i++) {
                Message message = consumer.receive(5000);
                assertThat(message).isNotNull();
                attempts.add(message.getIntProperty("JMSXDeliveryCount"));
            }
        }
        return attempts;
    }

    private EmbeddedBroker start(Path file, Path folder) {
        return EmbeddedBroker.start(
                file, folder, TestBroker.SETTINGS, () -> agencies, TestBroker.DIALECTS, reason -> {});
    }

    @Test
    void several_live_in_one_process_without_knowing_each_other(@TempDir Path other) throws Exception {
        try (EmbeddedBroker one = TestBroker.start(data, agencies);
                EmbeddedBroker two = TestBroker.start(other, agencies)) {
            send(one, Queues.DELIVERY, "for one");
            await().until(() -> one.depth(Queues.DELIVERY) == 1);
            assertThat(two.depth(Queues.DELIVERY)).isZero();
            assertThat(one.ports().get("amqp"))
                    .isPositive()
                    .isNotEqualTo(two.ports().get("amqp"));
        }
    }

    @Test
    void says_which_journal_is_really_in_use_and_keeps_what_it_measured() throws Exception {
        try (EmbeddedBroker broker = TestBroker.start(data, agencies)) {
            assertThat(broker.journal()).matches("NIO journal, every write synced, buffer timeout \\d+ µs");
            Storage storage = broker.storage();
            assertThat(storage.journalType()).isEqualTo("NIO");
            assertThat(storage.synced()).isTrue();
            assertThat(storage.journalBytes()).isPositive();
            assertThat(storage.pagingAddresses()).isZero();
            assertThat(storage.diskUsed()).isBetween(0.0, 1.0);
            assertThat(Files.readString(data.resolve("journal.properties"))).contains("journal.sync.nanos=");
        }
    }

    @Test
    void what_comes_over_stomp_without_its_length_stays_as_it_was_sent() throws Exception {
        byte[] notUtf8 = {'{', '"', (byte) 0xD0, '"', '}'};
        try (EmbeddedBroker broker = TestBroker.start(data, agencies);
                StompClient client = StompClient.connect(
                        broker.ports().get("stomp"), "helpline-108", TestBroker.secret("helpline-108"));
                JMSContext context = broker.connectionFactory().createContext()) {
            client.confirmed("SEND", Map.of("destination", Queues.intake("helpline")), notUtf8);
            Message message = context.createConsumer(context.createQueue(Queues.intake("helpline")))
                    .receive(5000);
            assertThat(message.getBody(byte[].class)).isEqualTo(notUtf8);
        }
    }

    @Test
    void tells_when_it_stops_without_having_been_asked() {
        LinkedBlockingQueue<String> reasons = new LinkedBlockingQueue<>();
        EmbeddedBroker broker = EmbeddedBroker.start(
                Path.of("config/broker.xml"),
                data,
                TestBroker.SETTINGS,
                () -> agencies,
                TestBroker.DIALECTS,
                reasons::add);
        try (broker) {
            broker.server()
                    .getIoCriticalErrorListener()
                    .onIOException(new java.io.IOException("disk gone"), "x", "file");
            await().untilAsserted(() -> assertThat(reasons).containsExactly("disk error, IOException at file"));
            await().untilAsserted(() -> assertThat(broker.isRunning()).isFalse());
        }
    }

    @Test
    void tells_when_somebody_else_stops_it() throws Exception {
        LinkedBlockingQueue<String> reasons = new LinkedBlockingQueue<>();
        EmbeddedBroker broker = EmbeddedBroker.start(
                Path.of("config/broker.xml"),
                data,
                TestBroker.SETTINGS,
                () -> agencies,
                TestBroker.DIALECTS,
                reasons::add);
        try (broker) {
            broker.server().stop();
            await().untilAsserted(() -> assertThat(reasons).hasSize(1));
        }
    }

    @Test
    void says_nothing_when_it_is_closed_as_asked() {
        LinkedBlockingQueue<String> reasons = new LinkedBlockingQueue<>();
        EmbeddedBroker.start(
                        Path.of("config/broker.xml"),
                        data,
                        TestBroker.SETTINGS,
                        () -> agencies,
                        TestBroker.DIALECTS,
                        reasons::add)
                .close();
        assertThat(reasons).isEmpty();
    }

    @Test
    void a_port_that_is_taken_stops_the_start() {
        try (EmbeddedBroker broker = TestBroker.start(data, agencies)) {
            Map<String, String> same = new java.util.HashMap<>(TestBroker.SETTINGS);
            same.put("hub.broker.amqp.port", broker.ports().get("amqp").toString());
            assertThatThrownBy(() -> EmbeddedBroker.start(
                            Path.of("config/broker.xml"),
                            data.resolve("second"),
                            same,
                            () -> agencies,
                            TestBroker.DIALECTS,
                            reason -> {}))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("port");
        }
    }

    @Test
    void a_queue_that_does_not_exist_has_no_depth() {
        try (EmbeddedBroker broker = TestBroker.start(data, agencies)) {
            assertThatThrownBy(() -> broker.depth("agency.nobody.inbox")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_message_that_always_fails_ends_at_the_dead_letters_and_not_in_nothing() throws Exception {
        try (EmbeddedBroker broker = TestBroker.start(data, agencies)) {
            // The delay is for real use; here only the count matters.
            broker.server()
                    .getAddressSettingsRepository()
                    .getMatch("hub.delivery")
                    .setRedeliveryDelay(0);
            send(broker, Queues.DELIVERY, "poison");
            await().until(() -> {
                try (Connection connection = broker.connectionFactory().createConnection()) {
                    connection.start();
                    Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                    Message message = session.createConsumer(session.createQueue(Queues.DELIVERY))
                            .receive(500);
                    session.rollback();
                    return message == null;
                }
            });
            await().untilAsserted(() -> assertThat(broker.depths())
                    .containsEntry(Queues.DELIVERY, 0L)
                    .containsEntry(Queues.DEAD_LETTER, 1L));
        }
    }

    @Test
    void connections_for_transactions_let_nothing_else_through() throws Exception {
        try (EmbeddedBroker broker = TestBroker.start(data, agencies);
                Connection connection = broker.transactions().createConnection()) {
            assertThatThrownBy(() -> connection.createSession(false, Session.AUTO_ACKNOWLEDGE))
                    .hasMessageContaining("transactions only");
            assertThatThrownBy(() -> connection.createSession(Session.CLIENT_ACKNOWLEDGE))
                    .hasMessageContaining("transactions only");
            assertThatThrownBy(connection::createSession).hasMessageContaining("transactions only");
        }
    }

    @Test
    void a_send_that_nobody_waited_for_fails_its_commit() throws Exception {
        try (EmbeddedBroker broker = TestBroker.start(data, agencies);
                Connection connection = broker.transactions().createConnection();
                Session session = connection.createSession(Session.SESSION_TRANSACTED)) {
            BytesMessage good = session.createBytesMessage();
            session.createProducer(session.createQueue(Queues.LEDGER)).send(good);
            BytesMessage refused = session.createBytesMessage();
            // Refused inside the broker, after the client has gone on.
            broker.server().registerBrokerPlugin(new ActiveMQServerMessagePlugin() {
                @Override
                public void beforeMessageRoute(
                        org.apache.activemq.artemis.api.core.Message message,
                        RoutingContext context,
                        boolean direct,
                        boolean rejectDuplicates)
                        throws ActiveMQException {
                    if (Queues.intake("helpline").equals(message.getAddress())) {
                        throw new ActiveMQIllegalStateException("not this one");
                    }
                }
            });
            session.createProducer(session.createQueue(Queues.intake("helpline")))
                    .send(refused);
            assertThatThrownBy(session::commit).isInstanceOf(jakarta.jms.JMSException.class);
            assertThat(broker.depths()).containsEntry(Queues.LEDGER, 0L).containsEntry(Queues.intake("helpline"), 0L);
        }
    }

    static void send(EmbeddedBroker broker, String queue, String body) throws Exception {
        try (Connection connection = broker.connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(body.getBytes());
            session.createProducer(session.createQueue(queue)).send(message);
        }
    }
}
