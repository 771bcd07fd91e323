package org.referralhub.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;

/**
 * Why a request got no answer, after RFC 9457.
 *
 * @param type stable name of the problem, {@code urn:referral-hub:problem:<code>}
 * @param title the problem in a few words, in English
 * @param status the HTTP status
 * @param detail what it is about this request; codes and limits, never anything of a message
 * @param remedy what to do about it, in both languages
 * @param referralId the referral that the problem is about, if any
 * @param reference its reference
 * @param now what the letter, group or run is by now, where an order about it was refused
 */
@Schema(name = "Problem", description = "Why a request got no answer (RFC 9457), with what to do about it.")
@JsonInclude(JsonInclude.Include.NON_NULL)
record ProblemDocument(
        @Schema(example = "urn:referral-hub:problem:too-many-requests")
        String type,

        @Schema(example = "Too many requests") String title,
        @Schema(example = "429") int status,
        @Nullable String detail,
        Text remedy,
        @Nullable String referralId,
        @Nullable String reference,
        @Nullable Now now) {

    /**
     * What something at the desk is by now.
     *
     * @param code why an order about it was refused
     * @param state of a letter or a run
     * @param by who changed it last; {@code hub} for the hub itself
     * @param at when
     */
    @Schema(name = "ProblemNow")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Now(
            @Schema(example = "not-allowed") String code,
            @Schema(example = "REPLAYED") @Nullable String state,
            @Nullable String revision,
            @Nullable String by,
            @Nullable String at) {}
}
