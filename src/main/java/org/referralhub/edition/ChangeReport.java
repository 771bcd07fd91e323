package org.referralhub.edition;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.ConfigurationFault;

/**
 * What became of an attempt to change the configuration. Holds nothing from any message but codes and pointers.
 *
 * @param at when it was decided
 * @param cause what it was attempted for
 * @param outcome what became of it
 * @param version the version that was to run
 * @param previous the version that ran before, and still does when this one was refused
 * @param faults why it was refused, or what it was taken in spite of
 * @param replayed messages that were run through both versions
 * @param differences what the new version does otherwise with them
 * @param atNextStart files that have changed and are only read at a start
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChangeReport(
        Instant at,
        Cause cause,
        Outcome outcome,
        String version,
        @Nullable String previous,
        List<ConfigurationFault> faults,
        int replayed,
        List<Told> differences,
        List<String> atNextStart) {

    /** How an attempt came about. */
    public enum How {
        /** The hub was started. */
        START,
        /** Files changed. */
        FILES,
        /** Somebody asked for it. */
        RELOAD,
        /** Somebody wanted an earlier version. */
        BACK
    }

    /** What becomes of an attempt. */
    public enum Outcome {
        /** What stands in the files runs already, or was declined before. */
        UNCHANGED,
        /** It runs. */
        ACCEPTED,
        /** The version before it still runs. */
        REFUSED
    }

    /**
     * Who wanted it, and why.
     *
     * @param actor id of an operator, or {@code hub}
     * @param reason why; with one it is taken though recent messages would be refused. Null when nobody said it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Cause(How how, String actor, @Nullable String reason) {
        /** The hub itself. */
        public static final String HUB = "hub";

        /** Files have changed. */
        static final Cause FILES = new Cause(How.FILES, HUB, null);
    }

    /**
     * One thing that the new version does otherwise.
     *
     * @param where a JSON Pointer after a word for what it points into; never a value
     * @param change for example {@code changed}
     * @param messages in how many of those that were tried
     */
    public record Told(String dialect, String where, String change, int messages) {
        static List<Told> of(Replay replay) {
            return replay.differences().entrySet().stream()
                    .map(one -> new Told(
                            one.getKey().dialect(),
                            one.getKey().where(),
                            one.getKey().change().name().toLowerCase(Locale.ROOT),
                            one.getValue()))
                    .toList();
        }
    }

    /** True when it was taken although recent messages would have been refused. */
    public boolean forced() {
        return outcome == Outcome.ACCEPTED && !faults.isEmpty();
    }
}
