package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.referralhub.ledger.Tracking;
import org.referralhub.ledger.Tracking.ReferralView;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where referrals stand. */
@RestController
@RequestMapping(path = "/api/v1/referrals", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Referrals", description = "Where a referral stands, for its parties and for operators.")
class ReferralController {
    private final Tracking tracking;

    ReferralController(Tracking tracking) {
        this.tracking = tracking;
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
