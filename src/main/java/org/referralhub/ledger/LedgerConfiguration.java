package org.referralhub.ledger;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.referralhub.agency.IndexSecret;
import org.referralhub.broker.Broker;
import org.referralhub.broker.InHand;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.Queues;
import org.referralhub.trace.Stage;
import org.referralhub.trace.Traces;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/** The ledger of a running hub: {@code data/ledger.db}, or what {@code hub.database.*} says. */
@Configuration(proxyBeanMethods = false)
class LedgerConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerConfiguration.class);

    @Bean(destroyMethod = "close")
    LedgerDatabase ledgerDatabase(HubHome home, Environment environment) {
        String url = environment.getProperty("hub.database.url", "");
        return url.isEmpty()
                ? LedgerDatabase.embedded(home.data().resolve("ledger.db"))
                : LedgerDatabase.at(
                        url,
                        environment.getProperty("hub.database.user", ""),
                        environment.getProperty("hub.database.password", ""));
    }

    @Bean
    Obligations obligations() {
        return new Obligations();
    }

    // Closed by the stage, on the stage's thread.
    @Bean(destroyMethod = "")
    Ledger ledger(
            LedgerDatabase database,
            Supplier<Rulebook> rules,
            Clock clock,
            ChildKeys keys,
            MeterRegistry meters,
            Environment environment,
            List<LedgerRoom> rooms) {
        Ledger ledger = new Ledger(database, rules, clock)
                .measure(meters)
                .recognise(keys)
                .patience(environment.getProperty(
                        "hub.ledger.early-messages-wait", Duration.class, EarlyMessages.PATIENCE));
        rooms.forEach(ledger::add);
        return ledger;
    }

    @Bean
    LedgerStage ledgerStage(
            Broker broker,
            LedgerDatabase database,
            Ledger ledger,
            InHand inHand,
            ObjectProvider<Failpoint> failpoint,
            Traces traces,
            MeterRegistry meters) {
        // Two nodes, each with a file of its own, would divide the books between them, and deliver a repeat twice.
        broker.limitReaders(Queues.LEDGER, database.isEmbedded() ? 1 : -1);
        return new LedgerStage(
                broker.transactions(),
                ledger,
                inHand,
                failpoint.getIfAvailable(() -> Failpoint.NONE),
                traces,
                new Stage(meters, Stage.LEDGER));
    }

    @Bean
    LedgerRoom deadlines(Obligations obligations, MeterRegistry meters) {
        return rules -> new DueEntry(rules.agencies(), rules.responseTimes(), rules.ladder(), obligations, meters);
    }

    @Bean
    Ticker ticker(LedgerDatabase database, Broker broker, Clock clock, MeterRegistry meters, Supplier<Rulebook> rules) {
        OverdueMeters.register(
                meters, database.readers(), agency -> rules.get().agencies().isExercise(agency));
        return new Ticker(database, broker.transactions(), clock);
    }

    @Bean
    HealthIndicator clocksHealthIndicator(Ticker ticker) {
        return () -> health(ticker.health());
    }

    @Bean
    Tracking tracking(LedgerDatabase database, Supplier<Rulebook> rules) {
        return new Tracking(database.readers(), () -> rules.get().agencies(), () -> rules.get()
                .views());
    }

    @Bean
    ChildKeys childKeys(HubHome home, Environment environment) {
        Faults faults = new Faults();
        Optional<char[]> secret = IndexSecret.load(
                home,
                environment.acceptsProfiles(Profiles.of("demo")),
                environment.getProperty("hub.search.key.file", ""),
                environment.getProperty("hub.search.key.env", ""),
                faults);
        faults.throwIfAny();
        if (secret.isEmpty()) {
            LOG.info(
                    "No hub.search.key: nobody can be looked for by name or register number, and reports about the same"
                            + " child are not noticed.");
        }
        return secret.map(ChildKeys::of).orElse(ChildKeys.OFF);
    }

    @Bean
    ReferralSearch referralSearch(LedgerDatabase database, ChildKeys keys, Clock clock) {
        return new ReferralSearch(database.readers(), keys, clock);
    }

    @Bean
    FieldSets fieldSets(LedgerDatabase database) {
        return new FieldSets(database.readers());
    }

    @Bean
    ReferralTimeline referralTimeline(LedgerDatabase database, Clock clock, Supplier<Rulebook> rules) {
        return new ReferralTimeline(
                database.readers(), clock, agency -> rules.get().agencies().isExercise(agency));
    }

    @Bean
    Notes notes(Broker broker, HubHome home) {
        return new Notes(broker.connectionFactory(), home.data().resolve("late-notes"), Duration.ofSeconds(5));
    }

    @Bean
    AccessLog accessLog(Notes notes) {
        return new AccessLog(notes);
    }

    @Bean
    AuditTrail auditTrail(LedgerDatabase database) {
        return new AuditTrail(database.readers());
    }

    @Bean
    LastSent lastSent(LedgerDatabase database, Clock clock) {
        return new LastSent(database.readers(), clock);
    }

    @Bean
    ConfigurationLog configurationLog(Notes notes, LedgerDatabase database) {
        return new ConfigurationLog(notes, database.readers());
    }

    @Bean
    Books books(LedgerDatabase database, Broker broker, MeterRegistry meters) {
        Books books = new Books(database.readers(), database.longReaders(), broker::depth);
        LedgerMeters.books(meters, books);
        return books;
    }

    @Bean
    Manifests manifests(LedgerDatabase database) {
        return new Manifests(database.longReaders());
    }

    @Bean
    HealthIndicator ledgerHealthIndicator(LedgerStage stage) {
        return () -> health(stage.health());
    }

    private static Health health(LedgerStage.Health health) {
        return (health.up() ? Health.up() : Health.down())
                .withDetail("reason", health.reason())
                .build();
    }
}
