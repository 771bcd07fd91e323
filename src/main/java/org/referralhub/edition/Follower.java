package org.referralhub.edition;

import org.referralhub.configuration.Faults;

/**
 * Something beside the message that must go along with a change: the broker with its queues and logins, the routes. Called by
 * one thread at a time.
 */
interface Follower {
    /** Adds what forbids this change now, with its place. Changes nothing. */
    default void check(Edition now, Edition next, Faults faults) {}

    /**
     * Makes ready what messages of the next edition need. The present one still runs and must not notice.
     *
     * @throws Exception when that can't be done; the change is refused
     */
    default void prepare(Edition now, Edition next) throws Exception {}

    /**
     * The next edition runs: ends what only the one before it needed.
     *
     * @throws Exception when that can't be done; the change is taken back, by calling this with the two exchanged
     */
    default void follow(Edition before, Edition now) throws Exception {}
}
