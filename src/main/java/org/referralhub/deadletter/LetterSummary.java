package org.referralhub.deadletter;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Urgency;

/**
 * A dead letter without anything personal.
 *
 * @param origin queue it was taken from
 * @param stage step that failed
 * @param cause stable code of the cause
 * @param failureClass {@code refused}, {@code permanent}, {@code exhausted} or {@code unknown}
 * @param sender agency that wrote it, where known
 * @param recipient agency it was for; null when it never came so far
 * @param attempts how often it was tried, over all replays
 */
public record LetterSummary(
        String id,
        LetterState state,
        String origin,
        String stage,
        String cause,
        String failureClass,
        @Nullable Urgency urgency,
        @Nullable String sender,
        @Nullable String recipient,
        @Nullable String referralId,
        @Nullable String messageId,
        int attempts,
        Instant capturedAt) {}
