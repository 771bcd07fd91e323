package org.referralhub.message;

/** Names of the queues. */
public final class Queues {
    /** Valid messages and notices for the ledger. */
    public static final String LEDGER = "hub.ledger";
    /** One message for each recipient. */
    public static final String DELIVERY = "hub.delivery";
    /** What could not go on. */
    public static final String DEAD_LETTER = "hub.deadletter";

    private Queues() {}

    /** Where agencies that speak this dialect send to. */
    public static String intake(String dialect) {
        return "intake." + dialect;
    }

    /** Where this agency receives. */
    public static String inbox(String agency) {
        return "agency." + agency + ".inbox";
    }
}
