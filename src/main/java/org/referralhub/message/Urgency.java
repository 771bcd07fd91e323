package org.referralhub.message;

import com.fasterxml.jackson.databind.JsonNode;

/** How soon a child needs an answer. It is the JMS priority of every message of the referral, from door to inbox. */
public enum Urgency {
    IMMEDIATE(9),
    URGENT(7),
    PRIORITY(5),
    ROUTINE(3);

    private final int priority;

    Urgency(int priority) {
        this.priority = priority;
    }

    /** The JMS priority, 0 to 9, higher first. */
    public int priority() {
        return priority;
    }

    /**
     * The urgency of a message on its way to the ledger. Only a REQUEST says its own. An answer is never kept waiting behind
     * routine requests, and all that a recipient says goes equally fast, or its OUTCOME would overtake its ESCALATE. What the
     * sender says after its REQUEST gets the lowest, or it would overtake a REQUEST that still waits. Both may ESCALATE: that of
     * a sender who is too fast waits for its REQUEST in the ledger. Both may RECALL: after its own a recipient has nothing more
     * to say.
     *
     * @param canonical a message that has passed the canonical schema
     */
    public static Urgency onTheWayIn(JsonNode canonical) {
        return switch (MessageType.valueOf(canonical.path("messageType").asText())) {
            case REQUEST -> valueOf(canonical.path("body").path("urgency").asText());
            case AMEND, RECALL, VOID -> ROUTINE;
            default -> URGENT;
        };
    }
}
