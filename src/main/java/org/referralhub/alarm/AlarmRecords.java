package org.referralhub.alarm;

import java.time.Clock;
import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.configuration.Places;
import org.referralhub.ledger.Lease;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.LedgerRoom;
import org.referralhub.watch.Silence;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every node can tell of alarms, whether it raises them or another one does. */
@Configuration(proxyBeanMethods = false)
class AlarmRecords {

    @Bean
    Troubles troubles(
            LedgerDatabase database,
            Supplier<Places> places,
            Supplier<AgencyRegistry> agencies,
            Silence silence,
            Clock clock) {
        return new Troubles(
                database.readers(), places, sender -> agencies.get().isExercise(sender), silence::known, clock);
    }

    @Bean
    AlarmHistory alarmHistory(Broker broker, LedgerDatabase database, Clock clock) {
        return new AlarmHistory(broker.connectionFactory(), database.readers(), clock);
    }

    @Bean
    LedgerRoom alarmRoom() {
        return rules -> new AlarmEntry();
    }

    @Bean
    OpenAlarms openAlarms(Troubles troubles, LedgerDatabase database) {
        // Only asked what it holds, never held.
        return new OpenAlarms(troubles, new Lease(database, AlarmConfiguration.LEASE, "reader"));
    }
}
