package org.referralhub.testing;

import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Found by the hub's own component scan whenever a test starts the hub in its process. */
@Configuration(proxyBeanMethods = false)
class RouteStepsConfiguration {
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    CamelContextConfiguration noteRouteSteps() {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext camel) {
                RouteSteps.noteIn(camel);
            }

            @Override
            public void afterApplicationStart(CamelContext camel) {
                // The notes are written when the process ends.
            }
        };
    }
}
