package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.AuditTrail;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Who did what, and whether anybody has meddled with the record of it. */
@RestController
@RequestMapping(path = "/api/v1/audit", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Audit", description = "For auditors and administrators: who did what, when, to what, and why.")
class AuditController {
    private static final String PAGE_SIZE = "50";
    private static final String STEP = "50000";

    private final AuditTrail audit;

    AuditController(AuditTrail audit) {
        this.audit = audit;
    }

    @GetMapping
    @Operation(
            summary = "Who did what",
            description =
                    "The latest first; what is given must all be true. A page may hold fewer than were asked for and"
                            + " still have a `next`.")
    @ApiResponse(responseCode = "200", description = "One page; ids, codes, and the reasons that people gave")
    AuditTrail.Page list(
            @Parameter(description = "User name of the person, or the program")
                    @RequestParam(required = false)
                    @Nullable
                    String actor,
            @Parameter(description = "Code of what was done, for example `replay`")
                    @RequestParam(required = false)
                    @Nullable
                    String action,
            @Parameter(description = "Id of what it was done to") @RequestParam(required = false) @Nullable
                    String subject,
            @Parameter(description = "Done at this moment or later, with offset")
                    @RequestParam(required = false)
                    @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
                    @Nullable
                    OffsetDateTime from,
            @Parameter(description = "Done before this moment, with offset")
                    @RequestParam(required = false)
                    @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
                    @Nullable
                    OffsetDateTime to,
            @Parameter(description = "`next` of the page before") @RequestParam(required = false) @Nullable Long after,
            @Parameter(description = "Rows on a page, 1 to 500") @RequestParam(defaultValue = PAGE_SIZE) int size) {
        if (size < 1 || size > AuditTrail.LARGEST_PAGE) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST, "size goes from 1 to %d.".formatted(AuditTrail.LARGEST_PAGE));
        }
        return audit.page(new AuditTrail.Query(actor, action, subject, instant(from), instant(to)), after, size);
    }

    @GetMapping("/verification")
    @Operation(
            summary = "Follow the chain",
            description =
                    "Every row holds the hash of the one before. One call follows some rows; from 1, and then from each"
                            + " `next`, it is the whole chain. Note `last` and `hash` elsewhere to tell later that nothing was cut"
                            + " off at the end.")
    @ApiResponse(responseCode = "200", description = "What this step has found")
    AuditTrail.Verification verify(
            @Parameter(description = "Number of the first row to follow") @RequestParam(defaultValue = "1") long from,
            @Parameter(description = "Rows at most, 1 to 100000") @RequestParam(defaultValue = STEP) int max) {
        if (from < 1 || max < 1 || max > AuditTrail.LARGEST_STEP) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST,
                    "from begins at 1, and max goes from 1 to %d.".formatted(AuditTrail.LARGEST_STEP));
        }
        return audit.verify(from, max);
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime moment) {
        return moment == null ? null : moment.toInstant();
    }
}
