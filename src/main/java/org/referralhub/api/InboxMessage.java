package org.referralhub.api;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One message that waits for its agency.
 *
 * @param id what to name when acknowledging it
 * @param body the document in the agency's own dialect
 */
@Schema(name = "InboxMessage", description = "One message that waits for you.")
record InboxMessage(
        @Schema(description = "Name it in DELETE /inbox/{id} once it is safe with you")
        String id,

        @Schema(example = "REQUEST") @Nullable String messageType,
        @Nullable String referralId,
        @Schema(example = "RF-7K2M-Q8XD-3F5T") @Nullable String reference,
        @Nullable String messageId,
        @Schema(example = "IMMEDIATE") @Nullable String urgency,
        @Schema(example = "application/xml") @Nullable String contentType,

        @Schema(description = "The document in your own dialect")
        String body) {
    /** Without the body: it is personal. */
    @Override
    public String toString() {
        return "InboxMessage[" + id + "]";
    }
}
