package org.referralhub.agency;

import java.time.Duration;

/**
 * How the hub brings an agency what is for it.
 *
 * @param transport by which way
 * @param firstPause before a document that was not taken is tried again; each further pause is longer
 * @param longestPause no pause is longer
 * @param giveUpAfter so long after it came into the inbox, a document that is not taken goes to the dead-letter desk
 * @param failures after so many one after the other the agency's system is left alone
 * @param probeAfter then one document is tried; after a failure again, with a longer pause
 */
public record CourierSettings(
        Transport transport,
        Duration firstPause,
        Duration longestPause,
        Duration giveUpAfter,
        int failures,
        Duration probeAfter) {
    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    static final Duration GIVE_UP_AFTER = Duration.ofHours(12);
    static final int FAILURES = 5;
    static final Duration PROBE_AFTER = Duration.ofSeconds(15);

    /** What is usual, by this way. */
    public static CourierSettings usual(Transport transport) {
        return new CourierSettings(transport, FIRST_PAUSE, LONGEST_PAUSE, GIVE_UP_AFTER, FAILURES, PROBE_AFTER);
    }
}
