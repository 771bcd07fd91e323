package org.referralhub.broker;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** Stops the broker of a hub as soon as that is ready, as a critical error would. Only where a test has told it to. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("test.lost-broker")
public class LostBroker {
    private final EmbeddedBroker broker;

    LostBroker(Broker broker) {
        this.broker = (EmbeddedBroker) broker;
    }

    @EventListener(ApplicationReadyEvent.class)
    void stop() throws Exception {
        broker.server().stop();
    }
}
