package org.referralhub.deadletter;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.dialect.Received;
import org.referralhub.message.Report;

/** The stages before and behind the ledger, for trying a letter on them: they send nothing. */
public interface Stages {

    /**
     * What intake would make of a document, message by message.
     *
     * @throws StageFailure when it would not even come to its checks
     */
    List<Received> intake(String sender, String dialect, byte[] original, Instant now);

    /** What delivery would make of a canonical message for this recipient. */
    Written delivery(String recipient, byte[] canonical);

    /** True when a courier brings the agency what is for it: whether that works is not tried. */
    boolean hasCourier(String agency);

    /**
     * What delivery made.
     *
     * @param cause code of the failure; null when the message was written
     * @param report what is wrong with it; clean when it was written
     * @param document as the recipient would read it; personal
     */
    record Written(@Nullable String cause, Report report, byte[] document) {
        /** The document is personal. */
        @Override
        public String toString() {
            return "Written[cause=" + cause + "]";
        }
    }

    /** A stage would fail before it has looked at the message. */
    final class StageFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String code;

        /** @param code of the cause with which the letter would come back */
        public StageFailure(String code) {
            super(code, null, false, false);
            this.code = code;
        }

        /** Code of the cause. */
        public String code() {
            return code;
        }
    }
}
