package org.referralhub.deadletter;

import java.util.List;

/** What a run goes by when nothing is said. */
public final class RunSettings {
    /** Letters a minute to one recipient: a small office's system takes ten a second. */
    public static final int PER_MINUTE = 600;
    /** The most that may be asked for. */
    public static final int MOST_PER_MINUTE = 60_000;
    /** Letters that have gone at the end of each phase, before all go. */
    public static final List<Integer> CANARY = List.of(1, 5, 50);
    /** Phases before the one in which all go, at most. */
    public static final int MOST_PHASES = 10;

    private RunSettings() {}
}
