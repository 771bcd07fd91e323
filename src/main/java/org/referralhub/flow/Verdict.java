package org.referralhub.flow;

import org.jspecify.annotations.Nullable;
import org.referralhub.dialect.Inbound;

/**
 * What intake decided about one message.
 *
 * @param sender the verified sender; null when the hub itself put the message here without saying for whom
 * @param dialect the dialect of the queue it came to
 * @param version of the configuration by which it was decided
 * @param original the sender's bytes
 * @param outcome accepted with its canonical message, or refused with the findings
 */
public record Verdict(@Nullable String sender, String dialect, String version, byte[] original, Inbound outcome) {

    /** Asked by the route. */
    public boolean isAccepted() {
        return outcome instanceof Inbound.Accepted;
    }
}
