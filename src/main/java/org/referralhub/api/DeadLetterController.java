package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.Desk.DeskFilter;
import org.referralhub.deadletter.Letter;
import org.referralhub.deadletter.LetterState;
import org.referralhub.deadletter.LetterSummary;
import org.referralhub.deadletter.Page;
import org.referralhub.message.Report;
import org.referralhub.validation.ReportJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The dead-letter desk. */
@RestController
@RequestMapping(path = "/api/v1/dead-letters", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Dead letters", description = "For operators: what could not go on, why, and sending it again.")
class DeadLetterController {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterController.class);
    private static final int LARGEST_PAGE = 500;

    private final Desk desk;

    DeadLetterController(Desk desk) {
        this.desk = desk;
    }

    /**
     * A letter whole.
     *
     * @param original the bytes as text, when they are valid UTF-8
     * @param originalBase64 the bytes otherwise
     */
    @Schema(
            name = "DeadLetter",
            description = "A dead letter with everything that was kept, the personal part included.")
    record LetterAnswer(
            LetterSummary summary,
            @Nullable String exception,
            @Nullable String dialect,
            Map<String, String> headers,
            List<FindingView> findings,
            @Nullable String original,
            @Nullable String originalBase64) {}

    /** A replay was asked for. */
    @Schema(name = "ReplayAnswer")
    record ReplayAnswer(
            String id,
            @Schema(allowableValues = "requested") String status) {}

    @GetMapping
    @Operation(summary = "List dead letters", description = "Most urgent and oldest first, without anything personal.")
    @ApiResponse(responseCode = "200", description = "One page")
    Page<LetterSummary> list(
            @Parameter(description = "Only letters in this state; `ANY` for all") @RequestParam(defaultValue = "OPEN")
                    String state,
            @Parameter(description = "Only letters with this cause") @RequestParam(required = false) @Nullable
                    String cause,
            @Parameter(description = "Only letters from or for this agency") @RequestParam(required = false) @Nullable
                    String agency,
            @RequestParam(defaultValue = "0") int page,
            @Parameter(description = "Letters on a page, 1 to 500") @RequestParam(defaultValue = "50") int size) {
        if (page < 0 || size < 1 || size > LARGEST_PAGE) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST, "page starts at 0, size goes from 1 to %d.".formatted(LARGEST_PAGE));
        }
        return desk.list(new DeskFilter(state(state), cause, agency), page, size);
    }

    @GetMapping("/{id}")
    @Operation(
            summary = "Show a dead letter",
            description = "With the original bytes, which are personal. That you looked is logged.")
    @ApiResponse(responseCode = "200", description = "The letter")
    LetterAnswer show(@Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @PathVariable String id) {
        Letter letter = desk.show(id).orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, null));
        LOG.info(
                "Operator {} opened dead letter {}",
                caller.id(),
                letter.summary().id());
        String text = text(letter.original());
        return new LetterAnswer(
                letter.summary(),
                letter.exception(),
                letter.dialect(),
                letter.headers(),
                findings(letter),
                text,
                text == null ? Base64.getEncoder().encodeToString(letter.original()) : null);
    }

    @PostMapping("/{id}/replay")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(
            summary = "Send a dead letter again",
            description = "It takes the way it failed on once more. However often it is asked for, it goes once.")
    @ApiResponse(responseCode = "202", description = "The ledger will send it")
    ReplayAnswer replay(@Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @PathVariable String id) {
        if (!desk.replay(id, caller.id())) {
            throw ProblemException.of(Problem.NOT_FOUND, null);
        }
        return new ReplayAnswer(id, "requested");
    }

    private static @Nullable LetterState state(String name) {
        if ("ANY".equalsIgnoreCase(name)) {
            return null;
        }
        for (LetterState state : LetterState.values()) {
            if (state.name().equalsIgnoreCase(name)) {
                return state;
            }
        }
        throw ProblemException.of(
                Problem.BAD_REQUEST,
                "state is one of ANY, %s.".formatted(java.util.Arrays.toString(LetterState.values())));
    }

    private static List<FindingView> findings(Letter letter) {
        Report report = letter.findings().isBlank()
                ? Report.CLEAN
                : ReportJson.fromBytes(letter.findings().getBytes(StandardCharsets.UTF_8));
        return FindingView.of(report);
    }

    private static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
