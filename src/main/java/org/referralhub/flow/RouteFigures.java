package org.referralhub.flow;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.jspecify.annotations.Nullable;

/** How the routes of this node do, from the figures that they keep anyway. Counted since the route was started. */
public final class RouteFigures {
    private static final String TOTAL = "camel.exchanges.total";
    private static final String FAILED = "camel.exchanges.failed";
    private static final String HANDLED = "camel.exchanges.failures.handled";
    private static final String AGAIN = "camel.exchanges.external.redeliveries";
    private static final String TIME = "camel.route.policy";

    private final CamelContext camel;
    private final RouteMeters meters;

    /**
     * One route.
     *
     * @param description its own, in English, as its file has it; null when it has none
     * @param state {@code started}, {@code stopped} or another of Camel's states
     * @param messages that it has ended with, well or badly
     * @param failed of these, those that went back to where they came from
     * @param handled of these, those that went to the desk or another way that its policy has
     * @param again messages that came another time, because they had failed before
     * @param inFlight messages that it is working on
     * @param meanMillis milliseconds that a message took on average; null while there was none
     * @param longestMillis milliseconds that one took at most, lately; null while there was none
     * @param runningSeconds since it was started; null when it was not
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Figure(
            String id,
            @Nullable String description,
            String state,
            long messages,
            long failed,
            long handled,
            long again,
            long inFlight,
            @Nullable Double meanMillis,
            @Nullable Double longestMillis,
            @Nullable Long runningSeconds) {
        /** True when it takes messages. */
        public boolean isStarted() {
            return "started".equals(state);
        }
    }

    RouteFigures(CamelContext camel, RouteMeters meters) {
        this.camel = camel;
        this.meters = meters;
    }

    /** Every route, by its id. */
    public List<Figure> all() {
        return camel.getRoutes().stream()
                .map(this::figure)
                .sorted(Comparator.comparing(Figure::id))
                .toList();
    }

    private Figure figure(Route route) {
        String id = route.getId();
        ServiceStatus status = camel.getRouteController().getRouteStatus(id);
        Collection<Timer> timers = meters.find(TIME, id).timers();
        long timed = timers.stream().mapToLong(Timer::count).sum();
        double total = timers.stream()
                .mapToDouble(timer -> timer.totalTime(TimeUnit.MILLISECONDS))
                .sum();
        double longest = timers.stream()
                .mapToDouble(timer -> timer.max(TimeUnit.MILLISECONDS))
                .max()
                .orElse(0);
        boolean started = status != null && status.isStarted();
        return new Figure(
                id,
                route.getDescription(),
                status == null ? "unknown" : status.name().toLowerCase(Locale.ROOT),
                count(TOTAL, id),
                count(FAILED, id),
                count(HANDLED, id),
                count(AGAIN, id),
                camel.getInflightRepository().size(id),
                timed == 0 ? null : rounded(total / timed),
                timed == 0 ? null : rounded(longest),
                started ? Duration.ofMillis(route.getUptimeMillis()).toSeconds() : null);
    }

    private long count(String meter, String route) {
        return Math.round(meters.find(meter, route).counters().stream()
                .mapToDouble(one -> one.count())
                .sum());
    }

    /** To a tenth. */
    private static double rounded(double millis) {
        return Math.round(millis * 10) / 10.0;
    }
}
