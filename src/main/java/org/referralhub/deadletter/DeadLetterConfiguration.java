package org.referralhub.deadletter;

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
    LedgerRoom deadLetters(Obligations obligations) {
        return rules -> new DeadLetterEntry(obligations, rules.agencies());
    }

    @Bean
    Desk desk(LedgerDatabase database, Broker broker) {
        return new Desk(database.readers(), broker.connectionFactory());
    }
}
