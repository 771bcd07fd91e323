package org.referralhub.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether a referral could travel end to end right now: the broker answers, every route runs and the ledger takes batches.
 * The HTTP port opens before the routes start, so this is what readiness waits for.
 */
final class HubHealth implements HealthIndicator {
    private final CamelContext camel;
    private final Map<String, Supplier<Optional<String>>> parts;

    /** @param parts what else has to run, by the name that an operator knows it by; says what is wrong, or nothing */
    HubHealth(CamelContext camel, Map<String, Supplier<Optional<String>>> parts) {
        this.camel = camel;
        this.parts = new TreeMap<>(parts);
    }

    @Override
    public Health health() {
        List<String> reasons = new ArrayList<>();
        parts.forEach((name, trouble) -> trouble.get().ifPresent(reason -> reasons.add(name + ": " + reason)));
        if (!camel.getStatus().isStarted()) {
            reasons.add("the routes are " + camel.getStatus().name().toLowerCase(java.util.Locale.ROOT));
        } else if (camel.getRoutes().isEmpty()) {
            reasons.add("there are no routes");
        }
        for (Route route : camel.getRoutes()) {
            if (!camel.getRouteController().getRouteStatus(route.getId()).isStarted()) {
                reasons.add("route " + route.getId() + " does not run");
            }
        }
        Health.Builder health = reasons.isEmpty() ? Health.up() : Health.outOfService();
        return health.withDetail("routes", camel.getRoutes().size())
                .withDetail("reasons", reasons)
                .build();
    }
}
