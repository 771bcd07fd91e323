package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.courier.CourierDesk;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Has couriers and collectors leave an agency alone for a while. */
@RestController
@RequestMapping(path = "/api/v1/agencies/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Operations", description = "For operators: agencies with their backlog, and routes.")
class PauseController {
    private static final int LONGEST_REASON = 500;

    private final Supplier<AgencyRegistry> agencies;
    private final CourierDesk couriers;

    PauseController(Supplier<AgencyRegistry> agencies, CourierDesk couriers) {
        this.agencies = agencies;
        this.couriers = couriers;
    }

    /** @param reason why; null when the caller has not said */
    @Schema(name = "PauseOrder")
    record PauseOrder(
            @Schema(
                    description = "Why, for the other operators; without anything personal. Must be given to pause.",
                    example = "Their server is being moved until noon")
            @Nullable
            String reason) {}

    /** @param status {@code paused}, {@code resumed}, or {@code requested} when the ledger is behind */
    @Schema(name = "PauseAnswer")
    record PauseAnswer(String agency, String status) {}

    @PostMapping("/pause")
    @Operation(
            summary = "Pause an agency's courier and collector",
            description = "What is for it waits in its inbox, what it leaves stays where it is, until it is resumed; a"
                    + " restart changes nothing. Every node follows within two seconds.")
    @ApiResponse(responseCode = "200", description = "It is paused")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will record it")
    ResponseEntity<PauseAnswer> pause(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody PauseOrder order) {
        return order(caller, id, true, order.reason());
    }

    @PostMapping("/resume")
    @Operation(summary = "Resume an agency's courier and collector")
    @ApiResponse(responseCode = "200", description = "It goes on")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will record it")
    ResponseEntity<PauseAnswer> resume(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody(required = false) @Nullable PauseOrder order) {
        return order(caller, id, false, order == null ? null : order.reason());
    }

    private ResponseEntity<PauseAnswer> order(Caller caller, String id, boolean pause, @Nullable String reason) {
        Agency agency = agencies.get().find(id).orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, null));
        if (!agency.reach().isServed()) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST,
                    "%s has no courier and no collector; there is nothing to pause.".formatted(id));
        }
        String why = reason == null ? "" : reason.strip();
        if (pause && why.isEmpty()) {
            throw ProblemException.of(Problem.BAD_REQUEST, "Say why in \"reason\".");
        }
        if (why.length() > LONGEST_REASON) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST, "The reason has %d characters at most.".formatted(LONGEST_REASON));
        }
        boolean recorded = couriers.order(id, pause, caller.id(), why);
        return ResponseEntity.status(recorded ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .body(new PauseAnswer(id, recorded ? pause ? "paused" : "resumed" : "requested"));
    }
}
