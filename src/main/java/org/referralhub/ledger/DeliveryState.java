package org.referralhub.ledger;

/** Where an obligation to deliver one message to one agency stands. */
public enum DeliveryState {
    /** On its way. */
    WAITING,
    /** In the agency's inbox. */
    DELIVERED,
    /** With the operators. */
    DESK,
    /** Called off. */
    WITHDRAWN
}
