package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.config.ActiveMQDefaultConfiguration;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.Agency;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Queues;
import org.referralhub.testing.StompClient;
import org.referralhub.testing.TestBroker;

/** What every agency may and may not do at the broker, over every protocol. Denied is the rule; two things are allowed. */
class BrokerSecurityMatrixIT {
    private static final Agency HELPLINE = TestBroker.agency("helpline-108", AgencyKind.HELPLINE_108, "helpline");
    private static final Agency POLICE = TestBroker.agency("police-national", AgencyKind.POLICE, "police");
    private static final Agency WORKER_A = TestBroker.agency("social-work-a", AgencyKind.SOCIAL_WORKER, "canonical");
    private static final Agency WORKER_B = TestBroker.agency("social-work-b", AgencyKind.SOCIAL_WORKER, "canonical");
    private static final List<Agency> ALL = List.of(HELPLINE, POLICE, WORKER_A, WORKER_B);
    private static final String NOT_IN_PROTOCOL = "-";
    private static final String CANARY = "only for the recipient";
    private static final Duration SOON = Duration.ofMillis(150);

    @TempDir
    static Path data;

    private static EmbeddedBroker broker;
    private static final Map<String, Map<Protocol, Set<String>>> TABLE =
            Collections.synchronizedMap(new LinkedHashMap<>());

    enum Protocol {
        AMQP,
        CORE,
        STOMP;

        Door open(Agency agency) throws Exception {
            return open(agency.id(), TestBroker.secret(agency.id()));
        }

        Door open(String user, String secret) throws Exception {
            int port = broker.ports().get(name().toLowerCase(java.util.Locale.ROOT));
            return switch (this) {
                case AMQP -> new JmsDoor(new JmsConnectionFactory("amqp://127.0.0.1:" + port), user, secret);
                case CORE -> new JmsDoor(new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port), user, secret);
                case STOMP -> new StompDoor(StompClient.connect(port, user, secret));
            };
        }
    }

    /** An agency's connection. Every refusal is an exception, whatever its type. */
    interface Door extends AutoCloseable {
        void send(String destination, String body) throws Exception;

        /** Sends with everything a client could ask for to harm itself or others. */
        void sendWithTricks(String destination, String body, String claimedUser) throws Exception;

        /** Takes one message and acknowledges it. */
        Optional<String> take(String destination) throws Exception;

        Optional<String> browse(String destination) throws Exception;

        void makeTemporaryQueue() throws Exception;
    }

    /** One thing to try; {@code allowed} only where an agency needs it. */
    record Operation(String name, BiPredicate<Agency, Agency> allowed, Attempt attempt) {
        boolean concernsOther() {
            return name.contains("other");
        }
    }

    @FunctionalInterface
    interface Attempt {
        /** What was read, if it is a reading one. */
        Optional<String> run(Door door, Agency self, Agency other) throws Exception;
    }

    private static final BiPredicate<Agency, Agency> ALWAYS = (self, other) -> true;
    private static final BiPredicate<Agency, Agency> NEVER = (self, other) -> false;
    /** Offices of one dialect share an intake; who sent what is told by their login. */
    private static final BiPredicate<Agency, Agency> SAME_INTAKE =
            (self, other) -> self.intake().equals(other.intake());

    private static final List<Operation> OPERATIONS = List.of(
            sending("send own intake", ALWAYS, (self, other) -> self.intake()),
            sending("send other's intake", SAME_INTAKE, (self, other) -> other.intake()),
            sending("send own inbox", NEVER, (self, other) -> self.inbox()),
            sending("send other inbox", NEVER, (self, other) -> other.inbox()),
            sending("send hub.ledger", NEVER, (self, other) -> Queues.LEDGER),
            sending("send hub.delivery", NEVER, (self, other) -> Queues.DELIVERY),
            sending("send hub.deadletter", NEVER, (self, other) -> Queues.DEAD_LETTER),
            sending("send management", NEVER, (self, other) -> "activemq.management"),
            sending("send notifications", NEVER, (self, other) -> "activemq.notifications"),
            sending("send wildcard intake.#", NEVER, (self, other) -> "intake.#"),
            sending("send new queue", NEVER, (self, other) -> "new." + self.id()),
            sending("send intake::other inbox", NEVER, (self, other) -> self.intake() + "::" + other.inbox()),
            sending("send anycast://other inbox", NEVER, (self, other) -> "anycast://" + other.inbox()),
            sending("send /queue/other inbox", NEVER, (self, other) -> "/queue/" + other.inbox()),
            taking("take own inbox", ALWAYS, (self, other) -> self.inbox()),
            taking("take other inbox", NEVER, (self, other) -> other.inbox()),
            taking("take own intake", NEVER, (self, other) -> self.intake()),
            taking("take other intake", NEVER, (self, other) -> other.intake()),
            taking("take hub.ledger", NEVER, (self, other) -> Queues.LEDGER),
            taking("take hub.delivery", NEVER, (self, other) -> Queues.DELIVERY),
            taking("take hub.deadletter", NEVER, (self, other) -> Queues.DEAD_LETTER),
            taking("take wildcard agency.#", NEVER, (self, other) -> "agency.#"),
            taking("take wildcard #", NEVER, (self, other) -> "#"),
            taking("take notifications", NEVER, (self, other) -> "activemq.notifications"),
            taking("take $sys", NEVER, (self, other) -> "$sys.mqtt.sessions"),
            taking("take own::other inbox", NEVER, (self, other) -> self.inbox() + "::" + other.inbox()),
            taking("take other::other inbox", NEVER, (self, other) -> other.inbox() + "::" + other.inbox()),
            taking("take new::other inbox", NEVER, (self, other) -> "new::" + other.inbox()),
            taking("take new queue", NEVER, (self, other) -> "new." + self.id()),
            browsing("browse own inbox", (self, other) -> self.inbox()),
            browsing("browse other inbox", (self, other) -> other.inbox()),
            browsing("browse hub.deadletter", (self, other) -> Queues.DEAD_LETTER),
            new Operation("make a temporary queue", NEVER, (door, self, other) -> {
                door.makeTemporaryQueue();
                return Optional.empty();
            }));

    @BeforeAll
    static void start() {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
        broker = TestBroker.start(data, TestBroker.agencies(ALL.toArray(Agency[]::new)));
    }

    @AfterAll
    static void stop() {
        Awaitility.reset();
        broker.close();
        printTable();
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void only_the_own_intake_and_the_own_inbox_are_open(Protocol protocol) throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Agency self : ALL) {
            List<Agency> others = ALL.stream().filter(one -> one != self).toList();
            for (Operation operation : OPERATIONS) {
                // What concerns nobody else is tried once.
                for (Agency other : operation.concernsOther() ? others : others.subList(0, 1)) {
                    attempt(protocol, operation, self, other).ifPresent(wrong::add);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** What went otherwise than it should. */
    private static Optional<String> attempt(Protocol protocol, Operation operation, Agency self, Agency other) {
        fillEveryQueue();
        Map<String, Long> before = settledDepths();
        boolean allowed = operation.allowed().test(self, other);
        String what = "%s %s, other is %s: %s".formatted(protocol, self.id(), other.id(), operation.name());
        String verdict = verdict(protocol, operation, self, other);
        TABLE.computeIfAbsent(operation.name(), name -> new LinkedHashMap<>())
                .computeIfAbsent(protocol, one -> new TreeSet<>())
                .add(verdict);
        if (verdict.equals(NOT_IN_PROTOCOL)) {
            return Optional.empty();
        }
        if (!verdict.equals(allowed ? "allowed" : "denied")) {
            return Optional.of(what + ": " + verdict);
        }
        // What was allowed before may arrive late; what gets through does so each time.
        if (!allowed && !settledDepths().equals(before) && changesSomething(protocol, operation, self, other)) {
            return Optional.of(what + ": denied, but the queues changed");
        }
        return Optional.empty();
    }

    private static boolean changesSomething(Protocol protocol, Operation operation, Agency self, Agency other) {
        for (int i = 0; i < 3; i++) {
            Map<String, Long> before = settledDepths();
            verdict(protocol, operation, self, other);
            if (settledDepths().equals(before)) {
                return false;
            }
        }
        return true;
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void nobody_gets_in_without_their_own_secret(Protocol protocol) {
        Map<String, String> logins = new LinkedHashMap<>();
        logins.put(HELPLINE.id(), TestBroker.secret(POLICE.id()));
        logins.put(POLICE.id(), "");
        logins.put("nobody", "nothing");
        logins.put("", "");
        logins.put(Broker.HUB_USER, "hub");
        logins.put("admin", "admin");
        logins.put(
                ActiveMQDefaultConfiguration.getDefaultClusterUser(),
                ActiveMQDefaultConfiguration.getDefaultClusterPassword());
        logins.forEach((user, secret) -> assertThatThrownBy(
                        () -> protocol.open(user, secret).close())
                .as("%s as '%s'", protocol, user)
                .isInstanceOf(Exception.class));
    }

    @Test
    void nobody_gets_in_without_a_name() {
        assertThatThrownBy(() -> StompClient.connect(broker.ports().get("stomp"), Map.of()))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> new JmsConnectionFactory(
                                "amqp://127.0.0.1:" + broker.ports().get("amqp"))
                        .createConnection()
                        .start())
                .isInstanceOf(Exception.class);
        assertThatThrownBy(() -> new ActiveMQConnectionFactory(
                                "tcp://127.0.0.1:" + broker.ports().get("core"))
                        .createConnection()
                        .start())
                .isInstanceOf(Exception.class);
    }

    @Test
    void the_hubs_own_secret_is_good_inside_the_process_only() {
        HubSecurityManager security = (HubSecurityManager) broker.server().getSecurityManager();
        for (Protocol protocol : Protocol.values()) {
            assertThatThrownBy(() ->
                            protocol.open(Broker.HUB_USER, security.hubSecret()).close())
                    .as(protocol.name())
                    .isInstanceOf(Exception.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_message_arrives_whole_and_with_its_true_sender_whatever_the_client_asked_for(Protocol protocol)
            throws Exception {
        emptyEveryQueue();
        // Both use the same duplicate id: neither may swallow the other's message.
        for (Agency sender : List.of(WORKER_A, WORKER_B, WORKER_A)) {
            try (Door door = protocol.open(sender)) {
                door.sendWithTricks(sender.intake(), "from " + sender.id(), POLICE.id());
            }
        }
        List<String> senders = new ArrayList<>();
        try (Connection connection = broker.connectionFactory().createConnection()) {
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(WORKER_A.intake()));
            for (int i = 0; i < 3; i++) {
                Message message = consumer.receive(5000);
                assertThat(message).as("message %d", i).isNotNull();
                String user = message.getStringProperty("JMSXUserID");
                assertThat(user).isEqualTo(message.getStringProperty("_AMQ_VALIDATED_USER"));
                assertThat(text(message)).isEqualTo("from " + user);
                assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
                assertThat(message.getJMSExpiration()).isZero();
                List<String> names = new ArrayList<>();
                for (var all = message.getPropertyNames(); all.hasMoreElements(); ) {
                    names.add((String) all.nextElement());
                }
                assertThat(names).doesNotContain("hubSender", "_AMQ_DUPL_ID", "childName");
                senders.add(user);
            }
        }
        assertThat(senders).containsExactlyInAnyOrder(WORKER_A.id(), WORKER_B.id(), WORKER_A.id());
    }

    @Test
    void the_core_protocol_s_own_commands_are_closed_too() throws Exception {
        try (ServerLocator locator = ActiveMQClient.createServerLocator(
                        "tcp://127.0.0.1:" + broker.ports().get("core"));
                ClientSessionFactory factory = locator.createSessionFactory();
                ClientSession session = factory.createSession(
                        POLICE.id(), TestBroker.secret(POLICE.id()), false, true, true, false, 1)) {
            session.start();
            Map<String, Long> before = settledDepths();
            List<ThrowingRun> attempts = List.of(
                    () -> session.createAddress(SimpleString.of("mine"), RoutingType.ANYCAST, false),
                    () -> session.createQueue(QueueConfiguration.of("mine")
                            .setAddress(HELPLINE.inbox())
                            .setRoutingType(RoutingType.ANYCAST)),
                    () -> session.createQueue(QueueConfiguration.of("mine")
                            .setAddress(POLICE.inbox())
                            .setRoutingType(RoutingType.MULTICAST)
                            .setDurable(false)
                            .setTemporary(true)),
                    () -> session.createSharedQueue(QueueConfiguration.of("mine")
                            .setAddress(Queues.LEDGER)
                            .setRoutingType(RoutingType.ANYCAST)),
                    () -> session.deleteQueue(HELPLINE.inbox()),
                    () -> session.deleteQueue(POLICE.inbox()),
                    () -> session.queueQuery(SimpleString.of(HELPLINE.inbox())),
                    () -> session.queueQuery(SimpleString.of(Queues.DEAD_LETTER)),
                    () -> session.queueQuery(SimpleString.of(POLICE.inbox() + "::" + HELPLINE.inbox())),
                    () -> session.createConsumer(HELPLINE.inbox(), true).close(),
                    () -> session.createConsumer(HELPLINE.inbox(), "AMQPriority > 0")
                            .close(),
                    () -> {
                        ClientMessage message = session.createMessage(true);
                        session.createProducer(POLICE.intake()).send(HELPLINE.inbox(), message);
                    });
            for (int i = 0; i < attempts.size(); i++) {
                ThrowingRun attempt = attempts.get(i);
                assertThatThrownBy(attempt::run).as("attempt %d", i).isInstanceOf(ActiveMQException.class);
            }
            assertThat(settledDepths()).isEqualTo(before);
            assertThat(session.queueQuery(SimpleString.of(POLICE.inbox())).isExists())
                    .as("its own inbox")
                    .isTrue();
        }
    }

    @FunctionalInterface
    interface ThrowingRun {
        void run() throws Exception;
    }

    private static String verdict(Protocol protocol, Operation operation, Agency self, Agency other) {
        try (Door door = protocol.open(self)) {
            Optional<String> read = operation.attempt().run(door, self, other);
            if (operation.name().startsWith("take") || operation.name().startsWith("browse")) {
                return read.isPresent() ? "allowed" : "silent";
            }
            return "allowed";
        } catch (UnsupportedOperationException e) {
            return NOT_IN_PROTOCOL;
        } catch (Exception e) {
            return operation.allowed().test(self, other) ? "denied: " + e : "denied";
        }
    }

    private static Operation sending(String name, BiPredicate<Agency, Agency> allowed, Destination destination) {
        return new Operation(name, allowed, (door, self, other) -> {
            door.send(destination.of(self, other), "from " + self.id());
            return Optional.empty();
        });
    }

    private static Operation taking(String name, BiPredicate<Agency, Agency> allowed, Destination destination) {
        return new Operation(name, allowed, (door, self, other) -> door.take(destination.of(self, other)));
    }

    private static Operation browsing(String name, Destination destination) {
        return new Operation(name, NEVER, (door, self, other) -> door.browse(destination.of(self, other)));
    }

    @FunctionalInterface
    interface Destination {
        String of(Agency self, Agency other);
    }

    private static Stream<String> queues() {
        return HubQueues.of(TestBroker.agencies(ALL.toArray(Agency[]::new)), TestBroker.DIALECTS).stream();
    }

    /** At least one message everywhere, so that whoever gets in finds something. */
    private static void fillEveryQueue() {
        // Again and again: an acknowledgement of the attempt before may still be on its way.
        await().until(() -> {
            boolean full = true;
            for (String queue : queues().toList()) {
                if (broker.depth(queue) == 0) {
                    full = false;
                    EmbeddedBrokerTest.send(broker, queue, CANARY);
                }
            }
            return full;
        });
    }

    private static void emptyEveryQueue() throws Exception {
        for (String queue : queues().toList()) {
            broker.server().locateQueue(queue).deleteAllReferences();
        }
        await().until(() -> queues().allMatch(queue -> broker.depth(queue) == 0));
    }

    /** What a client held when it was cut off comes back a moment later. */
    private static Map<String, Long> settledDepths() {
        await().until(() ->
                queues().allMatch(queue -> broker.server().locateQueue(queue).getDeliveringCount() == 0));
        return broker.depths();
    }

    private static String text(Message message) throws Exception {
        if (message instanceof BytesMessage bytes) {
            byte[] body = new byte[(int) bytes.getBodyLength()];
            bytes.readBytes(body);
            return new String(body, StandardCharsets.UTF_8);
        }
        return message.getBody(String.class);
    }

    private static void printTable() {
        StringBuilder table = new StringBuilder("\n%-32s".formatted("operation"));
        for (Protocol protocol : Protocol.values()) {
            table.append("%-16s".formatted(protocol));
        }
        TABLE.forEach((operation, verdicts) -> {
            table.append("\n%-32s".formatted(operation));
            for (Protocol protocol : Protocol.values()) {
                table.append("%-16s".formatted(String.join("/", verdicts.getOrDefault(protocol, Set.of("-")))));
            }
        });
        System.out.println(table);
    }

    /** AMQP 1.0 or Core, depending on the factory. */
    private static final class JmsDoor implements Door {
        private final Connection connection;

        JmsDoor(ConnectionFactory factory, String user, String secret) throws Exception {
            connection = factory.createConnection(user, secret);
            try {
                connection.start();
                connection.createSession().close();
            } catch (Exception e) {
                connection.close();
                throw e;
            }
        }

        @Override
        public void send(String destination, String body) throws Exception {
            try (Session session = connection.createSession()) {
                // A producer without destination, so that AMQP uses the anonymous relay: the way around a link's check.
                MessageProducer producer = session.createProducer(null);
                Exception anonymous = null;
                try {
                    producer.send(session.createQueue(destination), session.createTextMessage(body));
                } catch (Exception e) {
                    anonymous = e;
                }
                Exception named = null;
                try {
                    Queue queue = session.createQueue(destination);
                    session.createProducer(queue).send(session.createTextMessage(body));
                } catch (Exception e) {
                    named = e;
                }
                if ((anonymous == null) != (named == null)) {
                    fail("the two ways to send to %s differ: %s, %s", destination, anonymous, named);
                }
                if (named != null) {
                    throw named;
                }
            }
        }

        @Override
        public void sendWithTricks(String destination, String body, String claimedUser) throws Exception {
            try (Session session = connection.createSession()) {
                MessageProducer producer = session.createProducer(session.createQueue(destination));
                producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
                producer.setTimeToLive(1);
                producer.setDeliveryDelay(0);
                Message message = session.createTextMessage(body);
                for (String name : List.of("_AMQ_VALIDATED_USER", "JMSXUserID", "hubSender", "childName")) {
                    try {
                        message.setStringProperty(name, claimedUser);
                    } catch (jakarta.jms.JMSException e) {
                        // The client itself refuses some of them.
                        continue;
                    }
                }
                message.setStringProperty("_AMQ_DUPL_ID", "same for all");
                message.setStringProperty("JMSXGroupID", "one");
                message.setLongProperty("_AMQ_SCHED_DELIVERY", System.currentTimeMillis() + 3_600_000);
                producer.send(message);
            }
        }

        @Override
        public Optional<String> take(String destination) throws Exception {
            try (Session session = connection.createSession();
                    MessageConsumer consumer = session.createConsumer(session.createQueue(destination))) {
                Message message = consumer.receive(SOON.toMillis());
                return message == null ? Optional.empty() : Optional.of(text(message));
            }
        }

        @Override
        public Optional<String> browse(String destination) throws Exception {
            try (Session session = connection.createSession()) {
                var messages =
                        session.createBrowser(session.createQueue(destination)).getEnumeration();
                return messages.hasMoreElements()
                        ? Optional.of(text((Message) messages.nextElement()))
                        : Optional.empty();
            }
        }

        @Override
        public void makeTemporaryQueue() throws Exception {
            try (Session session = connection.createSession()) {
                session.createTemporaryQueue();
            }
        }

        @Override
        public void close() throws Exception {
            connection.close();
        }
    }

    private record StompDoor(StompClient client) implements Door {
        @Override
        public void send(String destination, String body) throws Exception {
            client.send(destination, body.getBytes(StandardCharsets.UTF_8), Map.of());
        }

        @Override
        public void sendWithTricks(String destination, String body, String claimedUser) throws Exception {
            client.send(
                    destination,
                    body.getBytes(StandardCharsets.UTF_8),
                    Map.of(
                            "persistent",
                            "false",
                            "expires",
                            Long.toString(System.currentTimeMillis() + 1),
                            "_AMQ_VALIDATED_USER",
                            claimedUser,
                            "JMSXUserID",
                            claimedUser,
                            "hubSender",
                            claimedUser,
                            "childName",
                            claimedUser,
                            "_AMQ_DUPL_ID",
                            "same for all",
                            "JMSXGroupID",
                            "one",
                            "AMQ_SCHEDULED_DELAY",
                            "3600000"));
        }

        @Override
        public Optional<String> take(String destination) throws Exception {
            client.subscribe("s", destination, Map.of());
            Optional<StompClient.Frame> message = client.receive(SOON.multipliedBy(4));
            if (message.isPresent()) {
                client.acknowledge(message.get());
            }
            return message.map(StompClient.Frame::text);
        }

        @Override
        public Optional<String> browse(String destination) throws Exception {
            throw new UnsupportedOperationException("STOMP can't browse");
        }

        @Override
        public void makeTemporaryQueue() throws Exception {
            client.send("/temp-queue/mine", new byte[0], Map.of("reply-to", "/temp-queue/mine"));
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
