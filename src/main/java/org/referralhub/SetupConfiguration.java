package org.referralhub;

import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.Operators;
import org.referralhub.alarm.AlarmSettings;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.deadletter.Masking;
import org.referralhub.deadletter.Today;
import org.referralhub.dialect.Translator;
import org.referralhub.edition.Edition;
import org.referralhub.edition.Editions;
import org.referralhub.flow.DryStages;
import org.referralhub.flow.Handbook;
import org.referralhub.ledger.Rulebook;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Reads what people have written before anything starts; a fault anywhere ends the start. Whoever needs a part of it is given a
 * supplier, since another edition may take its place while the hub runs.
 */
@Configuration(proxyBeanMethods = false)
class SetupConfiguration {

    @Bean
    HubHome home(@Value("${hub.home:}") Path root, @Value("${hub.data:}") String data) {
        return data.isBlank() ? new HubHome(root) : new HubHome(root, Path.of(data));
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    Supplier<Handbook> handbook(Editions editions) {
        return () -> editions.current().handbook();
    }

    @Bean
    Supplier<Rulebook> rulebook(Editions editions) {
        return () -> editions.current().rulebook();
    }

    /** What a rehearsal goes by: one version from its first letter to its last. */
    @Bean
    Supplier<Today> today(Editions editions) {
        return () -> {
            Edition now = editions.current();
            return new Today(now.version(), new DryStages(now.handbook()), now.rulebook());
        };
    }

    @Bean
    Supplier<Setup> setup(Editions editions) {
        return () -> editions.current().setup();
    }

    @Bean
    Supplier<AgencyRegistry> agencies(Editions editions) {
        return () -> editions.current().setup().agencies();
    }

    @Bean
    Supplier<Operators> operators(Editions editions) {
        return () -> editions.current().setup().operators();
    }

    @Bean
    Supplier<Places> places(Editions editions) {
        return () -> editions.current().setup().places();
    }

    @Bean
    Supplier<CodeLists> codeLists(Editions editions) {
        return () -> editions.current().setup().codeLists();
    }

    @Bean
    Supplier<Masking> masking(Editions editions) {
        return () -> editions.current().setup().masking();
    }

    @Bean
    Supplier<Translator> translator(Editions editions) {
        return () -> editions.current().handbook().translator();
    }

    /** How to reach whoever is woken: mail and webhook are set up once, at the start. */
    @Bean
    AlarmSettings alarmSettings(Editions editions) {
        return editions.current().setup().alarms();
    }
}
