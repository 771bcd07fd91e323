package org.referralhub.courier;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.configuration.HubHome;
import org.referralhub.ledger.CourierLines;
import org.referralhub.ledger.Lease;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.LedgerRoom;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The couriers and collectors of a running hub. */
@Configuration(proxyBeanMethods = false)
class CourierConfiguration {

    @Bean
    Pauses pauses(LedgerDatabase database) {
        return new Pauses(database.readers());
    }

    @Bean
    LedgerRoom pauseRoom() {
        return rules -> new PauseEntry();
    }

    @Bean(destroyMethod = "close")
    Couriers couriers(
            Supplier<AgencyRegistry> agencies,
            Pauses pauses,
            LedgerDatabase database,
            HubHome home,
            Clock clock,
            MeterRegistry meters) {
        CourierLines lines = new CourierLines(database);
        return new Couriers(agencies.get(), pauses::isPaused, () -> lines, home.data(), clock, meters);
    }

    @Bean
    CourierDesk courierDesk(Couriers couriers, Collectors collectors, Pauses pauses, Broker broker) {
        return new CourierDesk(couriers, collectors, pauses, broker.connectionFactory());
    }

    @Bean(destroyMethod = "close")
    CollectingNode collectingNode(LedgerDatabase database) {
        return new CollectingNode(
                new Lease(database, "collectors", UUID.randomUUID().toString()));
    }

    @Bean(destroyMethod = "close")
    Collectors collectors(
            Supplier<AgencyRegistry> agencies,
            Pauses pauses,
            CollectingNode node,
            HubHome home,
            Clock clock,
            MeterRegistry meters,
            @Value("${hub.collectors.enabled:true}") boolean enabled) {
        return new Collectors(
                agencies.get(),
                agency -> !enabled || pauses.isPaused(agency) || !node.isThis(),
                home.data(),
                clock,
                meters);
    }
}
