package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
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

    OperationsController(Supplier<AgencyRegistry> agencies, Broker broker) {
        this.agencies = agencies;
        this.broker = broker;
    }

    /** @param backlog messages in its inbox */
    @Schema(name = "Agency")
    record AgencyAnswer(String id, AgencyKind kind, Text name, Set<String> serves, String dialect, long backlog) {}

    @GetMapping("/agencies")
    @Operation(summary = "Agencies and their backlog")
    @ApiResponse(responseCode = "200", description = "Every agency of the registry")
    List<AgencyAnswer> agencies() {
        Map<String, Long> depths = broker.depths();
        return agencies.get().all().stream()
                .map(agency -> new AgencyAnswer(
                        agency.id(),
                        agency.kind(),
                        agency.name(),
                        agency.serves(),
                        agency.dialect(),
                        depths.getOrDefault(agency.inbox(), 0L)))
                .toList();
    }
}
