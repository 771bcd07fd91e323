package org.referralhub.message;

import java.util.Set;

/**
 * Names of the message properties that the hub sets or reads on its queues. They hold opaque ids and codes only, never
 * anything about a child. Everything else that arrives as a property is dropped at the door.
 */
public final class Headers {
    /** What a message on {@code hub.ledger} is; a {@link LedgerKind} name. */
    public static final String KIND = "hubKind";
    /** Given once by intake to each arrival; the same stamp again is a redelivery after a crash. */
    public static final String STAMP = "hubStamp";
    /** The agency that sent the message: verified by the broker, or by the hub's own door for REST. */
    public static final String SENDER = "hubSender";
    /** Name of the dialect of the original bytes. */
    public static final String DIALECT = "hubDialect";
    /** When the hub took the message in, milliseconds since 1970 UTC. */
    public static final String ARRIVED_AT = "hubArrivedAt";
    /** Version of the configuration by which a message was checked and translated. */
    public static final String CONFIGURATION = "hubConfiguration";
    /** {@code true} when only the urgent core could be read. */
    public static final String INCOMPLETE = "hubIncomplete";
    /** On a message that stood in a file of several: number of its row, as a spreadsheet counts. */
    public static final String ROW = "hubRow";
    /** On a message that stood in a file of several: line of the file in which its row begins. */
    public static final String LINE = "hubLine";
    /** Deterministic id of one message to one recipient. */
    public static final String DELIVERY_ID = "deliveryId";
    /** The agency that a delivery is for. */
    public static final String RECIPIENT = "hubRecipient";
    /** {@link MessageType} name; on everything an agency receives. */
    public static final String MESSAGE_TYPE = "messageType";
    /** Identifier of the referral; on everything an agency receives. */
    public static final String REFERRAL_ID = "referralId";
    /** The reference that people use; on everything an agency receives. */
    public static final String REFERENCE = "reference";
    /** Identifier of the canonical message; on everything an agency receives. */
    public static final String MESSAGE_ID = "messageId";
    /** {@link Urgency} name. */
    public static final String URGENCY = "urgency";
    /** On a deadline that has run out: which one, for example {@code ACKNOWLEDGE}. */
    public static final String CLOCK = "hubClock";
    /** On a deadline that has run out: when it did, milliseconds since 1970 UTC. */
    public static final String DUE_AT = "hubDueAt";
    /** In an inbox: {@code true} when its agency has been told by mail that it is there. */
    public static final String NOTIFIED = "hubNotified";
    /** In an inbox: since when it has been there, milliseconds since 1970 UTC; absent when its own timestamp says so. */
    public static final String SINCE = "hubSince";
    /** Media type of the body in an inbox. */
    public static final String CONTENT_TYPE = "contentType";

    /** Dead letters: the queue the message was taken from. */
    public static final String DEAD_ORIGIN = "deadOrigin";
    /** Dead letters: the route and step that failed, for example {@code deliver/translate-message}. */
    public static final String DEAD_STAGE = "deadStage";
    /** Dead letters: stable cause code, for example {@code mapping-failed}; never an exception's text. */
    public static final String DEAD_CAUSE = "deadCause";
    /** Dead letters: class names of the exception and its root, without their texts. */
    public static final String DEAD_EXCEPTION = "deadException";
    /** Dead letters: {@code refused}, {@code permanent}, {@code exhausted} (transient, attempts used up) or {@code unknown}. */
    public static final String DEAD_CLASS = "deadClass";
    /** Dead letters: how often it was tried, from 1. */
    public static final String DEAD_ATTEMPTS = "deadAttempts";
    /** On a message that the desk sent again: the letter it comes from. */
    public static final String REPLAY_OF = "replayOf";
    /** How often a delivery has left the desk again; absent when never. */
    public static final String SENDING = "hubSending";
    /**
     * W3C trace context, {@code 00-<trace>-<step>-<flags>} in hexadecimal: the trace that this message is part of, when traces
     * are collected. Also on what an agency receives.
     */
    public static final String TRACE = "traceparent";

    /** Every property that the hub's own messages may carry. */
    public static final Set<String> ALL = Set.of(
            KIND,
            STAMP,
            SENDER,
            DIALECT,
            ARRIVED_AT,
            CONFIGURATION,
            INCOMPLETE,
            ROW,
            LINE,
            DELIVERY_ID,
            RECIPIENT,
            MESSAGE_TYPE,
            REFERRAL_ID,
            REFERENCE,
            MESSAGE_ID,
            URGENCY,
            CLOCK,
            DUE_AT,
            NOTIFIED,
            SINCE,
            CONTENT_TYPE,
            DEAD_ORIGIN,
            DEAD_STAGE,
            DEAD_CAUSE,
            DEAD_EXCEPTION,
            DEAD_CLASS,
            DEAD_ATTEMPTS,
            REPLAY_OF,
            SENDING,
            TRACE);

    private Headers() {}
}
