package org.referralhub.console;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.courier.CourierDesk;
import org.referralhub.courier.CourierStatus;
import org.referralhub.courier.Pauses;
import org.referralhub.ledger.Books;
import org.referralhub.message.Urgency;

/** How the whole hub stands, read at most once a second however many pages ask. */
final class Overview implements Signal {
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final int HOURS = 24;

    private final Books books;
    private final Broker broker;
    private final Supplier<AgencyRegistry> agencies;
    private final CourierDesk couriers;
    private final MeterRegistry meters;
    private final Clock clock;
    private @Nullable View last;
    private Instant lastAt = Instant.MIN;

    Overview(
            Books books,
            Broker broker,
            Supplier<AgencyRegistry> agencies,
            CourierDesk couriers,
            MeterRegistry meters,
            Clock clock) {
        this.books = books;
        this.broker = broker;
        this.agencies = agencies;
        this.couriers = couriers;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * @param backlog messages in all inboxes
     * @param overdue deadlines that have run out, by urgency; an urgency without any is missing
     * @param alarms what operators are alarmed for; null when this node does not know
     * @param hours what came in during each of the last 24 hours, the current one last
     * @param agencies every agency, what is in trouble first
     */
    record View(
            Books.BooksView books,
            long backlog,
            Map<Urgency, Long> overdue,
            @Nullable Long alarms,
            List<Bar> hours,
            List<Line> agencies) {
        /** All deadlines that have run out. */
        public long allOverdue() {
            return overdue.values().stream().mapToLong(Long::longValue).sum();
        }

        /** The most that came in during an hour. */
        public long highest() {
            return hours.stream().mapToLong(Bar::all).max().orElse(0);
        }
    }

    /** What one hour took in. */
    record Bar(Instant hour, long accepted, long refused) {
        /** Accepted or not. */
        public long all() {
            return accepted + refused;
        }
    }

    /** How an agency stands, worst first. */
    enum Health {
        FAILING,
        DESK,
        BACKLOG,
        PAUSED,
        GOOD
    }

    /**
     * @param desk its deliveries at the desk
     * @param courier who brings it what is for it; null when it fetches by itself
     */
    record Line(
            Agency agency,
            Health health,
            long backlog,
            long desk,
            long delivered,
            @Nullable CourierStatus courier) {}

    @Override
    public String topic() {
        return "overview";
    }

    @Override
    public Object state() {
        return view();
    }

    @Override
    public Map<String, Long> counters() {
        View view = view();
        Map<String, Long> counters = new HashMap<>();
        counters.put("desk", view.books().openLetters());
        if (view.alarms() != null) {
            counters.put("alarms", view.alarms());
        }
        return counters;
    }

    /** How everything stands now. */
    synchronized View view() {
        Instant now = clock.instant();
        View view = last;
        if (view == null || now.isAfter(lastAt.plus(FRESH)) || now.isBefore(lastAt)) {
            view = read(now);
            last = view;
            lastAt = now;
        }
        return view;
    }

    private View read(Instant now) {
        Map<String, Long> depths = broker.depths();
        Books.BooksView account = books.books();
        return new View(
                account,
                depths.entrySet().stream()
                        .filter(queue -> queue.getKey().startsWith("agency."))
                        .mapToLong(Map.Entry::getValue)
                        .sum(),
                overdue(),
                gauge("hub.alarms.open").orElse(null),
                hours(now),
                lines(account, depths));
    }

    private List<Bar> hours(Instant now) {
        Instant end = now.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
        Instant begin = end.minus(HOURS, ChronoUnit.HOURS);
        Map<Instant, Books.Hour> known = new HashMap<>();
        books.hours(null, begin, end).forEach(hour -> known.put(hour.hour(), hour));
        List<Bar> bars = new ArrayList<>();
        for (Instant hour = begin; hour.isBefore(end); hour = hour.plus(1, ChronoUnit.HOURS)) {
            Books.Hour entry = known.get(hour);
            bars.add(
                    entry == null
                            ? new Bar(hour, 0, 0)
                            : new Bar(hour, entry.acceptedMessages(), entry.refusedMessages()));
        }
        return bars;
    }

    private List<Line> lines(Books.BooksView view, Map<String, Long> depths) {
        Map<String, Books.Account> accounts = new HashMap<>();
        view.byAgency().forEach(account -> accounts.put(account.agency(), account));
        Map<String, Pauses.Pause> pauses = couriers.pauses();
        return agencies.get().all().stream()
                .map(agency -> line(
                        agency,
                        depths.getOrDefault(agency.inbox(), 0L),
                        accounts.get(agency.id()),
                        couriers.courier(agency.id()).orElse(null),
                        pauses.get(agency.id())))
                .sorted(Comparator.comparing(Line::health)
                        .thenComparing(Line::backlog, Comparator.reverseOrder())
                        .thenComparing(line -> line.agency().id()))
                .toList();
    }

    private static Line line(
            Agency agency,
            long backlog,
            Books.@Nullable Account account,
            @Nullable CourierStatus courier,
            Pauses.@Nullable Pause pause) {
        long desk = account == null ? 0 : account.desk();
        Health health;
        if (courier != null && courier.open()) {
            health = Health.FAILING;
        } else if (desk > 0) {
            health = Health.DESK;
        } else if (pause != null && pause.paused()) {
            health = Health.PAUSED;
        } else if (backlog > 0) {
            health = Health.BACKLOG;
        } else {
            health = Health.GOOD;
        }
        return new Line(agency, health, backlog, desk, account == null ? 0 : account.delivered(), courier);
    }

    private Map<Urgency, Long> overdue() {
        Map<Urgency, Long> overdue = new EnumMap<>(Urgency.class);
        for (Gauge gauge : meters.find("hub.clocks.overdue").gauges()) {
            double value = gauge.value();
            String urgency = gauge.getId().getTag("urgency");
            if (urgency != null && value > 0) {
                overdue.put(Urgency.valueOf(urgency), (long) value);
            }
        }
        return overdue;
    }

    private Optional<Long> gauge(String name) {
        Gauge gauge = meters.find(name).gauge();
        return gauge == null || Double.isNaN(gauge.value()) ? Optional.empty() : Optional.of((long) gauge.value());
    }
}
