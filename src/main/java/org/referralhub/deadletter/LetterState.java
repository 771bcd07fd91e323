package org.referralhub.deadletter;

/** Where a dead letter stands. */
public enum LetterState {
    /** Waits for an operator. */
    OPEN,
    /** Sent again and on its way; open again if that fails. */
    REPLAYED,
    /** Sent again, and it arrived or was accepted. */
    RESOLVED,
    /** What it held was called off; nothing is left to be done. */
    WITHDRAWN,
    /** Put away by an operator, who gave a reason; can be restored until its bytes are removed. */
    DISCARDED,
    /** Given back to its sender with what is wrong with it. */
    RETURNED,
    /** Something newer has taken its place: the sender's correction, or an operator's. It never goes out any more. */
    SUPERSEDED;

    /** Whether nobody has anything to do with it any more, unless it comes back or is restored. */
    boolean isOver() {
        return this != OPEN && this != REPLAYED;
    }
}
