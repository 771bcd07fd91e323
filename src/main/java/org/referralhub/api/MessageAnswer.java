package org.referralhub.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/**
 * The hub has the message and is responsible for it.
 *
 * @param status {@code accepted}, or {@code duplicate} for a message that was accepted before
 * @param incomplete true when only the urgent core could be read and is on its way; the sender should amend
 * @param findings what should be added or looked at
 */
@Schema(name = "MessageAnswer", description = "The hub has the message on its disk and is responsible for it.")
record MessageAnswer(
        @Schema(example = "6a1d2b0c-6f3e-8a4b-9c11-2f54d3a8e7b0")
        String referralId,

        @Schema(description = "The same, for people", example = "RF-7K2M-Q8XD-3F5T")
        String reference,

        @Schema(example = "call-2026-000123") String messageId,
        @Schema(allowableValues = {"accepted", "duplicate"}) String status,
        boolean incomplete,
        List<FindingView> findings) {}
