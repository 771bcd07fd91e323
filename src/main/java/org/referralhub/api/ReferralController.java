package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.AccessLog;
import org.referralhub.ledger.ChildKeys;
import org.referralhub.ledger.ReferralSearch;
import org.referralhub.ledger.ReferralTimeline;
import org.referralhub.ledger.Tracking;
import org.referralhub.ledger.Tracking.ReferralView;
import org.referralhub.message.Urgency;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Where referrals stand. */
@RestController
@RequestMapping(path = "/api/v1/referrals", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Referrals", description = "Where a referral stands, for its parties and for operators.")
class ReferralController {
    private static final String PAGE_SIZE = "50";

    private final Tracking tracking;
    private final ReferralSearch search;
    private final ReferralTimeline timelines;
    private final AccessLog access;

    ReferralController(Tracking tracking, ReferralSearch search, ReferralTimeline timelines, AccessLog access) {
        this.tracking = tracking;
        this.search = search;
        this.timelines = timelines;
        this.access = access;
    }

    @GetMapping
    @Operation(
            summary = "List referrals",
            description =
                    "For operators: the latest first, nothing about the child. What is given must all be true. A page may"
                            + " hold fewer than were asked for and still have a `next`.")
    @ApiResponse(responseCode = "200", description = "One page")
    ReferralSearch.Page list(
            @Parameter(description = "Only referrals that this agency sent or received")
                    @RequestParam(required = false)
                    @Nullable
                    String agency,
            @Parameter(description = "Code of a place; what lies in it counts too")
                    @RequestParam(required = false)
                    @Nullable
                    String place,
            @Parameter(description = "Code of a concern, for example `PHYSICAL_VIOLENCE`")
                    @RequestParam(required = false)
                    @Nullable
                    String concern,
            @Parameter(description = "Only referrals with a recipient in this state, for example `requested`")
                    @RequestParam(required = false)
                    @Nullable
                    String state,
            @Parameter(description = "Only referrals of this urgency") @RequestParam(required = false) @Nullable
                    Urgency urgency,
            @Parameter(description = "Opened at this moment or later, with offset")
                    @RequestParam(required = false)
                    @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
                    @Nullable
                    OffsetDateTime from,
            @Parameter(description = "Opened before this moment, with offset")
                    @RequestParam(required = false)
                    @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
                    @Nullable
                    OffsetDateTime to,
            @Parameter(description = "true: only referrals where an answer is overdue")
                    @RequestParam(defaultValue = "false")
                    boolean overdue,
            @Parameter(description = "`next` of the page before") @RequestParam(required = false) @Nullable
                    String after,
            @Parameter(description = "Referrals on a page, 1 to 500") @RequestParam(defaultValue = PAGE_SIZE)
                    int size) {
        return page(
                new ReferralSearch.Query(
                        agency, place, concern, state, urgency, instant(from), instant(to), overdue, null),
                after,
                size);
    }

    /**
     * Whose referrals are wanted; the register number alone, or the given name with the patronymic or the whole date of birth.
     *
     * @param after {@code next} of the page before
     */
    @Schema(
            name = "ChildSearch",
            description = "A child: the register number, or the given name with patronymic or birth date.")
    record ChildSearch(
            @Nullable String registerNo,
            @Nullable String givenName,
            @Nullable String patronymic,
            @Schema(example = "2016-05-04") @Nullable String birthDate,
            @Nullable String agency,
            @Nullable String place,
            @Nullable String after,
            @Nullable Integer size) {
        /** True for a control character, which PostgreSQL does not take. */
        boolean isStrange() {
            return Stream.of(agency, place, after)
                    .anyMatch(text -> text != null && text.chars().anyMatch(Character::isISOControl));
        }

        /** Nobody should find it in a log. */
        @Override
        public String toString() {
            return "ChildSearch[...]";
        }
    }

    @PostMapping(path = "/search", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            summary = "Find a child's referrals",
            description =
                    "For operators: by register number or name, which stand in the index as keyed hashes only. Ways of"
                            + " writing that look alike find each other. Who searched goes into the audit, what for does not.")
    @ApiResponse(responseCode = "200", description = "One page, the latest first; nothing about the child")
    ReferralSearch.Page searchForChild(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @RequestBody ChildSearch wanted) {
        if (!search.findsChildren()) {
            throw ProblemException.of(Problem.SEARCH_OFF, null);
        }
        if (wanted.isStrange()) {
            throw ProblemException.of(Problem.BAD_REQUEST, "agency, place or after has a control character.");
        }
        access.note(caller.id(), "search-child");
        return page(
                new ReferralSearch.Query(
                        wanted.agency(),
                        wanted.place(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        false,
                        new ChildKeys.Child(
                                text(wanted.registerNo()),
                                text(wanted.givenName()),
                                text(wanted.patronymic()),
                                text(wanted.birthDate()))),
                wanted.after(),
                wanted.size() == null ? Integer.parseInt(PAGE_SIZE) : wanted.size());
    }

    private ReferralSearch.Page page(ReferralSearch.Query query, @Nullable String after, int size) {
        if (size < 1 || size > ReferralSearch.LARGEST_PAGE) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST, "size goes from 1 to %d.".formatted(ReferralSearch.LARGEST_PAGE));
        }
        try {
            return search.search(query, after, size);
        } catch (IllegalArgumentException e) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST,
                    "after must be the next of a page, and a child needs a register number, or a given name with patronymic"
                            + " or whole birth date.");
        }
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime moment) {
        return moment == null ? null : moment.toInstant();
    }

    @GetMapping("/{idOrReference}/timeline")
    @Operation(
            summary = "Everything that happened to a referral",
            description =
                    "Messages, states, deadlines and deliveries with their attempts and the basis of disclosure, in"
                            + " order. Operators see all of it, its parties what is theirs to see.")
    @ApiResponse(responseCode = "200", description = "The timeline; nothing about the child")
    List<ReferralTimeline.Entry> timeline(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @Parameter(description = "referralId or reference") @PathVariable String idOrReference) {
        ReferralView referral = seenBy(caller, idOrReference);
        return caller.agency()
                ? timelines.forParty(referral.referralId(), referral.sender(), caller.id())
                : timelines.whole(referral.referralId());
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
        ReferralView referral = seenBy(caller, idOrReference);
        return caller.agency() ? ReferralAnswer.toParty(referral, caller.id()) : ReferralAnswer.whole(referral);
    }

    /** For an agency that is no party it does not exist. */
    private ReferralView seenBy(Caller caller, String idOrReference) {
        return tracking.referral(idOrReference)
                .filter(referral -> !caller.agency() || tracking.isParty(caller.id(), referral.referralId()))
                .orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, null));
    }
}
