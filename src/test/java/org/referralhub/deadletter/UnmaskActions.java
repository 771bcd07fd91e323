package org.referralhub.deadletter;

import java.time.Duration;
import java.util.List;

/** What lets somebody see more of a letter, for tests of other rooms. */
public final class UnmaskActions {
    private UnmaskActions() {}

    /** Asking, and what a second person answers. */
    public static List<DeskAction> showing(Duration time) {
        return List.of(new UnmaskAction(time), new DecideUnmaskingAction(true, time));
    }
}
