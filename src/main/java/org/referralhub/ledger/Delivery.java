package org.referralhub.ledger;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
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
 * @param sending how often it has left the desk again
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
        Urgency urgency,
        int sending) {

    /** One that is new. */
    Delivery(
            String id,
            String cause,
            @Nullable String content,
            byte[] body,
            String recipient,
            MessageType type,
            @Nullable String referralId,
            String messageId,
            Urgency urgency) {
        this(id, cause, content, body, recipient, type, referralId, messageId, urgency, 0);
    }

    /** Joins deliveries {@code d} to the message {@code m} they follow from, by the primary key. */
    static final String OF_MESSAGE =
            "d.id between substr(m.id, 1, 18) || '-0000-000000000000' and substr(m.id, 1, 18) || '-ffff-ffffffffffff'"
                    + " and d.cause = m.id";

    private static final Pattern IDENTIFIER =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    /** The first half of a UUID as text, 64 bits. */
    private static final int SHARED = 18;

    /**
     * The deterministic id. It begins as its cause does, so that what follows from one message lies together in the index:
     * four rows dirty one page instead of four, and what follows from a message is found without an index of its own.
     */
    static String id(String cause, String recipient, String content) {
        return shared(cause)
                + Identifiers.derive("delivery", cause, recipient, content).substring(SHARED);
    }

    /** The message for one of its recipients. */
    static Delivery of(Arrival arrival, byte[] canonical, String recipient, Referral referral, Urgency urgency) {
        return new Delivery(
                id(arrival.key(), recipient, arrival.key()),
                arrival.key(),
                arrival.key(),
                canonical,
                recipient,
                arrival.envelope().messageType(),
                referral.id,
                arrival.envelope().messageId(),
                urgency);
    }

    /** No id of a delivery with this cause sorts before this one. */
    static String first(String cause) {
        return shared(cause) + "-0000-000000000000";
    }

    /** No id of a delivery with this cause sorts after this one. */
    static String last(String cause) {
        return shared(cause) + "-ffff-ffffffffffff";
    }

    private static String shared(String cause) {
        return (IDENTIFIER.matcher(cause).matches() ? cause : Identifiers.derive("cause", cause)).substring(0, SHARED);
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
        if (sending > 0) {
            properties.put(Headers.SENDING, String.valueOf(sending));
        }
        if (replayOf != null) {
            properties.put(Headers.REPLAY_OF, replayOf);
        }
        return new Emission(Queues.DELIVERY, urgency.priority(), properties, body);
    }
}
