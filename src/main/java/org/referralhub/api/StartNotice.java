package org.referralhub.api;

import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/** Says in the log where the hub is to be found, and when nobody takes part yet. */
final class StartNotice implements ApplicationListener<ApplicationReadyEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(StartNotice.class);

    private final Supplier<AgencyRegistry> agencies;
    private final Broker broker;

    StartNotice(Supplier<AgencyRegistry> agencies, Broker broker) {
        this.agencies = agencies;
        this.broker = broker;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        Environment environment = event.getApplicationContext().getEnvironment();
        LOG.info(
                "The hub is up: HTTP on {}:{}, broker {} ({}), {} agencies",
                environment.getProperty("server.address", "0.0.0.0"),
                environment.getProperty("local.server.port", "8080"),
                broker.isEmbedded() ? "inside, ports " + broker.ports() : "outside",
                broker.journal(),
                agencies.get().all().size());
        if (agencies.get().all().isEmpty()) {
            LOG.warn("No agency takes part yet, so nobody can send or receive: add one to a file in config/agencies/,"
                    + " or try the hub with ./hub run --demo");
        }
    }
}
