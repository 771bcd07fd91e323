package org.referralhub.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Reach;
import org.referralhub.broker.Broker;
import org.referralhub.broker.InboxWatch;
import org.referralhub.courier.CollectorStatus;
import org.referralhub.courier.CourierDesk;
import org.referralhub.courier.CourierStatus;
import org.referralhub.courier.Pauses;
import org.referralhub.flow.RouteFigures;
import org.referralhub.ledger.LastSent;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Text;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What operators watch. */
@RestController
@RequestMapping(path = "/api/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Operations", description = "For operators: agencies with their backlog, and routes.")
class OperationsController {
    private static final Broker.Activity NOTHING = new Broker.Activity(0, 0, 0);

    private final Supplier<AgencyRegistry> agencies;
    private final Broker broker;
    private final CourierDesk couriers;
    private final InboxWatch watch;
    private final LastSent lastSent;
    private final RouteFigures routes;
    private final Clock clock;

    OperationsController(
            Supplier<AgencyRegistry> agencies,
            Broker broker,
            CourierDesk couriers,
            InboxWatch watch,
            LastSent lastSent,
            RouteFigures routes,
            Clock clock) {
        this.agencies = agencies;
        this.broker = broker;
        this.couriers = couriers;
        this.watch = watch;
        this.lastSent = lastSent;
        this.routes = routes;
        this.clock = clock;
    }

    /**
     * @param backlog messages in its inbox
     * @param courier who brings it what is for it; null when it fetches from its inbox
     * @param collector who fetches what it sends; null when it sends by itself
     * @param pause who has paused both, when and why; null while they go on
     * @param lastSent the hour in which it last sent something, by its beginning; null when it was silent for a month
     * @param lastTaken when something was last taken from its inbox, to a few seconds; null when nothing was since this node
     *     started
     * @param readers connections that read its inbox now, its courier's included
     * @param presence whether somebody is there now
     * @param opens when somebody is there again; null when somebody is
     * @param certificates on which the way to it depends, the first to expire first; null when there are none
     * @param exercise true when all that it sends is an exercise
     */
    @Schema(name = "Agency")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record AgencyAnswer(
            String id,
            AgencyKind kind,
            Text name,
            Set<String> serves,
            String dialect,
            long backlog,
            @Nullable CourierStatus courier,
            @Nullable CollectorStatus collector,
            @Nullable PauseView pause,
            @Nullable Instant lastSent,
            @Nullable Instant lastTaken,
            int readers,
            OpeningHours.Presence presence,
            @Nullable Instant opens,
            @Nullable List<Reach.Certificate> certificates,
            boolean exercise) {}

    /** Who has paused an agency, when and why. */
    @Schema(name = "Pause")
    record PauseView(String by, Instant since, String reason) {}

    @GetMapping("/agencies")
    @Operation(summary = "Agencies and their backlog")
    @ApiResponse(responseCode = "200", description = "Every agency of the registry")
    List<AgencyAnswer> agencies() {
        Map<String, Broker.Activity> activity = broker.activity();
        Map<String, Pauses.Pause> pauses = couriers.pauses();
        Map<String, Instant> hours = lastSent.hours();
        Instant now = clock.instant();
        return agencies.get().all().stream()
                .map(agency -> answer(
                        agency,
                        activity.getOrDefault(agency.inbox(), NOTHING),
                        pauses.get(agency.id()),
                        hours.get(agency.id()),
                        now))
                .toList();
    }

    private AgencyAnswer answer(
            Agency agency,
            Broker.Activity activity,
            Pauses.@Nullable Pause pause,
            @Nullable Instant lastHour,
            Instant now) {
        OpeningHours hours = agency.hours();
        List<Reach.Certificate> certificates = agency.reach().certificates();
        return new AgencyAnswer(
                agency.id(),
                agency.kind(),
                agency.name(),
                agency.serves(),
                agency.dialect(),
                activity.messages(),
                couriers.courier(agency.id()).orElse(null),
                couriers.collector(agency.id()).orElse(null),
                pause(pause),
                lastHour,
                watch.lastTaken(agency.inbox()).orElse(null),
                activity.readers(),
                hours.presence(now),
                hours.isOpen(now) ? null : hours.opens(now).orElse(null),
                certificates.isEmpty() ? null : certificates,
                agency.exercise());
    }

    private static @Nullable PauseView pause(Pauses.@Nullable Pause last) {
        return last == null || !last.paused() ? null : new PauseView(last.actor(), last.at(), last.reason());
    }

    @GetMapping("/routes")
    @Operation(
            summary = "Routes of this node",
            description =
                    "What each has carried since it was started, what it is working on, and how long a message takes.")
    @ApiResponse(responseCode = "200", description = "Every route, by its id")
    List<RouteFigures.Figure> routes() {
        return routes.all();
    }
}
