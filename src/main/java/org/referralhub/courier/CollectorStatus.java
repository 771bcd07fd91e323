package org.referralhub.courier;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an agency's collector stands on this node.
 *
 * @param way {@code folder} or {@code sftp}
 * @param lastTaken when it last took a file, since this node started; null when it has not
 * @param lastFailed when it last could not
 * @param lastCause why it could not, a code
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CollectorStatus(
        String way,
        @Nullable Instant lastTaken,
        @Nullable Instant lastFailed,
        @Nullable String lastCause) {}
