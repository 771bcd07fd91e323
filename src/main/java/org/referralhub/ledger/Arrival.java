package org.referralhub.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.referralhub.message.Envelope;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Parcel;
import org.referralhub.message.Urgency;

/**
 * A message from an agency as it arrived once.
 *
 * @param key the message's durable key
 * @param stamp the arrival's own; the same again is a redelivery after a crash
 */
record Arrival(
        LedgerInput input,
        Parcel parcel,
        ObjectNode message,
        Envelope envelope,
        String sender,
        String key,
        String stamp,
        Instant arrivedAt,
        String originalDigest,
        String canonicalDigest) {

    /** The key of a message without reading its body; the one of {@link #of}. */
    static String key(LedgerInput input) {
        return StoredMessage.key(input.property(Headers.SENDER, ""), input.property(Headers.MESSAGE_ID, ""));
    }

    /**
     * Reads the input.
     *
     * @throws IllegalArgumentException when intake would never have written it
     */
    static Arrival of(LedgerInput input, ObjectMapper mapper, Instant now) {
        Parcel parcel = Parcel.of(input.body());
        ObjectNode message = MessageEntry.object(mapper, parcel.canonical());
        Envelope envelope = Envelope.of(message);
        String sender = input.property(Headers.SENDER, "");
        String stamp = input.property(Headers.STAMP, "");
        if (sender.isEmpty()
                || stamp.isEmpty()
                || !sender.equals(envelope.sender())
                || !envelope.messageId().equals(input.property(Headers.MESSAGE_ID))
                || envelope.referralId().isEmpty()) {
            throw new IllegalArgumentException("a canonical message and its properties disagree");
        }
        String arrived = input.property(Headers.ARRIVED_AT);
        return new Arrival(
                input,
                parcel,
                message,
                envelope,
                sender,
                key(input),
                stamp,
                arrived == null ? now : Instant.ofEpochMilli(Long.parseLong(arrived)),
                Identifiers.digest(parcel.original()),
                Identifiers.digest(parcel.canonical()));
    }

    /** As said by intake; a message without one is treated as urgent rather than late. */
    Urgency urgency() {
        String name = input.property(Headers.URGENCY);
        return name == null || name.isEmpty() ? Urgency.URGENT : Urgency.valueOf(name);
    }
}
