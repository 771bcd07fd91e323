package org.referralhub.alarm;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One thing that an operator must know of. Nothing in it is about a person.
 *
 * @param key the same as long as it is the same trouble
 * @param fault stable code, for example {@code overdue-acknowledge} or {@code dead-letter}
 * @param urgency of the referral
 * @param reference of the referral; null when a dead letter belongs to none
 * @param place code of the district, soum, capital or aimag; null when nobody knows it
 * @param since when the deadline ran out, or the letter came to the desk
 */
record Trouble(
        String key,
        String fault,
        String urgency,
        @Nullable String reference,
        @Nullable String place,
        Instant since) {}
