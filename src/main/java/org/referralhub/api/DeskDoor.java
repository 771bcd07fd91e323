package org.referralhub.api;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.DeskOutcome;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** Answers an order that was given at the desk: done, refused with what it is by now, or kept until the ledger comes to it. */
final class DeskDoor {
    private static final int LONGEST_REASON = 500;

    private DeskDoor() {}

    /** What the order came to. */
    static ResponseEntity<DeskAnswer> answer(String subject, DeskOrders.Answer answer) {
        DeskOutcome outcome = answer.outcome();
        if (outcome == null) {
            return ResponseEntity.status(HttpStatus.ACCEPTED)
                    .body(new DeskAnswer(subject, "requested", answer.stamp(), Map.of()));
        }
        if (outcome.isDone()) {
            return ResponseEntity.ok(new DeskAnswer(subject, "done", answer.stamp(), outcome.detail()));
        }
        if (outcome.code().equals(DeskOutcome.UNKNOWN)) {
            throw ProblemException.of(Problem.NOT_FOUND, null);
        }
        throw refused(outcome);
    }

    private static ProblemException refused(DeskOutcome outcome) {
        Map<String, String> detail = outcome.detail();
        String state = detail.get("state");
        String by = detail.get("by");
        String at = detail.get("at");
        // A group has no state.
        String what = state == null ? "changed" : state.toLowerCase(Locale.ROOT);
        String text = state == null && by == null
                ? "Refused: %s.".formatted(outcome.code())
                : "It is %s%s%s.".formatted(what, by == null ? "" : " by " + by, at == null ? "" : ", since " + at);
        return ProblemException.changed(
                text, new ProblemDocument.Now(outcome.code(), state, detail.get("revision"), by, at));
    }

    /** The reason as it is kept; empty when none was given. */
    static String reason(@Nullable String given) {
        String reason = given == null ? "" : given.strip();
        if (reason.length() > LONGEST_REASON) {
            throw ProblemException.of(
                    Problem.BAD_REQUEST, "The reason has %d characters at most.".formatted(LONGEST_REASON));
        }
        return reason;
    }

    /** The reason for what can't be understood later without one. */
    static String requiredReason(@Nullable String given) {
        String reason = reason(given);
        if (reason.isEmpty()) {
            throw ProblemException.of(Problem.BAD_REQUEST, "Say why in \"reason\".");
        }
        return reason;
    }
}
