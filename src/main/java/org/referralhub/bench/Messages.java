package org.referralhub.bench;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.List;
import java.util.UUID;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Notice;
import org.referralhub.message.Urgency;

/** The messages that the bare courses move: the hub's properties and sizes, without its contents. */
final class Messages {
    private static final byte[] FILL = new byte[1 << 20];
    /** As long as one in the hub. */
    private static final String DIGEST = "0".repeat(64);

    private Messages() {}

    /** As many bytes as the hub would move. */
    static byte[] filler(int size) {
        byte[] bytes = new byte[size];
        System.arraycopy(FILL, 0, bytes, 0, size);
        return bytes;
    }

    /** What a sender hands over. */
    static BytesMessage intake(Session session, Sending referral) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.setStringProperty(Headers.SENDER, referral.agency());
        message.setStringProperty(Headers.REFERRAL_ID, referral.referralId());
        message.writeBytes(referral.bytes());
        return message;
    }

    /** Intake to ledger. */
    static BytesMessage parcel(Session session, String referralId, String sender, String dialect, Shape shape)
            throws JMSException {
        BytesMessage message = common(session, referralId, LedgerKind.MESSAGE);
        message.setStringProperty("JMSXGroupID", referralId);
        message.setStringProperty(Headers.STAMP, UUID.randomUUID().toString());
        message.setStringProperty(Headers.SENDER, sender);
        message.setStringProperty(Headers.DIALECT, dialect);
        message.setLongProperty(Headers.ARRIVED_AT, System.currentTimeMillis());
        message.writeBytes(filler(shape.parcel()));
        return message;
    }

    /** Ledger to delivery. */
    static BytesMessage delivery(Session session, String referralId, int copy, Shape.Copy weight) throws JMSException {
        BytesMessage message = common(session, referralId, null);
        message.setStringProperty(Headers.DELIVERY_ID, referralId + "/" + copy);
        message.setStringProperty(Headers.RECIPIENT, weight.agency());
        message.setStringProperty("JMSXGroupID", weight.agency());
        message.writeBytes(filler(weight.delivery()));
        return message;
    }

    /** Which of a referral's copies a delivery is. */
    static int copy(String deliveryId) {
        return Integer.parseInt(deliveryId, deliveryId.indexOf('/') + 1, deliveryId.length(), 10);
    }

    /** Delivery to inbox. */
    static BytesMessage inbox(Session session, String referralId, int copy, Shape.Copy weight) throws JMSException {
        BytesMessage message = common(session, referralId, null);
        message.setStringProperty(Headers.DELIVERY_ID, referralId + "/" + copy);
        message.setStringProperty(Headers.CONTENT_TYPE, "application/json");
        message.writeBytes(filler(weight.inbox()));
        return message;
    }

    /** What delivery tells the ledger of one copy. */
    static Notice notice(String deliveryId, Shape.Copy weight) {
        return new Notice(deliveryId, weight.agency(), null, 1, DIGEST);
    }

    /** Delivery back to ledger. */
    static BytesMessage notices(Session session, List<Notice> notices) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.setStringProperty(Headers.KIND, LedgerKind.DELIVERED.name());
        message.writeBytes(Notice.toBytes(notices));
        return message;
    }

    private static BytesMessage common(
            Session session, String referralId, @org.jspecify.annotations.Nullable LedgerKind kind)
            throws JMSException {
        BytesMessage message = session.createBytesMessage();
        if (kind != null) {
            message.setStringProperty(Headers.KIND, kind.name());
        }
        message.setStringProperty(Headers.MESSAGE_TYPE, MessageType.REQUEST.name());
        message.setStringProperty(Headers.REFERRAL_ID, referralId);
        message.setStringProperty(Headers.REFERENCE, "RF-0000-0000-0000");
        message.setStringProperty(Headers.MESSAGE_ID, referralId);
        message.setStringProperty(Headers.URGENCY, Urgency.URGENT.name());
        return message;
    }
}
