package org.referralhub.courier;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a courier brings.
 *
 * @param id the delivery's, the same however often it is brought: the agency's key against repeats
 * @param contentType its media type
 * @param body in the agency's own dialect; personal
 * @param since when it came into the inbox
 * @param trace W3C trace context of the courier's step; null when there is no trace
 */
record Document(
        String id,
        @Nullable String messageType,
        @Nullable String referralId,
        @Nullable String reference,
        @Nullable String urgency,
        String contentType,
        byte[] body,
        Instant since,
        @Nullable String trace) {

    /** A name for its file: the same at each attempt, in order of arrival, and unlike any other's. */
    String fileName() {
        String type = messageType == null ? "MESSAGE" : messageType;
        return "%s-%s-%s.%s".formatted(since.toString().replaceAll("[-:.]", ""), type, id, ending());
    }

    private String ending() {
        if (contentType.contains("json")) {
            return "json";
        }
        if (contentType.contains("xml")) {
            return "xml";
        }
        return contentType.contains("csv") ? "csv" : "dat";
    }

    /** Without the body: it is personal. */
    @Override
    public String toString() {
        return "Document[" + id + "]";
    }
}
