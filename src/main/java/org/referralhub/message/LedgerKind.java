package org.referralhub.message;

/** What a message on {@code hub.ledger} or {@code hub.deadletter} tells the ledger. */
public enum LedgerKind {
    /** A valid message from an agency; the body is a {@link Parcel}. */
    MESSAGE,
    /** Delivery has put messages into inboxes, in the same transaction; the body is their {@link Notice}s. */
    DELIVERED,
    /** A message that could not go on; the body is what failed. */
    DEAD,
    /** The time of a message that came before the one it follows is up; no body. */
    EARLY,
    /** An operator wants a dead letter to go again; no body. From before there was {@link #DESK}. */
    REPLAY,
    /** Something is ordered at the desk of the dead letters; the body is the order as JSON. */
    DESK,
    /** A deadline has run out; no body. */
    DUE,
    /** Somebody was shown what is personal, or looked for it; the body is what they did, a code. */
    ACCESS,
    /** The configuration was changed, or a change was refused; the body is a {@link ConfigurationChange}. */
    CONFIGURATION,
    /** Operators were alarmed, or told that all is well; the body says how many for what. */
    ALARM,
    /** An operator wants couriers and collectors to leave an agency alone; the body is the reason. */
    PAUSE,
    /** An operator wants them to go on; the body is the reason. */
    RESUME
}
