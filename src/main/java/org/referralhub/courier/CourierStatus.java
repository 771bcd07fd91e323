package org.referralhub.courier;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an agency's courier stands on this node.
 *
 * @param way for example {@code https}
 * @param open whether the agency is left alone because it does not answer
 * @param heldUntil when the agency wants to be asked again; null when it has not said
 * @param lastTaken when it last took a document, since this node started; null when it has not
 * @param lastFailed when it last did not
 * @param lastCause why it did not, a code
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CourierStatus(
        String way,
        boolean open,
        @Nullable Instant heldUntil,
        @Nullable Instant lastTaken,
        @Nullable Instant lastFailed,
        @Nullable String lastCause) {}
