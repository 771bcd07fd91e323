package org.referralhub.deadletter;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One letter of a run.
 *
 * @param number its place, from 1
 * @param recipient who is to get it, also when the run redirects it; of a letter from intake its sender
 * @param reason code of why it has failed or was skipped
 */
public record RunItem(
        int number,
        String letter,
        String recipient,
        State state,
        @Nullable String reason,
        @Nullable Instant sentAt,
        @Nullable Instant settledAt) {

    /** Where it stands. */
    public enum State {
        WAITING,
        /** On its way. */
        SENT,
        /** It has arrived, or was accepted. */
        RESOLVED,
        /** It has come back to the desk. */
        FAILED,
        /** Nothing was done: called off, gone already, put away, or not to be told. */
        SKIPPED
    }
}
