package org.referralhub.deadletter;

import org.jspecify.annotations.Nullable;

/**
 * What came of correcting a letter.
 *
 * @param outcome what
 * @param content the corrected document, masked, with what the checks say of it; null when there is none
 * @param answer what the order came to; null when nothing was ordered
 */
public record Correction(Outcome outcome, @Nullable Content content, DeskOrders.@Nullable Answer answer) {

    /** What came of it. */
    public enum Outcome {
        /** It was ordered. */
        ORDERED,
        /** It would be taken; nothing was sent, because nothing was to be. */
        FITS,
        /** The checks still refuse it; nothing was sent. */
        REFUSED_BY_CHECKS,
        /** An edit can't be made, or the format can't be written again without changing more. */
        NOT_FAITHFUL,
        /** The message would have another id, or has none: only its sender can give it one. */
        OTHER_MESSAGE,
        /** It would say something else of who may know of it, which only its sender can. */
        THE_SENDERS_TO_SAY,
        /** It is not its sender's document, but what the hub made of it for a recipient, or nobody knows its format. */
        NOT_THE_SENDERS
    }
}
