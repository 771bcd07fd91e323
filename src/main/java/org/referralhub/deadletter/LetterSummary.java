package org.referralhub.deadletter;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Urgency;

/**
 * A dead letter without anything personal.
 *
 * @param revision counts its changes; an order names the one that its giver saw
 * @param origin queue it was taken from
 * @param stage step that failed
 * @param cause stable code of the cause
 * @param failureClass {@code refused}, {@code permanent}, {@code exhausted} or {@code unknown}
 * @param risk risk level of the referral, where known
 * @param dueAt when somebody must have answered
 * @param sender agency that wrote it, where known
 * @param recipient agency it was for; null when it never came so far
 * @param place code of the referral's place, where known
 * @param group fingerprint of the letters that failed alike
 * @param configuration version of the configuration that failed
 * @param attempts how often it was tried, over all replays
 * @param owner operator who looks after it
 * @param parent the letter that this one corrects
 * @param changedBy who changed it last; {@code hub} for the hub itself
 */
public record LetterSummary(
        String id,
        LetterState state,
        int revision,
        String origin,
        String stage,
        String cause,
        String failureClass,
        @Nullable Urgency urgency,
        @Nullable String risk,
        Instant dueAt,
        @Nullable String sender,
        @Nullable String recipient,
        @Nullable String dialect,
        @Nullable String referralId,
        @Nullable String messageId,
        @Nullable String deliveryId,
        @Nullable String place,
        String group,
        @Nullable String configuration,
        int attempts,
        @Nullable String owner,
        @Nullable String note,
        @Nullable String parent,
        Instant capturedAt,
        Instant changedAt,
        String changedBy) {}
