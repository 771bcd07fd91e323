package org.referralhub.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.referralhub.Setup;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.dialect.Dialect;
import org.referralhub.flow.Handbook;
import org.referralhub.flow.Trial;
import org.referralhub.ledger.LedgerStage;
import org.referralhub.ledger.Tracking;
import org.referralhub.trace.Traces;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.DeserializationFeature;

/** Puts the HTTP face together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ApiSettings.class)
class ApiConfiguration {
    /** A name that nobody knows is refused: {@code "Send": false} must not be taken for an order to send. */
    @Bean
    JsonMapperBuilderCustomizer onlyKnownNames() {
        return json -> json.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }

    @Bean
    OneFormat oneFormat() {
        return new OneFormat();
    }

    @Bean
    Callers callers(Supplier<AgencyRegistry> agencies) {
        return new Callers(agencies);
    }

    @Bean
    MessageDoor messageDoor(
            Supplier<Setup> setup,
            Supplier<Handbook> handbook,
            Tracking tracking,
            Broker broker,
            Traces traces,
            Clock clock) {
        return new MessageDoor(
                (dialect, sender, original, now) ->
                        handbook.get().translator().inboundEach(dialect, sender, original, now),
                (agency, original, now) -> trial(setup.get()).run(agency, original, now),
                tracking::prior,
                new IntakeSender(broker.connectionFactory(), broker::isFull, traces),
                name -> setup.get()
                        .dialects()
                        .find(name)
                        .map(Dialect::mediaTypes)
                        .orElse(List.of()),
                clock);
    }

    private static Trial trial(Setup setup) {
        return new Trial(setup.translator(), setup.recipients(), setup.disclosure());
    }

    @Bean
    Inboxes inboxes(Broker broker) {
        return new Inboxes(broker.connectionFactory());
    }

    @Bean
    WaitingReaders waitingReaders(Inboxes inboxes, Broker broker, ApiSettings settings) {
        return new WaitingReaders(inboxes, broker::depths, settings.lookEvery());
    }

    @Bean
    OpenApiConfiguration.Samples samples(Supplier<Setup> setup) {
        List<OpenApiConfiguration.SampleDocument> documents = new ArrayList<>();
        for (Dialect dialect : setup.get().dialects().all()) {
            firstAccepted(dialect.folder().resolve("samples").resolve("accepted"))
                    .ifPresent(text -> documents.add(new OpenApiConfiguration.SampleDocument(
                            dialect.name(), dialect.mediaTypes().get(0), text)));
        }
        return () -> documents;
    }

    private static Optional<String> firstAccepted(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            Optional<Path> first = files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().matches(".*\\.(canonical|findings)\\..*"))
                    .sorted()
                    .findFirst();
            return first.isPresent()
                    ? Optional.of(Files.readString(first.get(), StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Named {@code hub} in the group {@code readiness}. */
    @Bean
    HealthIndicator hubHealthIndicator(CamelContext camel, Broker broker, LedgerStage ledger) {
        Map<String, Supplier<Optional<String>>> parts = new LinkedHashMap<>();
        parts.put("broker", () -> broker.isRunning() ? Optional.empty() : Optional.of("does not answer"));
        parts.put("ledger", () -> {
            LedgerStage.Health health = ledger.health();
            return health.up() ? Optional.empty() : Optional.of(health.reason());
        });
        return new HubHealth(camel, parts);
    }

    @Bean
    StartNotice startNotice(Supplier<AgencyRegistry> agencies, Broker broker) {
        return new StartNotice(agencies, broker);
    }
}
