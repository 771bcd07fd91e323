package org.referralhub.demo;

import java.time.Clock;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.dialect.Translator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** The demo, only in its profile. */
@Configuration(proxyBeanMethods = false)
@Profile("demo")
@EnableConfigurationProperties(DemoSettings.class)
class DemoConfiguration {

    @Bean
    Welcome welcome(AgencyRegistry agencies, Broker broker, DemoSettings settings) {
        return new Welcome(agencies, broker, settings);
    }

    @Bean(destroyMethod = "close")
    DemoTraffic demoTraffic(
            AgencyRegistry agencies, Broker broker, Translator translator, DemoSettings settings, Clock clock) {
        return new DemoTraffic(agencies, broker, translator, settings, clock);
    }
}
