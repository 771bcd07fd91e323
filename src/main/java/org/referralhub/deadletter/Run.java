package org.referralhub.deadletter;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Letters that are sent again together.
 *
 * @param cause code of what has halted it
 * @param haltedBy the letter that failed
 * @param actor who began it
 * @param reason why, in the actor's words
 * @param to the recipient that its letters are redirected to; null when each goes where it was to go
 * @param phases how many letters have gone at the end of each phase; the last is all of them
 * @param phase the one that it is in, from 1
 * @param perMinute letters a minute to one recipient at most
 * @param letters how many there are
 * @param progress where they stand
 * @param changedBy who changed its state last; {@code hub} for the hub itself
 */
public record Run(
        String id,
        RunState state,
        @Nullable String cause,
        @Nullable String haltedBy,
        String actor,
        String reason,
        @Nullable String to,
        List<Integer> phases,
        int phase,
        int perMinute,
        int letters,
        Progress progress,
        Instant begunAt,
        Instant changedAt,
        String changedBy,
        @Nullable Instant endedAt) {
    public Run {
        phases = List.copyOf(phases);
    }

    /** How many letters stand where; together they are all. */
    public record Progress(int waiting, int onTheirWay, int resolved, int failed, int skipped) {}
}
