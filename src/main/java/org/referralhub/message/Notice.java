package org.referralhub.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger must know of one delivery that has reached its inbox. Holds ids and codes only.
 *
 * @param delivery id of the delivery
 * @param recipient whose inbox; null when whoever tells does not know, and the ledger looks it up
 * @param basis on what basis limited fields were disclosed, in codes
 * @param attempts how often it was tried until it was delivered, from 1
 * @param digest SHA-256 of the document as it lies in the inbox, in hexadecimal; null when whoever tells does not know
 * @param version of the configuration that it was written by; null when whoever tells does not know
 * @param letter the dead letter that it was sent again from; null when it came the first time
 * @param shown id of the set of fields that were disclosed; null when whoever tells does not know
 * @param fields the set itself; null when the ledger knows it already
 * @param sending how often it had left the desk again when it arrived; null when whoever tells does not know
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Notice(
        String delivery,
        @Nullable String recipient,
        @Nullable String basis,
        int attempts,
        @Nullable String digest,
        @Nullable String version,
        @Nullable String letter,
        @Nullable String shown,
        @Nullable List<String> fields,
        @Nullable Integer sending) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<List<Notice>> LIST = new TypeReference<>() {};

    /** A notice from somebody who does not know by which version, nor what was disclosed. */
    public Notice(
            String delivery,
            @Nullable String recipient,
            @Nullable String basis,
            int attempts,
            @Nullable String digest) {
        this(delivery, recipient, basis, attempts, digest, null, null, null, null, null);
    }

    /** The notices as the body of one message of the kind {@link LedgerKind#DELIVERED}. */
    public static byte[] toBytes(List<Notice> notices) {
        try {
            return JSON.writeValueAsBytes(notices);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a list of records can always be written", e);
        }
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IllegalArgumentException when the bytes are no notices
     */
    public static List<Notice> of(byte[] bytes) {
        try {
            List<Notice> notices = JSON.readValue(bytes, LIST);
            if (notices.isEmpty() || notices.stream().anyMatch(notice -> notice == null || notice.delivery() == null)) {
                throw new IllegalArgumentException("notices without a delivery");
            }
            return notices;
        } catch (IOException e) {
            // Jackson's text may quote the message, so it is not kept as the cause.
            throw new IllegalArgumentException("not notices of deliveries");
        }
    }
}
