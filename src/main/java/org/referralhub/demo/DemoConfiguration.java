package org.referralhub.demo;

import java.time.Clock;
import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.flow.Handbook;
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
    Welcome welcome(Supplier<AgencyRegistry> agencies, Broker broker, DemoSettings settings) {
        return new Welcome(agencies.get(), broker, settings);
    }

    @Bean(destroyMethod = "close")
    DemoTraffic demoTraffic(Supplier<Handbook> handbook, Broker broker, DemoSettings settings, Clock clock) {
        // The invented agencies stay who they are at the start.
        Handbook start = handbook.get();
        return new DemoTraffic(start.agencies(), broker, start.translator(), settings, clock);
    }
}
