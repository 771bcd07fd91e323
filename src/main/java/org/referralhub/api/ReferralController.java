package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.Tracking;
import org.referralhub.ledger.Tracking.ReferralFilter;
import org.referralhub.ledger.Tracking.ReferralPage;
import org.referralhub.ledger.Tracking.ReferralView;
import org.referralhub.message.Urgency;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Where referrals stand. */
@RestController
@RequestMapping(path = "/api/v1/referrals", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Referrals", description = "Where a referral stands, for its parties and for operators.")
class ReferralController {
    private static final int LARGEST_PAGE = 500;

    private final Tracking tracking;

    ReferralController(Tracking tracking) {
        this.tracking = tracking;
    }

    @GetMapping
    @Operation(summary = "List referrals", description = "For operators: the latest first, nothing about the child.")
    @ApiResponse(responseCode = "200", description = "One page")
    ReferralPage list(
            @Parameter(description = "Only referrals that this agency sent or received")
                    @RequestParam(required = false)
                    @Nullable
                    String agency,
            @Parameter(description = "Only referrals with a recipient in this state, for example `requested`")
                    @RequestParam(required = false)
                    @Nullable
                    String state,
            @Parameter(description = "Only referrals of this urgency") @RequestParam(required = false) @Nullable
                    Urgency urgency,
            @RequestParam(defaultValue = "0") int page,
            @Parameter(description = "Referrals on a page, 1 to 500") @RequestParam(defaultValue = "50") int size) {
        if (page < 0 || size < 1 || size > LARGEST_PAGE) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST, "page starts at 0, size goes from 1 to %d.".formatted(LARGEST_PAGE));
        }
        return tracking.referrals(new ReferralFilter(agency, state, urgency), page, size);
    }

    @GetMapping("/{idOrReference}")
    @Operation(
            summary = "Where a referral stands",
            description = "For its sender, its recipients and operators. For anybody else it does not exist.")
    @ApiResponse(responseCode = "200", description = "Its state, recipients and messages; nothing about the child")
    ReferralAnswer show(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @Parameter(description = "referralId or reference, the reference as somebody typed it") @PathVariable
                    String idOrReference) {
        ReferralView referral =
                tracking.referral(idOrReference).orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, null));
        if (!caller.agency()) {
            return ReferralAnswer.whole(referral);
        }
        if (!tracking.isParty(caller.id(), referral.referralId())) {
            throw ProblemException.of(Problem.NOT_FOUND, null);
        }
        return ReferralAnswer.toParty(referral, caller.id());
    }
}
