package org.referralhub.trace;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Traces are off, and nothing of OpenTelemetry is loaded, until {@code hub.traces.endpoint} names a collector. */
@Configuration(proxyBeanMethods = false)
class TraceConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(TraceConfiguration.class);

    @Bean
    Traces traces(Environment environment) {
        String endpoint = environment.getProperty("hub.traces.endpoint", "").strip();
        if (endpoint.isEmpty()) {
            return Traces.OFF;
        }
        double share = environment.getProperty("hub.traces.share", Double.class, 1.0);
        LOG.info("traces go to a collector, {} of 1", share);
        return new CollectedTraces(endpoint, share, node(environment));
    }

    private static String node(Environment environment) {
        String named = environment.getProperty("hub.node", "").strip();
        if (!named.isEmpty()) {
            return named;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
