package org.referralhub.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What every canonical message carries besides its body. No field of it is about a child.
 *
 * @param messageId the sender's own identifier of this message, unique for the sender
 * @param messageType what the message says
 * @param schemaVersion version of the canonical schema, for example {@code 1.0}
 * @param referralId the referral it belongs to
 * @param version version of the referral that the sender speaks of, from 1
 * @param correlationId identifier of the message that this one answers, if it answers one
 * @param sentAt ISO 8601 date and time with offset, by the sender's clock
 * @param sender agency that wrote it, as verified by the broker
 * @param recipient agency it is for; null on a REQUEST whose recipients the hub chooses
 * @param partOf an earlier referral that this one continues, if any
 */
public record Envelope(
        String messageId,
        MessageType messageType,
        String schemaVersion,
        String referralId,
        int version,
        @Nullable String correlationId,
        String sentAt,
        String sender,
        @Nullable String recipient,
        @Nullable String partOf) {

    /** Reads the envelope of a message that has passed the canonical schema. */
    public static Envelope of(JsonNode message) {
        return new Envelope(
                message.path("messageId").asText(),
                MessageType.valueOf(message.path("messageType").asText()),
                message.path("schemaVersion").asText("1.0"),
                message.path("referralId").asText(),
                message.path("version").asInt(1),
                text(message, "correlationId"),
                message.path("sentAt").asText(),
                message.path("sender").asText(),
                text(message, "recipient"),
                text(message, "partOf"));
    }

    /** Writes the envelope's fields to the front of a canonical message. */
    public ObjectNode writeTo(ObjectNode message) {
        message.put("messageId", messageId);
        message.put("messageType", messageType.name());
        message.put("schemaVersion", schemaVersion);
        message.put("referralId", referralId);
        message.put("version", version);
        putIfPresent(message, "correlationId", correlationId);
        message.put("sentAt", sentAt);
        message.put("sender", sender);
        putIfPresent(message, "recipient", recipient);
        putIfPresent(message, "partOf", partOf);
        return message;
    }

    private static @Nullable String text(JsonNode message, String field) {
        JsonNode value = message.get(field);
        return value == null || value.isNull() ? null : value.asText();
    }

    private static void putIfPresent(ObjectNode message, String field, @Nullable String value) {
        if (value != null) {
            message.put(field, value);
        }
    }
}
