package org.referralhub.testing;

import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.MessageConsumer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.referralhub.HubApplication;
import org.referralhub.broker.Broker;
import org.referralhub.ledger.Books;
import org.referralhub.ledger.Tracking;
import org.referralhub.message.Headers;
import org.referralhub.message.Queues;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The whole hub in the test's own process: real routes, real journal, real ledger, the demo's agencies, free ports and a data
 * folder of its own.
 */
public final class RunningHub implements AutoCloseable {
    /** The pauses of the broker between attempts are part of this. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("server.port", "0"),
            Map.entry("hub.broker.amqp.port", "0"),
            Map.entry("hub.broker.stomp.port", "0"),
            Map.entry("hub.broker.core.port", "0"),
            Map.entry("hub.broker.max-disk-usage", "99"),
            // A critical error must not halt the process of the tests.
            Map.entry("hub.broker.critical-analyzer-policy", "LOG"),
            Map.entry("hub.demo.traffic", "false"),
            // What no predecessor comes for is refused soon.
            Map.entry("hub.ledger.early-messages-wait", "PT2S"),
            // A test is one agency with the traffic of many.
            Map.entry("hub.api.requests-per-second", "100000"),
            Map.entry("hub.api.burst", "100000"));

    private final ConfigurableApplicationContext context;

    private RunningHub(ConfigurableApplicationContext context) {
        this.context = context;
    }

    private static final class Shared {
        static final RunningHub HUB = start(temporaryFolder(), Map.of());

        private static Path temporaryFolder() {
            try {
                return Files.createTempDirectory(Files.createDirectories(Path.of("target", "hubs")), "hub");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** One hub for every test that does no more than send and read; it ends with the process. */
    public static RunningHub shared() {
        return Shared.HUB;
    }

    /** Starts a hub with the project's configuration on this data folder. */
    public static RunningHub start(Path data, Map<String, String> more) {
        return start(Path.of(""), data, more, "demo");
    }

    /**
     * Starts a hub.
     *
     * @param home the folder with routes, schemas and config
     * @param more settings over the tests' own
     */
    public static RunningHub start(Path home, Path data, Map<String, String> more, String... profiles) {
        Map<String, String> settings = new LinkedHashMap<>(SETTINGS);
        settings.put("hub.home", home.toAbsolutePath().normalize().toString());
        settings.put("hub.data", data.toAbsolutePath().toString());
        settings.put(
                "spring.config.additional-location",
                "optional:" + home.toAbsolutePath().normalize().resolve("config") + "/");
        settings.putAll(more);
        String[] arguments = settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
        return new RunningHub(new SpringApplicationBuilder(HubApplication.class)
                .profiles(profiles)
                .run(arguments));
    }

    /** A copy of the project's routes, schemas and configuration that a test may change. */
    public static Path copyHome(Path folder) throws IOException {
        for (String part : List.of("routes", "schemas", "config")) {
            try (Stream<Path> files = Files.walk(Path.of(part))) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Path target = folder.resolve(file.toString());
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(target);
                    } else {
                        Files.copy(file, target);
                    }
                }
            }
        }
        return folder;
    }

    /** Something of the hub's own. */
    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Where HTTP listens. */
    public int httpPort() {
        return Integer.parseInt(String.valueOf(context.getEnvironment().getProperty("local.server.port")));
    }

    /** Address of the HTTP face. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + httpPort());
    }

    /** Where the broker listens: {@code amqp}, {@code stomp} or {@code core}. */
    public int port(String protocol) {
        return bean(Broker.class).ports().get(protocol);
    }

    /** An agency or operator of the demo, with its secret. */
    public Participant as(String id) {
        return new Participant(this, id, "demo-" + id);
    }

    /** Where a referral stands. */
    public Tracking.ReferralView referral(String id) {
        return bean(Tracking.class).referral(id).orElseThrow();
    }

    /** Waits until everything that was sent has been carried as far as it goes, and the books balance. */
    public void settle() {
        await("the hub is done and its books balance").atMost(PATIENCE).untilAsserted(() -> {
            Map<String, Long> busy = new LinkedHashMap<>(bean(Broker.class).depths());
            busy.keySet().removeIf(queue -> queue.startsWith("agency."));
            busy.values().removeIf(depth -> depth == 0);
            if (!busy.isEmpty()) {
                throw new AssertionError("still on their way: " + busy);
            }
            List<String> faults = bean(Books.class).books().faults();
            if (!faults.isEmpty()) {
                throw new AssertionError(faults.toString());
            }
        });
    }

    /** What lies in an agency's inbox about a referral, without taking it; call {@link #settle} before counting. */
    public List<Letter> waiting(String agency, String referralId) {
        try (Connection connection = bean(Broker.class).connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                QueueBrowser browser = session.createBrowser(
                        session.createQueue(Queues.inbox(agency)),
                        "%s = '%s'".formatted(Headers.REFERRAL_ID, referralId))) {
            connection.start();
            List<Letter> letters = new ArrayList<>();
            for (Object message : Collections.list(browser.getEnumeration())) {
                letters.add(Letter.of((jakarta.jms.Message) message));
            }
            return letters;
        } catch (jakarta.jms.JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Empties every inbox, so that a test sees only what it has caused. */
    public void emptyInboxes() {
        settle();
        ConnectionFactory connections = bean(Broker.class).connectionFactory();
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            connection.start();
            for (Map.Entry<String, Long> queue : bean(Broker.class).depths().entrySet()) {
                if (queue.getKey().startsWith("agency.") && queue.getValue() > 0) {
                    try (MessageConsumer consumer = session.createConsumer(session.createQueue(queue.getKey()))) {
                        while (consumer.receiveNoWait() != null) {
                            // Nobody will miss it.
                        }
                    }
                }
            }
        } catch (jakarta.jms.JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An orderly stop; what it holds stays in its data folder. */
    @Override
    public void close() {
        context.close();
    }
}
