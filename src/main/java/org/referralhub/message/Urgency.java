package org.referralhub.message;

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
}
