package org.referralhub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.Operators;
import org.referralhub.alarm.AlarmSettings;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.dialect.Dialects;
import org.referralhub.dialect.Translator;
import org.referralhub.disclosure.Disclosure;
import org.referralhub.ledger.Ladder;
import org.referralhub.ledger.ResponseTimes;
import org.referralhub.ledger.Views;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Withheld;
import org.referralhub.recipient.RecipientRules;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/** Reads what people have written, once, before anything starts; a fault anywhere ends the start. */
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
    Setup setup(HubHome home, Environment environment) {
        Faults faults = new Faults();
        Setup setup = Setup.load(home, environment.acceptsProfiles(Profiles.of("demo")), faults);
        faults.throwIfAny();
        return setup;
    }

    @Bean
    Places places(Setup setup) {
        return setup.places();
    }

    @Bean
    CodeLists codeLists(Setup setup) {
        return setup.codeLists();
    }

    @Bean
    Dialects dialects(Setup setup) {
        return setup.dialects();
    }

    @Bean
    Translator translator(Dialects dialects) {
        return new Translator(dialects);
    }

    @Bean
    AgencyRegistry agencies(Setup setup) {
        return setup.agencies();
    }

    @Bean
    Operators operators(Setup setup) {
        return setup.operators();
    }

    @Bean
    RecipientRules recipientRules(Setup setup) {
        return setup.recipients();
    }

    @Bean
    Disclosure disclosure(Setup setup) {
        return setup.disclosure();
    }

    @Bean
    Views views(Disclosure disclosure) {
        return new Views() {
            @Override
            public JsonNode of(ObjectNode request, Agency agency) {
                return disclosure.project(request, agency.kind(), agency.id()).canonical();
            }

            @Override
            public Function<Agency, Withheld> withheld(ObjectNode message) {
                BiFunction<AgencyKind, String, Withheld> withheld = disclosure.withheld(message);
                return agency -> withheld.apply(agency.kind(), agency.id());
            }
        };
    }

    @Bean
    ResponseTimes responseTimes(Setup setup) {
        return setup.responseTimes();
    }

    @Bean
    Ladder ladder(Setup setup) {
        return setup.ladder();
    }

    @Bean
    AlarmSettings alarmSettings(Setup setup) {
        return setup.alarms();
    }
}
