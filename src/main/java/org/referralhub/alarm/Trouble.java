package org.referralhub.alarm;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Urgency;

/**
 * One thing that an operator must know of. Nothing in it is about a person.
 *
 * @param key the same as long as it is the same trouble
 * @param fault stable code, for example {@code overdue-acknowledge} {@code dead-letter}, {@code dead-letter-late}
 *     or {@code silent-agency}
 * @param urgency of the referral; {@code ROUTINE} for what is no referral's
 * @param reference of the referral; null when a dead letter belongs to none
 * @param place code of the district, soum, capital or aimag; null when nobody knows it
 * @param agency the one that is silent; null for a referral's trouble
 * @param since when the deadline ran out, or the letter came to the desk, or the agency was last heard of
 */
record Trouble(
        String key,
        String fault,
        String urgency,
        @Nullable String reference,
        @Nullable String place,
        @Nullable String agency,
        Instant since) {
    private static final String SILENT = "silent:";

    /** Whether this is the key of an agency's silence. */
    static boolean isSilence(String key) {
        return key.startsWith(SILENT);
    }

    /** A referral's. */
    Trouble(
            String key,
            String fault,
            String urgency,
            @Nullable String reference,
            @Nullable String place,
            Instant since) {
        this(key, fault, urgency, reference, place, null, since);
    }

    /** An agency's that usually speaks. */
    static Trouble silence(String agency, Instant since) {
        return new Trouble(
                // Without its time, which a restart may see otherwise: it is the same silence.
                SILENT + agency, "silent-agency", Urgency.ROUTINE.name(), null, null, agency, since);
    }
}
