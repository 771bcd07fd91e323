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
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.dialect.Dialect;
import org.referralhub.dialect.Dialects;
import org.referralhub.dialect.Translator;
import org.referralhub.disclosure.Disclosure;
import org.referralhub.flow.Trial;
import org.referralhub.ledger.LedgerStage;
import org.referralhub.ledger.Tracking;
import org.referralhub.recipient.RecipientRules;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the HTTP face together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ApiSettings.class)
class ApiConfiguration {

    @Bean
    Callers callers(AgencyRegistry agencies) {
        return new Callers(agencies);
    }

    @Bean
    MessageDoor messageDoor(
            Translator translator,
            RecipientRules recipients,
            Disclosure disclosure,
            Tracking tracking,
            Broker broker,
            Dialects dialects,
            Clock clock) {
        return new MessageDoor(
                translator::inbound,
                new Trial(translator, recipients, disclosure)::run,
                tracking::prior,
                new IntakeSender(broker.connectionFactory()),
                name -> dialects.find(name).map(Dialect::mediaTypes).orElse(List.of()),
                clock);
    }

    @Bean
    Inboxes inboxes(Broker broker) {
        return new Inboxes(broker.connectionFactory());
    }

    @Bean
    WaitingReaders waitingReaders(Inboxes inboxes, Broker broker, ApiSettings settings) {
        return new WaitingReaders(inboxes, broker::depth, settings.lookEvery());
    }

    @Bean
    OpenApiConfiguration.Samples samples(Dialects dialects) {
        List<OpenApiConfiguration.SampleDocument> documents = new ArrayList<>();
        for (Dialect dialect : dialects.all()) {
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
    StartNotice startNotice(AgencyRegistry agencies, Broker broker) {
        return new StartNotice(agencies, broker);
    }
}
