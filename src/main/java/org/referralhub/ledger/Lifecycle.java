package org.referralhub.ledger;

/** The states of an assignment and what moves it from one to the next. */
public final class Lifecycle {
    /** Where one recipient's part of a referral stands. */
    public enum State {
        REQUESTED,
        RECEIVED,
        ACCEPTED,
        IN_PROGRESS,
        ON_HOLD,
        COMPLETED,
        FAILED,
        REJECTED,
        TRANSFERRED,
        CANCELLED,
        ENTERED_IN_ERROR
    }

    private Lifecycle() {}
}
