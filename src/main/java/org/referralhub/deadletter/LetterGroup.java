package org.referralhub.deadletter;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Urgency;

/**
 * Letters that failed alike.
 *
 * @param exception class names, no texts
 * @param findings codes with the places they were found at, {@code *} for numbers; separated by spaces
 * @param open letters that wait for an operator
 * @param total letters that ever came to it
 * @param urgency the highest of its open letters; null when there are none, or none with an urgency
 * @param dueAt when somebody must have answered the most pressing of its open letters; null when there are none
 * @param trend letters that came to it in each of the last 24 hours, the current one last
 * @param remedy where the documentation says what to do: a page and an anchor
 * @param owner operator who looks after it
 * @param revision counts changes of note and owner
 */
public record LetterGroup(
        String fingerprint,
        String stage,
        String cause,
        String failureClass,
        @Nullable String exception,
        @Nullable String dialect,
        @Nullable String recipient,
        String findings,
        Instant firstSeen,
        Instant lastSeen,
        long open,
        long total,
        @Nullable Urgency urgency,
        @Nullable Instant dueAt,
        List<Long> trend,
        String remedy,
        @Nullable String note,
        @Nullable String owner,
        int revision) {
    public LetterGroup {
        trend = List.copyOf(trend);
    }

    LetterGroup with(List<Long> hours) {
        return new LetterGroup(
                fingerprint,
                stage,
                cause,
                failureClass,
                exception,
                dialect,
                recipient,
                findings,
                firstSeen,
                lastSeen,
                open,
                total,
                urgency,
                dueAt,
                hours,
                remedy,
                note,
                owner,
                revision);
    }
}
