package org.referralhub.deadletter;

import java.util.Map;

/**
 * What a dead letter holds. Personal: whoever asks for it must mask it or note that somebody has seen it.
 *
 * @param headers the hub's own message properties
 * @param original the bytes as they came from the sender, or the canonical message that could not be delivered
 * @param findings the report as a JSON array; empty when there is none
 */
public record LetterContent(Map<String, String> headers, byte[] original, byte[] findings) {
    public LetterContent {
        headers = Map.copyOf(headers);
    }

    /** Nothing of it belongs into a log. */
    @Override
    public String toString() {
        return "LetterContent[%d bytes]".formatted(original.length);
    }
}
