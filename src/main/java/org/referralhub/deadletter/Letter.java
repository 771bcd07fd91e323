package org.referralhub.deadletter;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter with all that is known of it but its content.
 *
 * @param exception class names, no texts
 * @param headers the hub's own message properties
 * @param findings the report as a JSON array; empty array when there is none
 * @param kept false when its time is over and its bytes were removed
 * @param history what was done to it, the latest first
 * @param siblings the same referral's other letters
 * @param children letters that correct this one
 */
public record Letter(
        LetterSummary summary,
        @Nullable String exception,
        Map<String, String> headers,
        String findings,
        boolean kept,
        List<Event> history,
        List<LetterSummary> siblings,
        List<String> children) {

    /**
     * An order that was given about a letter, a group or a run, or what the hub did by itself.
     *
     * @param actor who gave it; {@code hub} for the hub itself
     * @param outcome {@code DONE}, or a code of why not
     * @param fields pointers of the fields that it was about; empty when it was about none
     */
    public record Event(
            String stamp,
            String action,
            String subject,
            String actor,
            String reason,
            String outcome,
            Instant at,
            String fields) {}

    public Letter {
        headers = Map.copyOf(headers);
        history = List.copyOf(history);
        siblings = List.copyOf(siblings);
        children = List.copyOf(children);
    }
}
