package org.referralhub.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.broker.EmbeddedBroker;
import org.referralhub.disclosure.Projection;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.FieldSet;
import org.referralhub.message.Notice;
import org.referralhub.message.Queues;
import org.referralhub.testing.TestBroker;

/** On the real broker, with its own addresses for redelivery. */
class GatheringContainerTest {
    private static final int MESSAGES = 100;
    /** The broker's pauses grow fivefold with each. */
    private static final int ATTEMPTS = 3;

    static final Delivery.View POLICE = new Delivery.View(
            TestBroker.agency("police-national", AgencyKind.POLICE, "police"),
            new Projection(JsonNodeFactory.instance.objectNode(), "need-to-know", FieldSet.NONE),
            new Handbook("0123456789ab", TestBroker.agencies(), null, null),
            null);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path data;

    private final AtomicInteger commits = new AtomicInteger();
    private final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
    private final Notices notices = new Notices(fieldSet -> true);
    private final CamelContext camel = new DefaultCamelContext();
    private EmbeddedBroker broker;

    @BeforeEach
    void start() {
        Map<String, String> settings = new HashMap<>(TestBroker.SETTINGS);
        settings.put("hub.flow.attempts", Integer.toString(ATTEMPTS));
        broker = EmbeddedBroker.start(
                Path.of("config/broker.xml"),
                data,
                settings,
                () -> TestBroker.agencies(TestBroker.agency("helpline-108", AgencyKind.HELPLINE_108, "helpline")),
                TestBroker.DIALECTS,
                reason -> {});
    }

    @AfterEach
    void stop() {
        camel.stop();
        broker.close();
    }

    /** Forwards from delivery to the ledger; bodies that {@code fails} names fail that often. */
    private void route(Map<String, Integer> fails) throws Exception {
        camel.addComponent("jms", new DoorJmsComponent(counting(broker.transactions()), Broker.HUB_USER, notices));
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("jms:queue:" + Queues.DELIVERY + "?concurrentConsumers=1")
                        .to("jms:queue:" + Queues.LEDGER)
                        .process(exchange -> fail(exchange, fails));
            }
        });
        camel.start();
    }

    private void fail(Exchange exchange, Map<String, Integer> fails) throws JMSException {
        String body = new String(exchange.getMessage().getBody(byte[].class));
        int attempt =
                attempts.computeIfAbsent(body, name -> new AtomicInteger()).incrementAndGet();
        if (attempt <= fails.getOrDefault(body, 0)) {
            throw new JMSException("not now");
        }
    }

    @Test
    void messages_that_are_there_share_commits_and_keep_their_order() throws Exception {
        List<String> sent = send(MESSAGES);
        route(Map.of());
        await().atMost(PATIENCE).until(() -> broker.depth(Queues.LEDGER) == MESSAGES);
        assertThat(received(MESSAGES)).isEqualTo(sent);
        assertThat(broker.depth(Queues.DELIVERY)).isZero();
        assertThat(commits.get()).isBetween(1, MESSAGES / 4);
    }

    @Test
    void a_message_alone_is_committed_at_once() throws Exception {
        route(Map.of());
        send(1);
        await().atMost(PATIENCE).until(() -> broker.depth(Queues.LEDGER) == 1);
        assertThat(commits.get()).isEqualTo(1);
    }

    @Test
    void what_fails_takes_its_neighbours_back_once_and_all_arrive_once() throws Exception {
        List<String> sent = send(MESSAGES);
        route(Map.of("message 10", 1, "message 11", 1, "message 70", 1));
        await().atMost(PATIENCE)
                .until(() -> broker.depth(Queues.LEDGER) == MESSAGES && broker.depth(Queues.DELIVERY) == 0);
        assertThat(received(MESSAGES)).containsExactlyInAnyOrderElementsOf(sent);
        // Its own failure, and once for a neighbour's.
        attempts.forEach((body, count) -> assertThat(count.get()).as(body).isLessThanOrEqualTo(ATTEMPTS));
        assertThat(broker.depth(Queues.DEAD_LETTER)).isZero();
    }

    @Test
    void what_always_fails_ends_alone_at_the_dead_letters() throws Exception {
        List<String> sent = send(MESSAGES);
        route(Map.of("message 10", Integer.MAX_VALUE));
        await().atMost(Duration.ofMinutes(3))
                .until(() -> broker.depth(Queues.DEAD_LETTER) == 1 && broker.depth(Queues.LEDGER) == MESSAGES - 1);
        List<String> others = new ArrayList<>(sent);
        others.remove("message 10");
        assertThat(received(MESSAGES - 1)).containsExactlyInAnyOrderElementsOf(others);
        assertThat(broker.depth(Queues.DELIVERY)).isZero();
    }

    @Test
    void the_ledger_is_told_of_each_delivery_once_whatever_was_rolled_back_and_in_few_messages() throws Exception {
        List<String> sent = send(MESSAGES);
        camel.addComponent("jms", new DoorJmsComponent(counting(broker.transactions()), Broker.HUB_USER, notices));
        Map<String, Integer> fails = Map.of("message 10", 1, "message 70", 1);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("jms:queue:" + Queues.DELIVERY + "?concurrentConsumers=1")
                        .process(exchange -> notices.add(
                                new byte[0],
                                POLICE,
                                exchange.getMessage().getBody(String.class),
                                null,
                                1,
                                Message.DEFAULT_PRIORITY))
                        .process(exchange -> fail(exchange, fails));
            }
        });
        camel.start();
        await().atMost(PATIENCE).until(() -> broker.depth(Queues.DELIVERY) == 0);
        int told = (int) broker.depth(Queues.LEDGER);
        // What was rolled back comes again one by one.
        assertThat(told).isBetween(1, MESSAGES - 1);
        List<String> deliveries = new ArrayList<>();
        for (String body : received(told)) {
            Notice.of(body.getBytes(StandardCharsets.UTF_8)).forEach(notice -> deliveries.add(notice.delivery()));
        }
        assertThat(deliveries).containsExactlyInAnyOrderElementsOf(sent);
    }

    private List<String> send(int count) throws JMSException {
        List<String> bodies = new ArrayList<>();
        try (Connection connection = broker.connectionFactory().createConnection();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
            Queue queue = session.createQueue(Queues.DELIVERY);
            for (int i = 0; i < count; i++) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(("message " + i).getBytes());
                session.createProducer(queue).send(message);
                bodies.add("message " + i);
            }
        }
        return bodies;
    }

    private List<String> received(int count) throws JMSException {
        List<String> bodies = new ArrayList<>();
        try (Connection connection = broker.connectionFactory().createConnection();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.LEDGER))) {
            connection.start();
            while (bodies.size() < count) {
                Message message = consumer.receive(5000);
                assertThat(message).as("message %d of %d", bodies.size(), count).isNotNull();
                bodies.add(new String(message.getBody(byte[].class)));
            }
            assertThat(consumer.receive(100)).isNull();
        }
        return bodies;
    }

    /** The same connections; commits are counted. */
    private ConnectionFactory counting(ConnectionFactory connections) {
        return proxy(ConnectionFactory.class, connections);
    }

    private <T> T proxy(Class<T> type, Object real) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, values) -> {
                    switch (method.getName()) {
                        // Spring finds the session of the transaction by its factory.
                        case "equals" -> {
                            return self == values[0];
                        }
                        case "hashCode" -> {
                            return System.identityHashCode(self);
                        }
                        case "commit" -> commits.incrementAndGet();
                        default -> {}
                    }
                    try {
                        Object result = method.invoke(real, values);
                        if (result instanceof Connection) {
                            return proxy(Connection.class, result);
                        }
                        return result instanceof Session ? proxy(Session.class, result) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
