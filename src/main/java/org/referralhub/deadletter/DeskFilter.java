package org.referralhub.deadletter;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Urgency;

/**
 * Which letters. Null means any.
 *
 * @param group fingerprint of letters that failed alike
 * @param agency sender or recipient
 * @param failure {@code refused}, {@code permanent}, {@code exhausted} or {@code unknown}
 * @param referral identifier or reference of a referral
 * @param since captured then or later
 * @param until captured before
 * @param dueBefore must have been answered before
 * @param owner operator who looks after it; {@code -} for nobody
 * @param q identifier of a letter, a message, a delivery or a referral, or a reference
 */
public record DeskFilter(
        @Nullable LetterState state,
        @Nullable String cause,
        @Nullable String group,
        @Nullable String agency,
        @Nullable String sender,
        @Nullable String recipient,
        @Nullable String dialect,
        @Nullable String stage,
        @Nullable Urgency urgency,
        @Nullable String failure,
        @Nullable String referral,
        @Nullable Instant since,
        @Nullable Instant until,
        @Nullable Instant dueBefore,
        @Nullable String owner,
        @Nullable String q) {

    /** All letters. */
    public static final DeskFilter ANY = new DeskFilter(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /** What waits for an operator. */
    public static final DeskFilter OPEN = ANY.in(LetterState.OPEN);

    /** The same in this state. */
    public DeskFilter in(@Nullable LetterState other) {
        return new DeskFilter(
                other, cause, group, agency, sender, recipient, dialect, stage, urgency, failure, referral, since,
                until, dueBefore, owner, q);
    }

    /** Of these, what this agency sent, instead of what it sent or was to get. */
    DeskFilter from(String agencyId) {
        return new DeskFilter(
                state, cause, group, null, agencyId, recipient, dialect, stage, urgency, failure, referral, since,
                until, dueBefore, owner, q);
    }

    /** Of these, what this agency was to get, instead of what it sent or was to get. */
    DeskFilter to(String agencyId) {
        return new DeskFilter(
                state, cause, group, null, sender, agencyId, dialect, stage, urgency, failure, referral, since, until,
                dueBefore, owner, q);
    }

    /** The same of this group only. */
    public DeskFilter of(@Nullable String fingerprint) {
        return new DeskFilter(
                state,
                cause,
                fingerprint,
                agency,
                sender,
                recipient,
                dialect,
                stage,
                urgency,
                failure,
                referral,
                since,
                until,
                dueBefore,
                owner,
                q);
    }
}
