package org.referralhub.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.core.env.Environment;

/**
 * The broker as a bean. It is up before anything that needs it is made, so before the routes start, and it is closed after
 * they have stopped.
 */
@Configuration(proxyBeanMethods = false)
class BrokerConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerConfiguration.class);

    private static final String OWN_REMEDY = "Write the secret of the hub's own user at that broker into a file and set"
            + " hub.broker.secret-file to its path from the hub's folder";
    private static final String TOOLS_REMEDY = "Write a long random secret for Artemis' own tools into the file that"
            + " hub.broker.tools-secret-file names, or take the setting out";

    /** {@code EX_SOFTWARE}: the service manager sees a failure and starts the hub again. */
    private static final int EXIT_STATUS = 70;

    /** What is done when the broker in this process stops by itself. */
    @FunctionalInterface
    interface BrokerLoss extends Consumer<String> {}

    @Bean
    BrokerLoss brokerLoss() {
        return halt();
    }

    /** {@code hub.broker.url} names a broker outside; without it there is one inside. */
    @Bean(destroyMethod = "close")
    Broker broker(HubHome home, Supplier<AgencyRegistry> agencies, Environment environment, BrokerLoss loss) {
        Path file = home.config().resolve("broker.xml");
        Map<String, String> settings = new HashMap<>();
        for (String name : BrokerFile.settings(file)) {
            String value = environment.getProperty(name);
            if (value != null) {
                settings.put(name, value);
            }
        }
        String url = environment.getProperty("hub.broker.url", "").strip();
        String tools = environment.getProperty("hub.broker.tools-secret-file", "");
        return url.isEmpty()
                ? EmbeddedBroker.start(
                        file,
                        home.data().resolve("broker"),
                        settings,
                        agencies,
                        dialects(home, agencies.get()),
                        tools.isBlank() ? "" : secret(home, tools, TOOLS_REMEDY),
                        loss)
                : ExternalBroker.start(
                        url,
                        environment.getProperty("hub.broker.user", Broker.HUB_USER),
                        ownSecret(home, environment.getProperty("hub.broker.secret-file", "")),
                        file,
                        settings,
                        agencies.get(),
                        dialects(home, agencies.get()));
    }

    /** After the broker, whose journal belongs to one process only, and so do these notes. */
    @Bean
    @DependsOn("broker")
    InHand inHand(HubHome home) {
        return InHand.in(home.data().resolve("in-hand"));
    }

    private static String ownSecret(HubHome home, String file) {
        if (file.isBlank()) {
            Faults faults = new Faults();
            faults.add(
                    "config/application.yaml",
                    0,
                    0,
                    "hub.broker.url is set without hub.broker.secret-file",
                    OWN_REMEDY);
            throw new ConfigurationException(faults.all());
        }
        return secret(home, file, OWN_REMEDY);
    }

    private static String secret(HubHome home, String file, String remedy) {
        Faults faults = new Faults();
        try {
            String secret = Files.readString(home.root().resolve(file)).strip();
            if (!secret.isEmpty()) {
                return secret;
            }
            faults.add(file, 0, 0, "the secret's file is empty", remedy);
        } catch (IOException e) {
            faults.add(file, 0, 0, "the secret's file can't be read", remedy);
        }
        throw new ConfigurationException(faults.all());
    }

    @Bean
    HealthIndicator brokerHealthIndicator(Broker broker) {
        return () -> (broker.isRunning() ? Health.up() : Health.down())
                .withDetail("where", broker.isEmbedded() ? "in this process" : "outside")
                .withDetail("journal", broker.journal())
                .build();
    }

    @Bean(destroyMethod = "close")
    InboxWatch inboxWatch(Broker broker, Clock clock) {
        return new InboxWatch(broker, clock).start();
    }

    /** A process whose broker is gone takes nothing in and delivers nothing, but looks alive: end it. */
    private static BrokerLoss halt() {
        return reason -> {
            LOG.error("ending the process, because its broker stopped: {}", reason);
            // Not exit(): shutdown hooks would wait for the broker. What was accepted is on the disk.
            Runtime.getRuntime().halt(EXIT_STATUS);
        };
    }

    /** Every folder of {@code schemas/} that holds a dialect, and what the agencies speak. */
    private static Collection<String> dialects(HubHome home, AgencyRegistry agencies) {
        Collection<String> dialects = new TreeSet<>();
        agencies.all().stream().map(Agency::dialect).forEach(dialects::add);
        try (Stream<Path> folders = Files.list(home.schemas())) {
            folders.filter(folder -> Files.exists(folder.resolve("dialect.yaml")))
                    .map(folder -> folder.getFileName().toString())
                    .forEach(dialects::add);
        } catch (IOException e) {
            throw new BrokerException(home.schemas() + ": can't be read", e);
        }
        return dialects;
    }
}
