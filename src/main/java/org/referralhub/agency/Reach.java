package org.referralhub.agency;

import org.jspecify.annotations.Nullable;

/**
 * How a message gets to an agency and comes from it. Every agency has an inbox; a courier empties it for one that wants to be
 * brought its messages.
 *
 * @param courier who brings it what is for it; null when it fetches from its inbox
 * @param collector who fetches what it sends; null when it sends by itself
 * @param phone the office's own telephone, for a person to call when the clock runs out; null when unknown
 */
public record Reach(
        @Nullable CourierSettings courier,
        @Nullable CollectorSettings collector,
        @Nullable String phone) {

    /** The agency fetches from its inbox and sends by itself, over any protocol. */
    public static final Reach INBOX = new Reach(null, null, null);

    /** True when the hub does something for it by itself, which can be paused. */
    public boolean isServed() {
        return courier != null || collector != null;
    }
}
