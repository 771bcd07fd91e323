package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.Contents;
import org.referralhub.deadletter.Foreseen;
import org.referralhub.deadletter.Rehearsal;
import org.referralhub.deadletter.Rehearsals;
import org.referralhub.deadletter.Selection;
import org.referralhub.ledger.BusyException;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Trying letters without sending them. */
@RestController
@RequestMapping(path = "/api/v1/dead-letters/rehearsals", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Dead letters")
class RehearsalController {
    private static final int LARGEST_PAGE = 500;
    private static final int MOST_SECONDS = 60;

    private final Rehearsals rehearsals;
    private final Contents contents;

    RehearsalController(Rehearsals rehearsals, Contents contents) {
        this.rehearsals = rehearsals;
        this.contents = contents;
    }

    /**
     * A rehearsal and a page of its letters.
     *
     * @param next {@code after} of the next page; null on the last so far
     */
    @Schema(name = "RehearsalAnswer", description = "What would become of the letters; nothing personal.")
    record RehearsalAnswer(
            Rehearsal rehearsal,
            List<ForeseenView> items,
            @Nullable Integer next) {}

    /** What would become of one letter. */
    @Schema(name = "ForeseenLetter")
    record ForeseenView(
            int number,
            String letter,
            Foreseen.Outcome outcome,

            @Schema(description = "Code of what stands in its way, or why nothing would be done") @Nullable
            String cause,

            @Nullable String messageType,

            @Schema(description = "Who would get it by today's rules, and why it could not be written for one of them")
            List<Foreseen.Recipient> recipients,

            List<FindingView> findings,

            @Schema(description = "Where it is otherwise than when it failed: places, never values")
            List<Foreseen.Difference> differences,

            @Schema(description = "Codes of what was not tried, for example `courier-not-tried`")
            List<String> remarks) {
        static ForeseenView of(Foreseen letter, List<Finding> masked) {
            return new ForeseenView(
                    letter.number(),
                    letter.letter(),
                    letter.outcome(),
                    letter.cause(),
                    letter.messageType(),
                    letter.recipients(),
                    FindingView.of(new Report(masked)),
                    letter.differences(),
                    letter.remarks());
        }
    }

    @PostMapping
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "Rehearse dead letters", description = """
                    Tries the letters on today's routes, schemas, mappings, recipients and consent, in the background; nothing \
                    is sent and nothing is changed. Say which with one of `letters`, `group` and `search`; 20,000 at most. \
                    The result is kept for an hour on the node that was asked.""")
    @ApiResponse(responseCode = "202", description = "It begins, or waits behind another one")
    Rehearsal start(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @RequestBody Selection selection) {
        try {
            return rehearsals.start(selection, caller.id());
        } catch (Rehearsals.TooManyException e) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST, "More than %d letters; narrow the search.".formatted(Rehearsals.MOST));
        } catch (IllegalArgumentException e) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST,
                    "Give one of letters, group and search; search takes the filters of the list of letters.");
        } catch (BusyException e) {
            throw ProblemException.retry(Problem.UNAVAILABLE, "Other rehearsals are waiting.", MOST_SECONDS, null);
        }
    }

    @GetMapping
    @Operation(summary = "List rehearsals", description = "Those of the last hour on this node, the latest first.")
    @ApiResponse(responseCode = "200", description = "All that are kept")
    List<Rehearsal> all() {
        return rehearsals.all();
    }

    @GetMapping("/{id}")
    @Operation(
            summary = "Show a rehearsal",
            description = "Its progress, its totals by outcome and cause, and a page of its letters.")
    @ApiResponse(responseCode = "200", description = "The rehearsal")
    RehearsalAnswer show(
            @PathVariable String id,
            @Parameter(description = "Only letters with this outcome") @RequestParam(required = false)
                    Foreseen.@Nullable Outcome outcome,
            @Parameter(description = "`next` of the page before") @RequestParam(defaultValue = "0") int after,
            @Parameter(description = "Letters on a page, 0 to 500") @RequestParam(defaultValue = "50") int size) {
        if (after < 0 || size < 0 || size > LARGEST_PAGE) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST, "after starts at 0, size goes from 0 to %d.".formatted(LARGEST_PAGE));
        }
        Rehearsal rehearsal = rehearsals.find(id).orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, null));
        List<Foreseen> letters = rehearsals.letters(id, outcome, after, size + 1);
        List<Foreseen> page = letters.subList(0, Math.min(size, letters.size()));
        return new RehearsalAnswer(
                rehearsal,
                page.stream()
                        .map(letter -> ForeseenView.of(letter, contents.masked(letter.letter(), letter.findings())))
                        .toList(),
                letters.size() > page.size() && !page.isEmpty()
                        ? Integer.valueOf(page.get(page.size() - 1).number())
                        : null);
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Cancel a rehearsal", description = "What it has told by then can still be read.")
    @ApiResponse(responseCode = "204", description = "It has ended")
    void cancel(@PathVariable String id) {
        if (!rehearsals.cancel(id)) {
            throw ProblemException.of(Problem.NOT_FOUND, null);
        }
    }
}
