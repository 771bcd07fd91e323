package org.referralhub.deadletter;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody has asked to see what a letter holds.
 *
 * @param id by which it is decided
 * @param letter the letter
 * @param fields pointers as the masked content has them; an empty one means everything
 * @param sensitive true when a second person must agree
 * @param asker who asked
 * @param reason why, in the asker's words, without anything personal
 * @param decider who agreed or refused; null while nobody has, and where the reason was enough
 * @param decision why, in the decider's words
 * @param until the first moment at which it is masked again; null while nothing is granted
 */
public record Unmasking(
        String id,
        String letter,
        List<String> fields,
        boolean sensitive,
        State state,
        String asker,
        String reason,
        Instant askedAt,
        @Nullable String decider,
        @Nullable String decision,
        @Nullable Instant decidedAt,
        @Nullable Instant until) {

    /** Where it stands. */
    public enum State {
        /** A second person has to decide. */
        ASKED,
        /** The asker may see it, until its time is over. */
        GRANTED,
        REFUSED
    }

    public Unmasking {
        fields = List.copyOf(fields);
    }

    /** True when it lets its asker see something at this moment. */
    public boolean holds(Instant now) {
        return state == State.GRANTED && until != null && now.isBefore(until);
    }

    /** True when it is about the place at this pointer. */
    boolean covers(String pointer) {
        return fields.stream()
                .anyMatch(field -> pointer.equals(field) || field.isEmpty() || pointer.startsWith(field + '/'));
    }

    /** Its place in the list of all, for what comes after it. */
    public String place() {
        return askedAt.toEpochMilli() + "-" + id;
    }
}
