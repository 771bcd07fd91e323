package org.referralhub.edition;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.HubHome;
import org.referralhub.courier.Collectors;
import org.referralhub.courier.Couriers;
import org.referralhub.flow.LiveRoutes;
import org.referralhub.ledger.ConfigurationLog;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.RecentMessages;
import org.referralhub.message.ConfigurationChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/** The edition that a hub begins with, and how another takes its place. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ConfigurationSettings.class)
class EditionConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(EditionConfiguration.class);

    @Bean
    Shelf shelf(HubHome home) {
        return new Shelf(home);
    }

    @Bean
    FirstEdition firstEdition(HubHome home, Shelf shelf, ConfigurationSettings settings, Environment environment) {
        FirstEdition first = FirstEdition.open(home, shelf, isDemo(environment), settings.startOnLastGood());
        if (first.home().equals(first.edition().version())) {
            LOG.info("Configuration {}", first.home());
        } else {
            LOG.error(
                    "THE FILES ARE NOT WHAT RUNS: configuration {} was declined; the hub begins with {}, which ran last",
                    first.home(),
                    first.edition().version());
            first.faults().stream().map(ConfigurationFault::toString).forEach(LOG::error);
        }
        return first;
    }

    @Bean
    Editions editions(FirstEdition first) {
        return new Editions(first.edition());
    }

    @Bean
    LiveChange liveChange(
            HubHome home,
            Shelf shelf,
            FirstEdition first,
            Editions editions,
            Broker broker,
            CamelContext camel,
            Couriers couriers,
            Collectors collectors,
            LedgerDatabase database,
            ConfigurationLog log,
            ConfigurationSettings settings,
            Environment environment,
            Clock clock,
            MeterRegistry meters,
            @Value("${hub.flow.intake-consumers}") int consumers) {
        RecentMessages recent = new RecentMessages(database.readers());
        LiveChange change = new LiveChange(
                home,
                isDemo(environment),
                shelf,
                editions,
                first,
                List.of(
                        new Departures(broker),
                        broker(broker),
                        couriers(couriers, collectors),
                        routes(new LiveRoutes(camel, consumers))),
                () -> new Replay(recent::of, settings.replay()),
                clock);
        ChangeMeters.register(meters, change);
        change.tell(report -> note(report, environment.getProperty("hub.node", ""), log));
        return change;
    }

    @Bean
    FileWatch fileWatch(Shelf shelf, LiveChange change, ConfigurationSettings settings) {
        return new FileWatch(shelf, change, settings.watch(), settings.quiet(), settings.lookEvery());
    }

    /** A change stands, and is recorded as soon as the broker takes the record. */
    private static void note(ChangeReport report, String node, ConfigurationLog log) {
        log.note(new ConfigurationChange(
                UUID.randomUUID().toString(),
                report.at().toEpochMilli(),
                node.isBlank() ? host() : node,
                report.cause().how().name(),
                report.cause().actor(),
                report.outcome().name(),
                report.version(),
                report.previous(),
                report.faults().size(),
                report.cause().reason()));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    private static Follower broker(Broker broker) {
        return new Follower() {
            @Override
            public void prepare(Edition now, Edition next) {
                broker.prepare(agencies(next), next.setup().dialects().names());
            }

            @Override
            public void follow(Edition before, Edition now) {
                broker.settle(agencies(before), agencies(now));
            }
        };
    }

    private static Follower couriers(Couriers couriers, Collectors collectors) {
        return new Follower() {
            @Override
            public void follow(Edition before, Edition now) {
                couriers.follow(agencies(now));
                collectors.follow(agencies(now));
            }
        };
    }

    private static AgencyRegistry agencies(Edition edition) {
        return edition.setup().agencies();
    }

    private static Follower routes(LiveRoutes routes) {
        return new Follower() {
            @Override
            public void follow(Edition before, Edition now) throws Exception {
                routes.change(before.setup(), now.setup());
            }
        };
    }

    private static boolean isDemo(Environment environment) {
        return environment.acceptsProfiles(Profiles.of("demo"));
    }
}
