package org.referralhub.message;

import org.jspecify.annotations.Nullable;

/** Names of the queues. */
public final class Queues {
    /** Valid messages and notices for the ledger. */
    public static final String LEDGER = "hub.ledger";
    /** One message for each recipient. */
    public static final String DELIVERY = "hub.delivery";
    /** What could not go on. */
    public static final String DEAD_LETTER = "hub.deadletter";

    private static final String INBOX_PREFIX = "agency.";
    private static final String INBOX_SUFFIX = ".inbox";

    private Queues() {}

    /** Whose inbox this queue is; null when it is none. */
    public static @Nullable String agencyOf(String queue) {
        return queue.startsWith(INBOX_PREFIX) && queue.endsWith(INBOX_SUFFIX)
                ? queue.substring(INBOX_PREFIX.length(), queue.length() - INBOX_SUFFIX.length())
                : null;
    }

    /** Where agencies that speak this dialect send to. */
    public static String intake(String dialect) {
        return "intake." + dialect;
    }

    /** Where this agency receives. */
    public static String inbox(String agency) {
        return INBOX_PREFIX + agency + INBOX_SUFFIX;
    }
}
