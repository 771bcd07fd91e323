package org.referralhub.deadletter;

/** Where a dead letter stands. */
public enum LetterState {
    /** Waits for an operator. */
    OPEN,
    /** Sent again; open again if that fails. */
    REPLAYED,
    /** What it held was called off; nothing is left to be done. */
    WITHDRAWN
}
