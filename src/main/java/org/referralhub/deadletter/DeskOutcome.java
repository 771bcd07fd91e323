package org.referralhub.deadletter;

import java.util.Map;

/**
 * What an order came to.
 *
 * @param code {@link #DONE}, or why not
 * @param detail codes and moments: of a refusal the state, who and when
 */
public record DeskOutcome(String code, Map<String, String> detail) {
    /** It was carried out. */
    public static final String DONE = "DONE";
    /** The letter is no longer what the actor saw. */
    public static final String CHANGED = "changed";
    /** The state does not allow it. */
    public static final String NOT_ALLOWED = "not-allowed";
    /** The letter holds nothing that could go anywhere, or what it was to bring is not at the desk. */
    public static final String NOTHING_TO_SEND = "nothing-to-send";
    /** There is no such letter, group, run or action. */
    public static final String UNKNOWN = "unknown";

    public DeskOutcome {
        detail = Map.copyOf(detail);
    }

    /** It was carried out. */
    public static DeskOutcome done() {
        return new DeskOutcome(DONE, Map.of());
    }

    /** It was carried out, and this is worth knowing. */
    public static DeskOutcome done(Map<String, String> detail) {
        return new DeskOutcome(DONE, detail);
    }

    /** There is no such thing. */
    public static DeskOutcome unknown() {
        return new DeskOutcome(UNKNOWN, Map.of());
    }

    public boolean isDone() {
        return DONE.equals(code);
    }
}
