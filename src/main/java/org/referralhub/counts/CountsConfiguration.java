package org.referralhub.counts;

import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Places;
import org.referralhub.ledger.LedgerDatabase;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The figures of a running hub. */
@Configuration(proxyBeanMethods = false)
class CountsConfiguration {

    @Bean
    Counts counts(
            LedgerDatabase database,
            Supplier<AgencyRegistry> agencies,
            Supplier<Places> places,
            Supplier<CodeLists> codes,
            Environment environment) {
        int enough = environment.getProperty("hub.counts.smallest", Integer.class, Counts.ENOUGH);
        if (enough < 1) {
            throw new IllegalStateException(
                    "hub.counts.smallest must be 1 or more: it is the number of referrals behind a"
                            + " figure that is shown");
        }
        return new Counts(database.longReaders(), agencies, places, codes, enough);
    }
}
