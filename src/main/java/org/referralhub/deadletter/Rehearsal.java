package org.referralhub.deadletter;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.Foreseen.Outcome;

/**
 * A trial of many letters on what the hub would make of them now; nothing is sent.
 *
 * @param actor who asked for it
 * @param version of the configuration that it goes by from its first letter to its last; null until it begins
 * @param letters how many there are
 * @param tried how many have been tried
 * @param totals by outcome and cause, the most first
 * @param endedAt when it ended in whatever way; it is forgotten an hour later
 */
public record Rehearsal(
        String id,
        State state,
        String actor,
        @Nullable String version,
        int letters,
        int tried,
        List<Total> totals,
        Instant askedAt,
        @Nullable Instant endedAt) {
    public Rehearsal {
        totals = List.copyOf(totals);
    }

    /** Where it stands. */
    public enum State {
        /** Behind another one. */
        WAITING,
        RUNNING,
        DONE,
        CANCELLED,
        /** The ledger could not be read; asking again later may help. */
        FAILED
    }

    /**
     * How many letters would come to the same.
     *
     * @param cause as in {@link Foreseen}
     */
    public record Total(Outcome outcome, @Nullable String cause, int letters) {}
}
