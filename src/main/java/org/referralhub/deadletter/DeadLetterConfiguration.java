package org.referralhub.deadletter;

import java.time.Clock;
import java.util.List;
import org.referralhub.broker.Broker;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.LedgerRoom;
import org.referralhub.ledger.Obligations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The desk of a running hub. */
@Configuration(proxyBeanMethods = false)
class DeadLetterConfiguration {

    @Bean
    LedgerRoom deadLetters(Obligations obligations, List<DeskAction> more) {
        return DeadLetterEntry.room(obligations, more);
    }

    @Bean
    Desk desk(LedgerDatabase database, Clock clock) {
        return new Desk(database.readers(), clock);
    }

    @Bean
    DeskOrders deskOrders(LedgerDatabase database, Broker broker) {
        return new DeskOrders(database.readers(), broker.connectionFactory());
    }
}
