package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.Run;
import org.referralhub.deadletter.RunItem;
import org.referralhub.deadletter.RunSettings;
import org.referralhub.deadletter.Runs;
import org.referralhub.deadletter.Selection;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Letters that are sent again together. */
@RestController
@RequestMapping(path = "/api/v1/dead-letters/runs", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Dead letters")
class RunController {
    private final Runs runs;

    RunController(Runs runs) {
        this.runs = runs;
    }

    /**
     * A run to begin.
     *
     * @param canary null for 1, 5 and 50
     * @param perMinute null for 600
     */
    @Schema(name = "RunPlan", description = "Exactly one of letters, group and search says which letters.")
    record RunPlan(
            @Nullable List<String> letters,

            @Schema(description = "Fingerprint of a group; its open letters") @Nullable
            String group,

            @Schema(description = "Filters of the list of letters, by name") @Nullable
            Map<String, String> search,

            @Schema(
                    description =
                            "Redirect them to this agency: only a REQUEST that its recipient has not read, and only"
                                    + " to one that may be told",
                    example = "social-work-111095")
            @Nullable
            String to,

            @Schema(
                    description =
                            "Letters that have gone at the end of each phase, before all go; empty for all at once."
                                    + " Without it 1, 5 and 50")
            @Nullable
            List<Integer> canary,

            @Schema(description = "Letters a minute to one recipient at most, 1 to 60000; without it 600") @Nullable
            Integer perMinute,

            @Schema(description = "Why, without anything personal; must be given", example = "The mapping is corrected")
            @Nullable
            String reason) {}

    /** Why a run is paused, resumed or stopped. */
    @Schema(name = "RunOrder")
    record RunOrder(@Nullable String reason) {}

    /**
     * A run and a page of its letters.
     *
     * @param next {@code after} of the next page; null on the last
     */
    @Schema(name = "RunAnswer")
    record RunAnswer(Run run, List<RunItem> items, @Nullable Integer next) {}

    @PostMapping
    @Operation(summary = "Send many dead letters again", description = """
                    One after another in the order of the desk; what one recipient is told of one referral stays in order. It \
                    goes in phases: the next begins when every letter of the one before has really arrived or was accepted, and \
                    the first letter that fails again halts the run. Nothing goes twice, whatever happens in between.""")
    @ApiResponse(responseCode = "200", description = "It has begun; `id` is its own")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will begin it")
    @ApiResponse(responseCode = "409", description = "There are no such letters, too many, or no such agency")
    ResponseEntity<DeskAnswer> begin(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @RequestBody RunPlan plan) {
        String reason = DeskDoor.requiredReason(plan.reason());
        Runs.Plan run;
        try {
            run = new Runs.Plan(
                    new Selection(plan.letters(), plan.group(), plan.search()),
                    plan.to(),
                    plan.canary() == null ? RunSettings.CANARY : plan.canary(),
                    plan.perMinute() == null ? RunSettings.PER_MINUTE : plan.perMinute());
        } catch (IllegalArgumentException e) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST,
                    "Give one of letters, group and search; canary has %d phases at most, perMinute goes from 1 to %d."
                            .formatted(RunSettings.MOST_PHASES, RunSettings.MOST_PER_MINUTE));
        }
        Runs.Ordered ordered = runs.begin(run, caller.id(), reason);
        return DeskDoor.answer(ordered.run(), ordered.answer());
    }

    @GetMapping
    @Operation(summary = "List runs", description = "The latest first, with their progress.")
    @ApiResponse(responseCode = "200", description = "One page")
    List<Run> list(
            @Parameter(description = "Id of the last one of the page before") @RequestParam(required = false) @Nullable
                    String after,
            @Parameter(description = "Runs on a page, 1 to 500") @RequestParam(defaultValue = "50") int size) {
        checkSize(size);
        return runs.list(after, size);
    }

    @GetMapping("/{id}")
    @Operation(
            summary = "Show a run",
            description = "Its progress, and a page of its letters with what has become of each.")
    @ApiResponse(responseCode = "200", description = "The run")
    RunAnswer show(
            @PathVariable String id,
            @Parameter(description = "Only letters that stand there") @RequestParam(required = false)
                    RunItem.@Nullable State state,
            @Parameter(description = "`next` of the page before") @RequestParam(defaultValue = "0") int after,
            @Parameter(description = "Letters on a page, 1 to 500") @RequestParam(defaultValue = "50") int size) {
        checkSize(size);
        Run run = runs.find(id).orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, null));
        List<RunItem> items = runs.letters(id, state, after, size + 1);
        List<RunItem> page = items.subList(0, Math.min(size, items.size()));
        return new RunAnswer(
                run,
                page,
                items.size() > page.size()
                        ? Integer.valueOf(page.get(page.size() - 1).number())
                        : null);
    }

    @PostMapping("/{id}/pause")
    @Operation(
            summary = "Pause a run",
            description = "What is on its way arrives; nothing more goes until it is resumed.")
    @ApiResponse(responseCode = "200", description = "It waits")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will carry it out")
    @ApiResponse(responseCode = "409", description = "It does not go any more")
    ResponseEntity<DeskAnswer> pause(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody(required = false) @Nullable RunOrder order) {
        return DeskDoor.answer(id, runs.pause(id, caller.id(), reason(order)));
    }

    @PostMapping("/{id}/resume")
    @Operation(
            summary = "Resume a run",
            description = "One that was paused, or that has halted: the letter that failed stays at the desk.")
    @ApiResponse(responseCode = "200", description = "It goes on")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will carry it out")
    @ApiResponse(responseCode = "409", description = "It goes already, or is over")
    ResponseEntity<DeskAnswer> resume(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody(required = false) @Nullable RunOrder order) {
        return DeskDoor.answer(id, runs.resume(id, caller.id(), reason(order)));
    }

    @PostMapping("/{id}/stop")
    @Operation(summary = "Stop a run", description = "What has not gone stays at the desk; what is on its way arrives.")
    @ApiResponse(responseCode = "200", description = "It is over")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will carry it out")
    @ApiResponse(responseCode = "409", description = "It is over already")
    ResponseEntity<DeskAnswer> stop(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody(required = false) @Nullable RunOrder order) {
        return DeskDoor.answer(id, runs.stop(id, caller.id(), reason(order)));
    }

    private static String reason(@Nullable RunOrder order) {
        return DeskDoor.reason(order == null ? null : order.reason());
    }

    private static void checkSize(int size) {
        if (size < 1 || size > Runs.LARGEST_PAGE) {
            throw ProblemException.of(Problem.BAD_REQUEST, "size goes from 1 to %d.".formatted(Runs.LARGEST_PAGE));
        }
    }
}
