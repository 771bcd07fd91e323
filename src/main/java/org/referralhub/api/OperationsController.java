package org.referralhub.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.courier.CollectorStatus;
import org.referralhub.courier.CourierDesk;
import org.referralhub.courier.CourierStatus;
import org.referralhub.courier.Pauses;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Text;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What operators watch. */
@RestController
@RequestMapping(path = "/api/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Operations", description = "For operators: agencies with their backlog.")
class OperationsController {
    private final Supplier<AgencyRegistry> agencies;
    private final Broker broker;
    private final CourierDesk couriers;

    OperationsController(Supplier<AgencyRegistry> agencies, Broker broker, CourierDesk couriers) {
        this.agencies = agencies;
        this.broker = broker;
        this.couriers = couriers;
    }

    /**
     * @param backlog messages in its inbox
     * @param courier who brings it what is for it; null when it fetches from its inbox
     * @param collector who fetches what it sends; null when it sends by itself
     * @param pause who has paused both, when and why; null while they go on
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
            @Nullable PauseView pause) {}

    /** Who has paused an agency, when and why. */
    @Schema(name = "Pause")
    record PauseView(String by, Instant since, String reason) {}

    @GetMapping("/agencies")
    @Operation(summary = "Agencies and their backlog")
    @ApiResponse(responseCode = "200", description = "Every agency of the registry")
    List<AgencyAnswer> agencies() {
        Map<String, Long> depths = broker.depths();
        Map<String, Pauses.Pause> pauses = couriers.pauses();
        return agencies.get().all().stream()
                .map(agency -> new AgencyAnswer(
                        agency.id(),
                        agency.kind(),
                        agency.name(),
                        agency.serves(),
                        agency.dialect(),
                        depths.getOrDefault(agency.inbox(), 0L),
                        couriers.courier(agency.id()).orElse(null),
                        couriers.collector(agency.id()).orElse(null),
                        pause(pauses.get(agency.id()))))
                .toList();
    }

    private static @Nullable PauseView pause(Pauses.@Nullable Pause last) {
        return last == null || !last.paused() ? null : new PauseView(last.actor(), last.at(), last.reason());
    }
}
