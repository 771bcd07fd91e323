package org.referralhub.agency;

import org.jspecify.annotations.Nullable;

/**
 * How a message gets to an agency. Every agency has an inbox; a courier empties it for one that wants to be pushed to.
 *
 * @param way whether the agency fetches or is pushed to
 * @param courier name of the courier route; null when it fetches
 * @param phone the office's own telephone, for a person to call when the clock runs out; null when unknown
 */
public record Reach(
        Way way, @Nullable String courier, @Nullable String phone) {

    /** The agency fetches from its inbox, over any protocol. */
    public static final Reach INBOX = new Reach(Way.INBOX, null, null);

    /** Who moves. */
    public enum Way {
        /** The agency fetches from its inbox. */
        INBOX,
        /** A courier route empties the inbox and pushes. */
        COURIER
    }
}
