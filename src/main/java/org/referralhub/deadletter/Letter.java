package org.referralhub.deadletter;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter whole.
 *
 * @param exception class names, no texts
 * @param headers the hub's own message properties
 * @param original the bytes as they came from the sender, or the canonical message that could not be delivered; personal
 * @param findings the report as a JSON array; empty array when there is none
 */
public record Letter(
        LetterSummary summary,
        @Nullable String exception,
        @Nullable String dialect,
        Map<String, String> headers,
        byte[] original,
        String findings) {

    /** The original is personal and stays out of logs. */
    @Override
    public String toString() {
        return "Letter[" + summary + "]";
    }
}
