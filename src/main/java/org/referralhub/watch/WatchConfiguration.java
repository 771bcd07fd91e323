package org.referralhub.watch;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.configuration.HubHome;
import org.referralhub.ledger.LedgerDatabase;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a running hub watches. */
@Configuration(proxyBeanMethods = false)
class WatchConfiguration {

    @Bean
    Silence silence(LedgerDatabase database, Supplier<AgencyRegistry> agencies, Clock clock) {
        return new Silence(database, agencies, clock);
    }

    @Bean
    Watch watch(
            LedgerDatabase database,
            Broker broker,
            Silence silence,
            Supplier<AgencyRegistry> agencies,
            HubHome home,
            Clock clock,
            MeterRegistry meters) {
        return new Watch(
                List.of(
                        new DiskReading(home.data(), broker, meters),
                        new QueueReading(broker, meters),
                        new DeskReading(database.readers(), agencies, clock, meters),
                        new RunReading(database.readers(), meters),
                        new SilenceReading(silence, clock, meters),
                        new CertificateReading(agencies, clock, meters)),
                meters);
    }
}
