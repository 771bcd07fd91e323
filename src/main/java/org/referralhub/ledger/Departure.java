package org.referralhub.ledger;

import org.referralhub.message.MessageType;

/** What would leave if a delivery that waits at the desk went now. */
public sealed interface Departure {

    /**
     * It would go.
     *
     * @param canonical as the referral stands now, before it is cut down to what the recipient may see
     */
    record Goes(String recipient, MessageType type, byte[] canonical) implements Departure {
        /** The message is personal. */
        @Override
        public String toString() {
            return "Goes[%s, %s]".formatted(recipient, type);
        }
    }

    /** It would be called off: its recipient's part is over, or consent was taken back, or it must not be told. */
    record CalledOff() implements Departure {}

    /** It is not at the desk any more: on its way, delivered or withdrawn. */
    record Elsewhere(DeliveryState state) implements Departure {}

    /** The ledger knows of no such delivery. */
    record Unknown() implements Departure {}
}
