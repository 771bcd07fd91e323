package org.referralhub.message;

/** What a message asks or says. The types and their effect on an assignment are the hub's referral lifecycle. */
public enum MessageType {
    /** One agency asks others to act for a child; opens the referral. */
    REQUEST,
    /** The recipient has seen the referral. */
    ACK,
    /** The recipient takes the referral on. */
    ACCEPT,
    /** The recipient declines, with a reason. */
    REJECT,
    /** Work has begun, or begun again. */
    START,
    /** Work is paused, with a reason. */
    HOLD,
    /** News for the sender that changes no state. */
    FEEDBACK,
    /** Work has ended, well or not, with a close code. */
    OUTCOME,
    /** The recipient hands responsibility to another agency. */
    TRANSFER,
    /** The sender changes or completes what it said. */
    AMEND,
    /** The referral is called off. */
    RECALL,
    /** The referral climbs to the next recipient up the ladder. */
    ESCALATE,
    /** The referral was sent in error. */
    VOID,
    /** The hub's own answer to a sender: what was decided about its message. */
    RECEIPT
}
