package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Reach;
import org.referralhub.api.Caller;
import org.referralhub.broker.Broker;
import org.referralhub.broker.InboxWatch;
import org.referralhub.courier.CollectorStatus;
import org.referralhub.courier.CourierDesk;
import org.referralhub.courier.CourierStatus;
import org.referralhub.courier.Pauses;
import org.referralhub.ledger.LastSent;
import org.springframework.context.annotation.Lazy;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** How each agency stands, and leaving one alone for a while. */
@Controller
@Lazy
class AgencyPages implements Signal {
    private static final int PAGE = 100;
    private static final int LONGEST_REASON = 500;
    private static final Duration SOON = Duration.ofDays(30);
    private static final Broker.Activity NOTHING = new Broker.Activity(0, 0, 0);

    private final Supplier<AgencyRegistry> agencies;
    private final CourierDesk couriers;
    private final InboxWatch watch;
    private final LastSent lastSent;
    private final Clock clock;

    AgencyPages(
            Supplier<AgencyRegistry> agencies, CourierDesk couriers, InboxWatch watch, LastSent lastSent, Clock clock) {
        this.agencies = agencies;
        this.couriers = couriers;
        this.watch = watch;
        this.lastSent = lastSent;
        this.clock = clock;
    }

    /** Which agencies are shown. */
    enum Shown {
        ALL,
        TROUBLE,
        SERVED,
        BACKLOG
    }

    /**
     * One agency.
     *
     * @param pause who has paused it; null while it goes on
     * @param lastSent the hour in which it last sent something; null when it was silent for a month
     * @param lastTaken when something was last taken from its inbox; null when nothing was since this node started
     * @param opens when somebody is there again; null when somebody is
     * @param certificate the first one to expire; null when it needs none
     */
    record Line(
            Agency agency,
            Overview.Health health,
            long backlog,
            int readers,
            @Nullable CourierStatus courier,
            @Nullable CollectorStatus collector,
            Pauses.@Nullable Pause pause,
            @Nullable Instant lastSent,
            @Nullable Instant lastTaken,
            OpeningHours.Presence presence,
            @Nullable Instant opens,
            Reach.@Nullable Certificate certificate,
            String expiry) {
        boolean isTrouble() {
            return health == Overview.Health.FAILING || health == Overview.Health.PAUSED || !expiry.isEmpty();
        }
    }

    @Override
    public String topic() {
        return "agencies";
    }

    @Override
    public Object state() {
        Map<String, Object> state = new HashMap<>();
        watch.activity().forEach((queue, activity) -> state.put(queue, activity));
        state.put("pauses", couriers.pauses());
        for (Agency agency : agencies.get().all()) {
            if (agency.reach().isServed()) {
                couriers.courier(agency.id()).ifPresent(status -> state.put("courier " + agency.id(), status));
                couriers.collector(agency.id()).ifPresent(status -> state.put("collector " + agency.id(), status));
            }
        }
        return state;
    }

    @GetMapping("/agencies")
    String list(
            @RequestParam(defaultValue = "") String q,
            @RequestParam(defaultValue = "ALL") Shown show,
            @RequestParam(defaultValue = "0") int after,
            HttpServletRequest request,
            @ModelAttribute(name = "names", binding = false) Names names,
            Model model) {
        String wanted = q.strip().toLowerCase(Locale.ROOT);
        Map<String, Pauses.Pause> pauses = couriers.pauses();
        Map<String, Instant> hours = lastSent.hours();
        Instant now = clock.instant();
        List<Line> lines = agencies.get().all().stream()
                .filter(agency -> wanted.isEmpty()
                        || agency.id().contains(wanted)
                        || names.of(agency.name()).toLowerCase(Locale.ROOT).contains(wanted))
                .map(agency -> line(agency, pauses.get(agency.id()), hours.get(agency.id()), now))
                .filter(line -> isShown(line, show))
                .sorted(Comparator.comparing(Line::health)
                        .thenComparing(Line::backlog, Comparator.reverseOrder())
                        .thenComparing(line -> line.agency().id()))
                .toList();
        int from = Math.min(Math.max(0, after), lines.size());
        int to = Math.min(from + PAGE, lines.size());
        model.addAttribute("q", q);
        model.addAttribute("show", show);
        model.addAttribute("choices", Shown.values());
        model.addAttribute("total", lines.size());
        model.addAttribute("lines", lines.subList(from, to));
        model.addAttribute("first", Links.first(request));
        model.addAttribute("next", Links.next(request, to < lines.size() ? to : null));
        return "agencies";
    }

    private static boolean isShown(Line line, Shown show) {
        return switch (show) {
            case ALL -> true;
            case TROUBLE -> line.isTrouble();
            case SERVED -> line.agency().reach().isServed();
            case BACKLOG -> line.backlog() > 0;
        };
    }

    private Line line(Agency agency, Pauses.@Nullable Pause last, @Nullable Instant lastHour, Instant now) {
        Broker.Activity activity = watch.activity().getOrDefault(agency.inbox(), NOTHING);
        CourierStatus courier = couriers.courier(agency.id()).orElse(null);
        Pauses.Pause pause = last != null && last.paused() ? last : null;
        List<Reach.Certificate> certificates = agency.reach().certificates();
        Reach.Certificate first = certificates.isEmpty() ? null : certificates.get(0);
        OpeningHours opening = agency.hours();
        return new Line(
                agency,
                health(activity, courier, pause),
                activity.messages(),
                activity.readers(),
                courier,
                couriers.collector(agency.id()).orElse(null),
                pause,
                lastHour,
                watch.lastTaken(agency.inbox()).orElse(null),
                opening.presence(now),
                opening.isOpen(now) ? null : opening.opens(now).orElse(null),
                first,
                first == null ? "" : expiry(first.expires(), now));
    }

    private static Overview.Health health(
            Broker.Activity activity, @Nullable CourierStatus courier, Pauses.@Nullable Pause pause) {
        if (courier != null && courier.open()) {
            return Overview.Health.FAILING;
        }
        if (pause != null) {
            return Overview.Health.PAUSED;
        }
        return activity.messages() > 0 ? Overview.Health.BACKLOG : Overview.Health.GOOD;
    }

    /** {@code expired}, {@code soon} or nothing. */
    private static String expiry(Instant expires, Instant now) {
        if (expires.isBefore(now)) {
            return "expired";
        }
        return expires.isBefore(now.plus(SOON)) ? "soon" : "";
    }

    /** A certificate with what is to be said of its end. */
    record Held(Reach.Certificate certificate, String expiry) {}

    @GetMapping("/agencies/{id}")
    String show(@PathVariable String id, Locale language, Model model) {
        Agency agency = agencies.get().find(id).orElseThrow(NoSuchPageException::new);
        Instant now = clock.instant();
        model.addAttribute(
                "line", line(agency, couriers.pauses().get(id), lastSent.of(id).orElse(null), now));
        model.addAttribute(
                "certificates",
                agency.reach().certificates().stream()
                        .map(one -> new Held(one, expiry(one.expires(), now)))
                        .toList());
        model.addAttribute("hours", hours(agency.hours(), language));
        return "agency";
    }

    private static List<String> hours(OpeningHours hours, Locale language) {
        List<String> lines = new ArrayList<>();
        for (OpeningHours.Shift shift : hours.shifts()) {
            String days = new TreeSet<DayOfWeek>(shift.days())
                    .stream()
                            .map(day -> day.getDisplayName(TextStyle.SHORT, language))
                            .collect(Collectors.joining(", "));
            lines.add("%s %s–%s".formatted(days, shift.from(), shift.to()));
        }
        return lines;
    }

    @PostMapping("/agencies/{id}/pause")
    String pause(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String reason,
            RedirectAttributes next) {
        return order(caller, id, true, reason, next);
    }

    @PostMapping("/agencies/{id}/resume")
    String resume(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String reason,
            RedirectAttributes next) {
        return order(caller, id, false, reason, next);
    }

    private String order(Caller caller, String id, boolean pause, String reason, RedirectAttributes next) {
        Agency agency = agencies.get().find(id).orElseThrow(NoSuchPageException::new);
        String why = reason.strip();
        Notice notice;
        if (!agency.reach().isServed()) {
            notice = Notice.of("bad", "agency.nothing.to.pause");
        } else if (pause && why.isEmpty() || why.length() > LONGEST_REASON) {
            notice = Notice.of("bad", "agency.pause.why");
        } else if (couriers.order(id, pause, caller.id(), why)) {
            notice = Notice.of("good", pause ? "agency.paused.done" : "agency.resumed.done");
        } else {
            notice = Notice.of("warn", "order.requested");
        }
        next.addFlashAttribute(Notice.NAME, notice);
        return "redirect:/agencies/" + id;
    }
}
