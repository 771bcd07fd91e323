package org.referralhub.deadletter;

import java.time.Duration;

/** What removes old letters, for tests of other rooms. */
public final class PurgeActions {
    private PurgeActions() {}

    /** Removes what was put away longer ago than this. */
    public static DeskAction after(Duration retention) {
        return new PurgeAction(retention);
    }
}
