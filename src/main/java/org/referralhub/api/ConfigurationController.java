package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.edition.ChangeReport;
import org.referralhub.edition.ChangeReport.Cause;
import org.referralhub.edition.ChangeReport.How;
import org.referralhub.edition.ChangeReport.Outcome;
import org.referralhub.edition.LiveChange;
import org.referralhub.ledger.ConfigurationLog;
import org.referralhub.message.ConfigurationChange;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Which version of the configuration runs, and taking another. */
@RestController
@RequestMapping(path = "/api/v1/configuration", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(
        name = "Configuration",
        description = "For operators: the version that runs, and taking another while messages flow.")
class ConfigurationController {
    private static final int LONGEST_REASON = 200;
    private static final int MOST = 500;

    private final LiveChange change;
    private final ConfigurationLog log;

    ConfigurationController(LiveChange change, ConfigurationLog log) {
        this.change = change;
        this.log = log;
    }

    /** @param reason takes it though recent messages would be refused; null when it is not to be then */
    @Schema(name = "Reload")
    record Reload(
            @Schema(description = "Takes it even when messages like recent ones would be refused; says why") @Nullable
            String reason) {}

    /**
     * @param version null for the one that ran before
     * @param reason why; null when nobody says
     */
    @Schema(name = "Back")
    record Back(
            @Schema(description = "The one that ran before, when it is missing") @Nullable
            String version,

            @Schema(description = "Why, for the other operators; 200 characters at most") @Nullable
            String reason) {}

    @GetMapping
    @Operation(
            summary = "The version that runs",
            description = "Since when, and what was refused last, with every fault.")
    @ApiResponse(responseCode = "200", description = "How the configuration stands on this node")
    LiveChange.Status status() {
        return change.status();
    }

    /** @param at when it was decided */
    @Schema(name = "ConfigurationChange")
    record ChangeAnswer(
            Instant at,
            String node,
            String how,
            String actor,
            String outcome,
            String version,
            @Nullable String previous,
            int faults,
            @Nullable String reason) {
        static ChangeAnswer of(ConfigurationChange change) {
            return new ChangeAnswer(
                    Instant.ofEpochMilli(change.at()),
                    change.node(),
                    change.how(),
                    change.actor(),
                    change.outcome(),
                    change.version(),
                    change.previous(),
                    change.faults(),
                    change.reason());
        }
    }

    @GetMapping("/history")
    @Operation(summary = "What was done to the configuration", description = "On all nodes, the latest first.")
    @ApiResponse(responseCode = "200", description = "Changes that were made or refused")
    List<ChangeAnswer> history(
            @Parameter(description = "At most so many, 1 to 500") @RequestParam(defaultValue = "50") int max) {
        if (max < 1 || max > MOST) {
            throw ProblemException.of(Problem.BAD_REQUEST, "max goes from 1 to %d.".formatted(MOST));
        }
        return log.last(max).stream().map(ChangeAnswer::of).toList();
    }

    @PostMapping
    @Operation(
            summary = "Take what stands in the files",
            description =
                    "It is checked with every sample and tried on the last messages first; a fault keeps what runs.")
    @ApiResponse(responseCode = "200", description = "It runs, or did already")
    @ApiResponse(responseCode = "422", description = "Refused; the report says why, with file, line and remedy")
    ResponseEntity<ChangeReport> reload(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @RequestBody(required = false) @Nullable Reload wanted) {
        return answer(
                change.reload(new Cause(How.RELOAD, caller.id(), checked(wanted == null ? null : wanted.reason()))));
    }

    @PostMapping("/back")
    @Operation(
            summary = "Go back to an earlier version",
            description =
                    "The files stay as they are, and are not taken again before they change or somebody asks for it.")
    @ApiResponse(responseCode = "200", description = "It runs")
    @ApiResponse(responseCode = "422", description = "Refused; the report says why")
    ResponseEntity<ChangeReport> back(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @RequestBody(required = false) @Nullable Back wanted) {
        Back back = wanted == null ? new Back(null, null) : wanted;
        try {
            return answer(change.back(back.version(), new Cause(How.BACK, caller.id(), checked(back.reason()))));
        } catch (IllegalArgumentException e) {
            throw ProblemException.of(Problem.NOT_FOUND, e.getMessage());
        }
    }

    private static @Nullable String checked(@Nullable String reason) {
        if (reason != null && (reason.isBlank() || reason.length() > LONGEST_REASON)) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST, "reason is a text of 1 to %d characters.".formatted(LONGEST_REASON));
        }
        return reason;
    }

    private static ResponseEntity<ChangeReport> answer(ChangeReport report) {
        return ResponseEntity.status(report.outcome() == Outcome.REFUSED ? 422 : 200)
                .body(report);
    }
}
