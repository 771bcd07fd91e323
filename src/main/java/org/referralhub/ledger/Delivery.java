package org.referralhub.ledger;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;

/**
 * One message owed to one agency.
 *
 * @param id follows from cause, recipient and content
 * @param cause what it follows from
 * @param content key of the message whose canonical form is the body; null when the body stands for itself
 */
record Delivery(
        String id,
        String cause,
        @Nullable String content,
        byte[] body,
        String recipient,
        MessageType type,
        @Nullable String referralId,
        String messageId,
        Urgency urgency) {

    /** The first half of a UUID as text, 64 bits. */
    private static final int SHARED = 18;

    /**
     * The deterministic id. It begins as its cause does, so that what follows from one message lies together in the index:
     * four rows dirty one page instead of four.
     */
    static String id(String cause, String recipient, String content) {
        String derived = Identifiers.derive("delivery", cause, recipient, content);
        return cause.length() == derived.length() ? cause.substring(0, SHARED) + derived.substring(SHARED) : derived;
    }

    /** The message for the delivery stage. */
    Emission emission(@Nullable String replayOf) {
        Map<String, String> properties = new HashMap<>(16);
        properties.put(Headers.DELIVERY_ID, id);
        properties.put(Headers.RECIPIENT, recipient);
        properties.put(Headers.MESSAGE_TYPE, type.name());
        if (referralId != null) {
            properties.put(Headers.REFERRAL_ID, referralId);
            properties.put(Headers.REFERENCE, Identifiers.reference(referralId));
        }
        properties.put(Headers.MESSAGE_ID, messageId);
        properties.put(Headers.URGENCY, urgency.name());
        if (replayOf != null) {
            properties.put(Headers.REPLAY_OF, replayOf);
        }
        return new Emission(Queues.DELIVERY, urgency.priority(), properties, body);
    }
}
