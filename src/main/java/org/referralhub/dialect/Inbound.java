package org.referralhub.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Report;

/** What became of a sender's document at the door. */
public sealed interface Inbound {

    /** Everything that was found, with the sender's own pointers, lines and columns. */
    Report report();

    /**
     * The message may go on.
     *
     * @param canonical the canonical message, valid; of an urgent core the core alone, marked {@code incomplete}
     * @param report warnings; for an urgent core also the errors that the rest of the document has
     * @param incomplete true when only the urgent core could be taken over
     */
    record Accepted(ObjectNode canonical, Report report, boolean incomplete) implements Inbound {
        /** Without the message: it is personal. */
        @Override
        public String toString() {
            return "Accepted[findings=%d, incomplete=%s]"
                    .formatted(report.findings().size(), incomplete);
        }
    }

    /**
     * The message may not go on.
     *
     * @param report at least one error
     * @param messageId which message it would have been, by its sender's id; null when that can't be read or is wrong itself
     */
    record Refused(Report report, @Nullable String messageId) implements Inbound {}
}
