package org.referralhub.deadletter;

import java.time.Clock;
import java.util.UUID;
import java.util.function.Supplier;
import org.referralhub.broker.Broker;
import org.referralhub.ledger.Lease;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.Obligations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Trying letters, and sending many of them again. */
@Configuration(proxyBeanMethods = false)
class RepairConfiguration {

    @Bean(destroyMethod = "close")
    Rehearsals rehearsals(LedgerDatabase database, Supplier<Today> today, Clock clock) {
        return new Rehearsals(database, today, clock);
    }

    @Bean
    Runs runs(LedgerDatabase database, DeskOrders orders) {
        return new Runs(database.readers(), orders);
    }

    @Bean
    RunDriver runDriver(LedgerDatabase database, Broker broker, Clock clock) {
        return new RunDriver(
                database.readers(),
                broker.connectionFactory(),
                new Lease(database, "desk-runs", UUID.randomUUID().toString()),
                clock);
    }

    @Bean
    DeskAction runStart() {
        return new RunStart();
    }

    @Bean
    DeskAction runPause() {
        return RunOrders.pause();
    }

    @Bean
    DeskAction runResume() {
        return RunOrders.resume();
    }

    @Bean
    DeskAction runStop() {
        return RunOrders.stop();
    }

    @Bean
    DeskAction runReplay(Obligations obligations) {
        return new RunReplay(new ReplayAction(obligations), obligations);
    }

    @Bean
    DeskAction runSettle() {
        return new RunSettle();
    }
}
