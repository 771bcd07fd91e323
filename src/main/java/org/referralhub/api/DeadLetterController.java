package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Operator;
import org.referralhub.agency.Operators;
import org.referralhub.deadletter.Contents;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskFilter;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.Letter;
import org.referralhub.deadletter.LetterGroup;
import org.referralhub.deadletter.LetterSummary;
import org.referralhub.deadletter.Page;
import org.referralhub.message.Report;
import org.referralhub.validation.ReportJson;
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

/** The dead-letter desk. */
@RestController
@RequestMapping(path = "/api/v1/dead-letters", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Dead letters", description = "For operators: what could not go on, why, and what to do with it.")
class DeadLetterController {
    private final Desk desk;
    private final DeskOrders orders;
    private final Contents contents;
    private final Supplier<Operators> operators;

    DeadLetterController(Desk desk, DeskOrders orders, Contents contents, Supplier<Operators> operators) {
        this.desk = desk;
        this.orders = orders;
        this.contents = contents;
        this.operators = operators;
    }

    /**
     * A letter with all that is known of it but its content.
     *
     * @param kept false when its time is over and its bytes were removed
     * @param remedy where the documentation says what to do about its cause
     * @param history what was done to it, the latest first
     * @param siblings the same referral's other letters
     * @param children letters that correct this one
     * @param affected open letters of the same cause and step, by recipient
     */
    @Schema(name = "DeadLetter", description = "A dead letter with all that is known of it but its content.")
    record LetterAnswer(
            LetterSummary summary,
            @Nullable String exception,
            Map<String, String> headers,
            List<FindingView> findings,
            boolean kept,
            String remedy,
            @Nullable LetterGroup group,
            List<Letter.Event> history,
            List<LetterSummary> siblings,
            List<String> children,
            Map<String, Long> affected) {}

    /**
     * A group with its history.
     *
     * @param history what was noted about it, the latest first
     * @param affected open letters of the same cause and step, by recipient
     */
    @Schema(name = "DeadLetterGroupAnswer")
    record GroupAnswer(LetterGroup group, List<Letter.Event> history, Map<String, Long> affected) {}

    /** Letters that failed alike. */
    @Schema(name = "DeadLetterGroups")
    record GroupsAnswer(List<LetterGroup> items) {}

    /**
     * An order about a letter.
     *
     * @param expected the revision that the caller saw
     * @param reason why, for the other operators
     */
    @Schema(name = "DeskOrder")
    record OrderBody(
            @Schema(
                    description = "The revision that you saw. When the letter has changed since, the order is refused."
                            + " Without it only the state counts.")
            @Nullable
            Integer expected,

            @Schema(
                    description = "Why, for the other operators; without anything personal, 500 characters at most.",
                    example = "The school has sent it on paper")
            @Nullable
            String reason) {
        static final OrderBody EMPTY = new OrderBody(null, null);
    }

    /** @param owner who looks after it from now on; null for nobody */
    @Schema(name = "DeskOwner")
    record OwnerBody(
            @Nullable Integer expected,

            @Schema(description = "Who looks after it; `me` for yourself, nothing for nobody", example = "me") @Nullable
            String owner) {}

    /** @param note for the other operators; null to take it off */
    @Schema(name = "DeskNote")
    record NoteBody(
            @Nullable Integer expected,

            @Schema(description = "For the other operators; without anything personal, 500 characters at most.")
            @Nullable
            String note) {}

    /** A note, an owner or both, for a group. */
    @Schema(name = "DeskGroupLabel")
    record GroupBody(
            @Nullable Integer expected,

            @Schema(description = "`me` for yourself, empty for nobody; left out, it stays") @Nullable
            String owner,

            @Schema(description = "Empty takes it off; left out, it stays") @Nullable
            String note) {}

    @GetMapping
    @Operation(
            summary = "List dead letters",
            description =
                    "The most urgent first, of these the ones that must be answered first. Without anything personal.")
    @ApiResponse(responseCode = "200", description = "One page; `next` is the `after` of the following one")
    Page<LetterSummary> list(
            @Parameter(description = "Only letters in this state; `ANY` for all") @RequestParam(defaultValue = "OPEN")
                    String state,
            @RequestParam(required = false) @Nullable String cause,
            @Parameter(description = "Only letters of this group") @RequestParam(required = false) @Nullable
                    String group,
            @Parameter(description = "Only letters from or for this agency") @RequestParam(required = false) @Nullable
                    String agency,
            @RequestParam(required = false) @Nullable String sender,
            @RequestParam(required = false) @Nullable String recipient,
            @RequestParam(required = false) @Nullable String dialect,
            @RequestParam(required = false) @Nullable String stage,
            @RequestParam(required = false) @Nullable String urgency,
            @Parameter(description = "`refused`, `permanent`, `exhausted` or `unknown`")
                    @RequestParam(required = false)
                    @Nullable
                    String failure,
            @Parameter(description = "Identifier or reference of a referral") @RequestParam(required = false) @Nullable
                    String referral,
            @Parameter(description = "Captured then or later, ISO 8601 with offset")
                    @RequestParam(required = false)
                    @Nullable
                    String since,
            @Parameter(description = "Captured before") @RequestParam(required = false) @Nullable String until,
            @Parameter(description = "Must have been answered before")
                    @RequestParam(name = "due-before", required = false)
                    @Nullable
                    String dueBefore,
            @Parameter(description = "Who looks after it; `-` for nobody") @RequestParam(required = false) @Nullable
                    String owner,
            @Parameter(description = "Risk of the referral: `LOW`, `MEDIUM` or `HIGH`")
                    @RequestParam(required = false)
                    @Nullable
                    String risk,
            @Parameter(description = "Code of a place; what lies in it counts too")
                    @RequestParam(required = false)
                    @Nullable
                    String place,
            @Parameter(description = "Version of the configuration under which it failed")
                    @RequestParam(required = false)
                    @Nullable
                    String configuration,
            @Parameter(description = "Code of what was found") @RequestParam(required = false) @Nullable String finding,
            @Parameter(description = "Part of the class name of the failure") @RequestParam(required = false) @Nullable
                    String exception,
            @Parameter(description = "Part of the note on the letter") @RequestParam(required = false) @Nullable
                    String note,
            @Parameter(description = "Identifier of a letter, a message, a delivery or a referral, or a reference")
                    @RequestParam(required = false)
                    @Nullable
                    String q,
            @Parameter(description = "Where to go on: `next` of the page before")
                    @RequestParam(required = false)
                    @Nullable
                    String after,
            @Parameter(description = "Letters on a page, 1 to 500") @RequestParam(defaultValue = "50") int size) {
        Map<String, @Nullable String> named = new LinkedHashMap<>();
        named.put("state", state);
        named.put("cause", cause);
        named.put("group", group);
        named.put("agency", agency);
        named.put("sender", sender);
        named.put("recipient", recipient);
        named.put("dialect", dialect);
        named.put("stage", stage);
        named.put("urgency", urgency);
        named.put("failure", failure);
        named.put("referral", referral);
        named.put("since", since);
        named.put("until", until);
        named.put("due-before", dueBefore);
        named.put("owner", owner);
        named.put("risk", risk);
        named.put("place", place);
        named.put("configuration", configuration);
        named.put("finding", finding);
        named.put("exception", exception);
        named.put("note", note);
        named.put("q", q);
        DeskFilter filter = filter(named);
        checkSize(size);
        try {
            return desk.list(filter, after, size);
        } catch (IllegalArgumentException e) {
            throw ProblemException.of(Problem.BAD_REQUEST, "after is what the page before calls next.");
        }
    }

    @GetMapping("/groups")
    @Operation(
            summary = "Letters that failed alike",
            description = "The most pressing group first, with counts, trend by the hour, note, owner and remedy.")
    @ApiResponse(responseCode = "200", description = "The groups")
    GroupsAnswer groups(
            @Parameter(description = "Also groups of which nothing is open any more")
                    @RequestParam(defaultValue = "false")
                    boolean all,
            @RequestParam(defaultValue = "100") int size) {
        checkSize(size);
        return new GroupsAnswer(desk.groups(all, size));
    }

    @GetMapping("/groups/{fingerprint}")
    @Operation(summary = "One group")
    @ApiResponse(responseCode = "200", description = "The group")
    GroupAnswer group(@PathVariable String fingerprint) {
        LetterGroup group = desk.group(fingerprint).orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, null));
        return new GroupAnswer(group, desk.history(fingerprint), desk.affected(group));
    }

    @PostMapping("/groups/{fingerprint}")
    @Operation(summary = "Leave a note on a group, or say who looks after it")
    @ApiResponse(responseCode = "200", description = "It is recorded")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will record it")
    ResponseEntity<DeskAnswer> label(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String fingerprint,
            @RequestBody GroupBody body) {
        if (body.owner() == null && body.note() == null) {
            throw ProblemException.of(Problem.BAD_REQUEST, "Say \"note\", \"owner\" or both.");
        }
        DeskOrders.Answer answer = null;
        Integer expected = body.expected();
        if (body.owner() != null) {
            answer = orders.order(
                    "own-group", fingerprint, expected, caller.id(), "", Map.of("owner", owner(body.owner(), caller)));
            expected = null;
        }
        if (body.note() != null && (answer == null || !isRefused(answer))) {
            answer = orders.order(
                    "note-group", fingerprint, expected, caller.id(), "", Map.of("note", DeskDoor.reason(body.note())));
        }
        if (answer == null) {
            throw ProblemException.of(Problem.BAD_REQUEST, null);
        }
        return DeskDoor.answer(fingerprint, answer);
    }

    private static boolean isRefused(DeskOrders.Answer answer) {
        return !answer.isDone() && !answer.isRequested();
    }

    @GetMapping("/{id}")
    @Operation(
            summary = "Show a dead letter",
            description = "All that is known of it but its content; nothing personal.")
    @ApiResponse(responseCode = "200", description = "The letter")
    LetterAnswer show(@PathVariable String id) {
        Letter letter = desk.show(id).orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, null));
        LetterGroup group = desk.group(letter.summary().group()).orElse(null);
        return new LetterAnswer(
                letter.summary(),
                letter.exception(),
                letter.headers(),
                findings(letter),
                letter.kept(),
                Desk.remedy(letter.summary().cause()),
                group,
                letter.history(),
                letter.siblings(),
                letter.children(),
                group == null ? Map.of() : desk.affected(group));
    }

    @PostMapping("/{id}/replay")
    @Operation(
            summary = "Send a dead letter again",
            description = "It takes the way it failed on once more. However often it is asked for, it goes once.")
    @ApiResponse(responseCode = "200", description = "It is on its way")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will carry it out")
    ResponseEntity<DeskAnswer> replay(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody(required = false) @Nullable OrderBody body) {
        OrderBody order = body == null ? OrderBody.EMPTY : body;
        return order("replay", id, order.expected(), caller, DeskDoor.reason(order.reason()), Map.of());
    }

    @PostMapping("/{id}/discard")
    @Operation(
            summary = "Put a dead letter away",
            description =
                    "What it was to bring is withdrawn; the recipient's clock goes on and escalates. It can be restored"
                            + " until its time is over (`hub.desk.retention`). The reason must be given.")
    @ApiResponse(responseCode = "200", description = "It is put away")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will carry it out")
    ResponseEntity<DeskAnswer> discard(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody OrderBody body) {
        return order("discard", id, body.expected(), caller, DeskDoor.requiredReason(body.reason()), Map.of());
    }

    @PostMapping("/{id}/restore")
    @Operation(summary = "Bring back a letter that was put away")
    @ApiResponse(responseCode = "200", description = "It is open again")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will carry it out")
    ResponseEntity<DeskAnswer> restore(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody(required = false) @Nullable OrderBody body) {
        OrderBody order = body == null ? OrderBody.EMPTY : body;
        return order("restore", id, order.expected(), caller, DeskDoor.reason(order.reason()), Map.of());
    }

    @PostMapping("/{id}/return")
    @Operation(
            summary = "Give a dead letter back to its sender",
            description =
                    "The sender gets a receipt with what was found at which places, and with your words, which are the"
                            + " reason. What it was to bring is withdrawn; the recipient's clock goes on.")
    @ApiResponse(responseCode = "200", description = "Its sender is told")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will carry it out")
    ResponseEntity<DeskAnswer> giveBack(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody OrderBody body) {
        return order("return", id, body.expected(), caller, DeskDoor.requiredReason(body.reason()), Map.of());
    }

    @PostMapping("/{id}/own")
    @Operation(summary = "Say who looks after a letter")
    @ApiResponse(responseCode = "200", description = "It is recorded")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will record it")
    ResponseEntity<DeskAnswer> own(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody OwnerBody body) {
        return order("own", id, body.expected(), caller, "", Map.of("owner", owner(body.owner(), caller)));
    }

    @PostMapping("/{id}/note")
    @Operation(summary = "Leave a note on a letter")
    @ApiResponse(responseCode = "200", description = "It is recorded")
    @ApiResponse(responseCode = "202", description = "The order is kept, and the ledger will record it")
    ResponseEntity<DeskAnswer> note(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody NoteBody body) {
        return order("note", id, body.expected(), caller, "", Map.of("note", DeskDoor.reason(body.note())));
    }

    private ResponseEntity<DeskAnswer> order(
            String action,
            String id,
            @Nullable Integer expected,
            Caller caller,
            String reason,
            Map<String, String> parameters) {
        return DeskDoor.answer(id, orders.order(action, id, expected, caller.id(), reason, parameters));
    }

    private String owner(@Nullable String owner, Caller caller) {
        if (owner == null || owner.isEmpty() || owner.equals("me")) {
            return owner == null || owner.isEmpty() ? "" : caller.id();
        }
        return operators
                .get()
                .find(owner)
                .map(Operator::id)
                .orElseThrow(() -> ProblemException.of(
                        Problem.BAD_REQUEST, "owner is `me`, the user name of an operator, or empty for nobody."));
    }

    private static void checkSize(int size) {
        if (size < 1 || size > Desk.LARGEST_PAGE) {
            throw ProblemException.of(Problem.BAD_REQUEST, "size goes from 1 to %d.".formatted(Desk.LARGEST_PAGE));
        }
    }

    private static DeskFilter filter(Map<String, @Nullable String> named) {
        Map<String, String> given = new LinkedHashMap<>();
        named.forEach((name, value) -> {
            if (value != null) {
                given.put(name, value);
            }
        });
        try {
            return DeskFilter.of(given);
        } catch (IllegalArgumentException e) {
            throw ProblemException.of(Problem.BAD_REQUEST, e.getMessage());
        }
    }

    private List<FindingView> findings(Letter letter) {
        Report report = letter.findings().isBlank()
                ? Report.CLEAN
                : ReportJson.fromBytes(letter.findings().getBytes(StandardCharsets.UTF_8));
        return FindingView.of(new Report(contents.masked(letter.summary().id(), report.findings())));
    }
}
