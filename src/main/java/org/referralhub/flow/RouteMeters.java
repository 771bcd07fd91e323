package org.referralhub.flow;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyConfiguration;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.jspecify.annotations.Nullable;

/**
 * What routes count and measure. A courier or a collector is one agency's, and there may be thousands: theirs are kept for the
 * page of routes, and are no series of the metrics that others read and keep.
 */
final class RouteMeters {
    private final MeterRegistry read;
    private final MeterRegistry kept = new SimpleMeterRegistry();

    /** @param read by whoever watches the hub */
    RouteMeters(MeterRegistry read) {
        this.read = read;
    }

    /** What has the routes counted. */
    List<RoutePolicyFactory> policies() {
        Policies ofTheHub = new Policies(read, false);
        Policies ofAgencies = new Policies(kept, true);
        ofAgencies.getPolicyConfiguration().setContextEnabled(false);
        return List.of(ofTheHub, ofAgencies);
    }

    /** A meter of one route, whoever's it is. */
    Search find(String meter, String route) {
        return (isOfOneAgency(route) ? kept : read).find(meter).tag("routeId", route);
    }

    private static boolean isOfOneAgency(String route) {
        return route.startsWith("courier-") || route.startsWith("collector-");
    }

    /** Counts one sort of routes. Two policies on one route would take each other's beginnings away. */
    private static final class Policies extends MicrometerRoutePolicyFactory {
        private final boolean ofAgencies;

        Policies(MeterRegistry meters, boolean ofAgencies) {
            this.ofAgencies = ofAgencies;
            setMeterRegistry(meters);
            setPolicyConfiguration(new MicrometerRoutePolicyConfiguration());
        }

        @Override
        public @Nullable RoutePolicy createRoutePolicy(CamelContext camel, String routeId, NamedNode definition) {
            return isOfOneAgency(routeId) == ofAgencies ? super.createRoutePolicy(camel, routeId, definition) : null;
        }
    }
}
