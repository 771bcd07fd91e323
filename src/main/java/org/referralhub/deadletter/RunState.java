package org.referralhub.deadletter;

/** Where a run stands. */
public enum RunState {
    /** Its letters go. */
    RUNNING,
    /** An operator lets it wait; what is on its way arrives. */
    PAUSED,
    /** It has stopped itself because a letter failed again; it can be resumed without that letter. */
    HALTED,
    /** An operator has ended it; what has not gone stays at the desk. */
    STOPPED,
    /** Every letter has been dealt with. */
    DONE;

    /** True when nothing comes of it any more. */
    public boolean isOver() {
        return this == STOPPED || this == DONE;
    }
}
