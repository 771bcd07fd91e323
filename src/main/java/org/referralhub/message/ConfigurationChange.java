package org.referralhub.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One change of the configuration on one node, or an attempt at one, for the record.
 *
 * @param id given once to each
 * @param at when it was decided, milliseconds since 1970 UTC
 * @param node where
 * @param how {@code START}, {@code FILES}, {@code RELOAD} or {@code BACK}
 * @param actor id of an operator, or {@code hub}
 * @param outcome {@code ACCEPTED} or {@code REFUSED}
 * @param version the one that was to run; empty when the files could not even be copied
 * @param previous the one that ran before
 * @param faults how many there were
 * @param reason what whoever ordered it said, which also takes it in spite of faults; null when nothing was said
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConfigurationChange(
        String id,
        long at,
        String node,
        String how,
        String actor,
        String outcome,
        String version,
        @Nullable String previous,
        int faults,
        @Nullable String reason) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** True when it was taken in spite of faults. */
    public boolean forced() {
        return outcome.equals("ACCEPTED") && faults > 0;
    }

    /** The change as the body of a message of the kind {@link LedgerKind#CONFIGURATION}. */
    public byte[] toBytes() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record can always be written", e);
        }
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IllegalArgumentException when the bytes are no change
     */
    public static ConfigurationChange of(byte[] bytes) {
        try {
            return JSON.readValue(bytes, ConfigurationChange.class);
        } catch (IOException e) {
            throw new IllegalArgumentException("not a change of the configuration", e);
        }
    }
}
