package org.referralhub.broker;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQIllegalStateException;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.server.LargeServerMessage;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerMessagePlugin;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.utils.CompositeAddress;
import org.jspecify.annotations.Nullable;

/**
 * Takes from an agency's message what could lose it or reach beyond the agency. A client may have asked for it without
 * knowing: many libraries send non-persistent by default, or with a time to live.
 *
 * <ul>
 *   <li>It is made durable, it does not expire, it is not scheduled for later.
 *   <li>Every property is dropped. Intake reads the body and the verified user only, and a property could do harm: the
 *       broker keeps duplicate ids by address, so one agency's id could swallow another's message, and a repeat must get its
 *       receipt again; a property with a name in it could end in a log.
 *   <li>It joins the group of its sender, whatever group it had: what one agency sends is worked on in order.
 * </ul>
 *
 * <p>And it writes the verified sender onto the message. Artemis does that with {@code populate-validated-user} for Core and
 * STOMP only: an AMQP message it passes on with whatever user the client has claimed.
 *
 * <p>A broker outside the hub has it on its class path and in its {@code broker.xml}:
 * {@code <broker-plugin class-name="org.referralhub.broker.IntakeGuard"/>}. Its class path is that of Artemis.
 */
public final class IntakeGuard implements ActiveMQServerMessagePlugin {
    /** Larger than any body that intake reads, with room for properties; what is larger is not taken at all. */
    static final long MAX_BYTES = 2L * 1024 * 1024;

    /** Written by the broker or the protocol on the way in, and needed to read the message. */
    private static final Set<SimpleString> KEPT = Set.of(
            Message.HDR_ROUTING_TYPE,
            Message.HDR_LARGE_BODY_SIZE,
            Message.HDR_LARGE_COMPRESSED,
            Message.HDR_CONTENT_TYPE);

    // A constant, so that this class stands alone on a broker's class path.
    private String hubUser = Broker.HUB_USER;

    /** For the broker, which makes it by its name. */
    public IntakeGuard() {}

    /** @param properties from {@code broker.xml}; {@code hub-user} is the hub's own user when it is not {@code hub} */
    @Override
    public void init(Map<String, String> properties) {
        hubUser = properties.getOrDefault("hub-user", Broker.HUB_USER);
    }

    @Override
    public void beforeSend(
            ServerSession session,
            @Nullable Transaction transaction,
            Message message,
            boolean direct,
            boolean noAutoCreateQueue)
            throws ActiveMQException {
        String address = message.getAddress();
        if (hubUser.equals(session.getValidatedUser()) || !isOurs(address)) {
            return;
        }
        String sender = session.getValidatedUser();
        try {
            check(address, sender, message);
        } catch (ActiveMQException e) {
            if (transaction != null) {
                // Or the commit of a client that did not wait for its send would succeed without the message.
                transaction.markAsRollbackOnly(e);
            }
            throw e;
        }
        for (SimpleString name : List.copyOf(message.getPropertyNames())) {
            if (!KEPT.contains(name)) {
                message.removeProperty(name);
            }
        }
        message.setDurable(true);
        message.setExpiration(0);
        message.setScheduledDeliveryTime(null);
        message.putStringProperty(Message.HDR_VALIDATED_USER, SimpleString.of(sender));
        message.setGroupID(SimpleString.of(sender));
        message.reencode();
    }

    private static void check(@Nullable String address, @Nullable String sender, Message message)
            throws ActiveMQException {
        if (address != null && CompositeAddress.isFullyQualified(address)) {
            // Permission is for the address; a queue named behind it would only be a way past or a way to nowhere.
            throw new ActiveMQIllegalStateException("send to the intake, not to a queue behind it");
        }
        if (message.getWholeMessageSize() > MAX_BYTES) {
            deleteFile(message);
            throw new ActiveMQIllegalStateException("message larger than " + MAX_BYTES + " bytes");
        }
        if (message.isLargeMessage() && !(message instanceof ICoreMessage)) {
            // Its properties are read from its file again, the sender's own claims among them.
            throw new ActiveMQIllegalStateException("message larger than the AMQP door takes");
        }
        if (sender == null || sender.isEmpty()) {
            throw new ActiveMQIllegalStateException("nobody is logged in");
        }
    }

    /** Inside the hub every address is ours; a broker outside may serve others, whose messages are not touched. */
    private static boolean isOurs(@Nullable String address) {
        return address == null
                || address.startsWith("intake.")
                || address.startsWith("hub.")
                || address.startsWith("agency.");
    }

    /** A large message is on the disk before it can be refused, and Artemis leaves it there: enough of them would fill it. */
    private static void deleteFile(Message message) throws ActiveMQException {
        if (message instanceof LargeServerMessage large) {
            try {
                large.deleteFile();
            } catch (ActiveMQException e) {
                throw e;
            } catch (Exception e) {
                throw new ActiveMQIllegalStateException("message too large, and its file can't be deleted");
            }
        }
    }
}
