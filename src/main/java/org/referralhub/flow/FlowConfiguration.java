package org.referralhub.flow;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.referralhub.Setup;
import org.referralhub.broker.Broker;
import org.referralhub.broker.InHand;
import org.referralhub.courier.Couriers;
import org.referralhub.ledger.FieldSets;
import org.referralhub.trace.Traces;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the routes and their beans together. */
@Configuration(proxyBeanMethods = false)
class FlowConfiguration {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Bean
    Intake intake(Supplier<Handbook> handbook, Clock clock) {
        return new Intake(handbook, JSON, clock);
    }

    @Bean
    Delivery delivery(Supplier<Handbook> handbook) {
        return new Delivery(handbook, JSON);
    }

    @Bean
    RouteMeters routeMeters(MeterRegistry meters) {
        return new RouteMeters(meters);
    }

    @Bean
    RouteFigures routeFigures(CamelContext camel, RouteMeters meters) {
        return new RouteFigures(camel, meters);
    }

    @Bean
    Notices notices(FieldSets fieldSets) {
        return new Notices(fieldSets::has);
    }

    @Bean
    Failures failures(@Value("${hub.flow.attempts}") int attempts) {
        return new Failures(attempts);
    }

    /** Not closed here: the broker outlives the routes. */
    @Bean(destroyMethod = "")
    DoorJmsComponent jms(Broker broker, Notices notices, Couriers couriers) {
        return new DoorJmsComponent(
                broker.transactions(), broker.couriers(), broker.user(), notices, couriers::mayTake);
    }

    @Bean
    CamelContextConfiguration routes(
            Supplier<Setup> setup,
            MeterRegistry meters,
            RouteMeters routeMeters,
            Traces traces,
            InHand inHand,
            @Value("${hub.flow.intake-consumers}") int consumers) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext camel) {
                // What failed goes to the desk as it came, not as far as a route had changed it.
                camel.setAllowUseOriginalMessage(true);
                routeMeters.policies().forEach(camel::addRoutePolicyFactory);
                camel.addRoutePolicyFactory(new StagePolicies(meters, traces, inHand));
                try {
                    Setup first = setup.get();
                    new Routes(first.home())
                            .addTo(
                                    camel,
                                    first.dialects().names(),
                                    consumers,
                                    first.agencies().all());
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException("the routes could not be loaded", e);
                }
            }

            @Override
            public void afterApplicationStart(CamelContext camel) {
                // Nothing to do once the routes run.
            }
        };
    }
}
