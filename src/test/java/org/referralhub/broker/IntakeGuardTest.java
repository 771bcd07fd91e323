package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.Agency;
import org.referralhub.message.AgencyKind;
import org.referralhub.testing.StompClient;
import org.referralhub.testing.TestBroker;

class IntakeGuardTest {
    private static final Agency HELPLINE = TestBroker.agency("helpline-108", AgencyKind.HELPLINE_108, "helpline");
    private static final int TWENTY_MEGABYTES = 20 * 1024 * 1024;

    @TempDir
    Path data;

    @Test
    void twenty_megabytes_are_refused_over_every_protocol_and_leave_nothing_behind() throws Exception {
        try (EmbeddedBroker broker = TestBroker.start(data, TestBroker.agencies(HELPLINE))) {
            for (ConnectionFactory door : doors(broker)) {
                assertThatThrownBy(() -> send(door, new byte[TWENTY_MEGABYTES]))
                        .as(door.getClass().getName())
                        .isInstanceOf(Exception.class);
                send(door, new byte[1024 * 1024]);
            }
            assertThatThrownBy(() -> {
                        try (StompClient stomp = stomp(broker)) {
                            stomp.send(HELPLINE.intake(), new byte[TWENTY_MEGABYTES], Map.of());
                        }
                    })
                    .isInstanceOf(Exception.class);
            await().untilAsserted(
                            () -> assertThat(broker.depth(HELPLINE.intake())).isEqualTo(2));
            assertThat(broker.isRunning()).isTrue();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(bytesIn(data.resolve("large-messages")))
                            .as("what waits, but nothing of what was refused")
                            .isLessThan(3 * 1024 * 1024));
        }
    }

    @Test
    void what_should_have_come_later_or_not_have_lasted_comes_now_and_lasts() throws Exception {
        try (EmbeddedBroker broker = TestBroker.start(data, TestBroker.agencies(HELPLINE));
                Connection hub = broker.connectionFactory().createConnection();
                Session session = hub.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            hub.start();
            var consumer = session.createConsumer(session.createQueue(HELPLINE.intake()));
            for (ConnectionFactory door : doors(broker)) {
                try (Connection connection = door.createConnection(HELPLINE.id(), TestBroker.secret(HELPLINE.id()));
                        Session sending = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
                    MessageProducer producer = sending.createProducer(sending.createQueue(HELPLINE.intake()));
                    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
                    producer.setDeliveryDelay(Duration.ofHours(1).toMillis());
                    producer.setTimeToLive(Duration.ofHours(2).toMillis());
                    producer.send(sending.createTextMessage("now"));
                }
                Message message = consumer.receive(10_000);
                assertThat(message).as(door.getClass().getName()).isNotNull();
                assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
                assertThat(message.getJMSExpiration()).isZero();
                assertThat(message.getJMSDeliveryTime()).isZero();
            }
        }
    }

    @Test
    void a_refusal_that_nobody_waited_for_fails_the_agencys_commit() throws Exception {
        try (EmbeddedBroker broker = TestBroker.start(data, TestBroker.agencies(HELPLINE));
                ActiveMQConnectionFactory door = new ActiveMQConnectionFactory(
                        "tcp://127.0.0.1:" + broker.ports().get("core") + "?blockOnDurableSend=false");
                Connection connection = door.createConnection(HELPLINE.id(), TestBroker.secret(HELPLINE.id()));
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageProducer producer = session.createProducer(session.createQueue(HELPLINE.intake()));
            producer.send(session.createTextMessage("small"));
            var large = session.createBytesMessage();
            large.writeBytes(new byte[(int) IntakeGuard.MAX_BYTES + 1]);
            producer.send(large);
            assertThatThrownBy(session::commit).isInstanceOf(JMSException.class);
            assertThat(broker.depth(HELPLINE.intake())).isZero();
        }
    }

    private static List<ConnectionFactory> doors(EmbeddedBroker broker) {
        return List.of(
                new JmsConnectionFactory("amqp://127.0.0.1:" + broker.ports().get("amqp")),
                new ActiveMQConnectionFactory(
                        "tcp://127.0.0.1:" + broker.ports().get("core")));
    }

    private static StompClient stomp(EmbeddedBroker broker) throws Exception {
        return StompClient.connect(broker.ports().get("stomp"), HELPLINE.id(), TestBroker.secret(HELPLINE.id()));
    }

    private static void send(ConnectionFactory door, byte[] body) throws Exception {
        try (Connection connection = door.createConnection(HELPLINE.id(), TestBroker.secret(HELPLINE.id()));
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            var message = session.createBytesMessage();
            message.writeBytes(body);
            session.createProducer(session.createQueue(HELPLINE.intake())).send(message);
        }
    }

    private static long bytesIn(Path folder) throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
