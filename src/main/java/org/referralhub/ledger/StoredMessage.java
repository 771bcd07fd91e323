package org.referralhub.ledger;

import org.referralhub.message.Identifiers;

/** What the ledger remembers of a message when the same sender uses the same id again. */
record StoredMessage(
        String id, String referralId, String stamp, String originalDigest, String canonicalDigest, Status status) {

    /** What became of it. */
    enum Status {
        ACCEPTED,
        REFUSED;

        String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        static Status of(String code) {
            return valueOf(code.toUpperCase(java.util.Locale.ROOT));
        }
    }

    /** The durable key: the same for every arrival of the same message, for ever. */
    static String key(String sender, String messageId) {
        return Identifiers.derive("message", sender, messageId);
    }

    /** True when a message with the key of an earlier one is the same again, in the sender's bytes or in what they mean. */
    static boolean isRepeat(
            String earlierOriginalDigest,
            String earlierCanonicalDigest,
            String originalDigest,
            String canonicalDigest) {
        return earlierOriginalDigest.equals(originalDigest) || earlierCanonicalDigest.equals(canonicalDigest);
    }
}
