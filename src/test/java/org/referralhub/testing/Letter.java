package org.referralhub.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.nio.charset.StandardCharsets;
import org.referralhub.message.Headers;

/**
 * One message as an agency got it, whatever the way.
 *
 * @param body the document in the agency's dialect
 */
public record Letter(
        String id, String type, String referralId, String reference, String urgency, String contentType, String body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a queue gave. */
    public static Letter of(Message message) throws JMSException {
        BytesMessage bytes = (BytesMessage) message;
        byte[] body = new byte[(int) bytes.getBodyLength()];
        bytes.readBytes(body);
        return new Letter(
                message.getStringProperty(Headers.DELIVERY_ID),
                message.getStringProperty(Headers.MESSAGE_TYPE),
                message.getStringProperty(Headers.REFERRAL_ID),
                message.getStringProperty(Headers.REFERENCE),
                message.getStringProperty(Headers.URGENCY),
                message.getStringProperty(Headers.CONTENT_TYPE),
                new String(body, StandardCharsets.UTF_8));
    }

    /** The body as a tree, where the dialect is JSON. */
    public JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + body, e);
        }
    }
}
