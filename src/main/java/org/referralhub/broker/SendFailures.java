package org.referralhub.broker;

import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerMessagePlugin;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * A send that the broker could not take fails the whole transaction. Artemis by itself does so for some causes only; for the
 * others the commit of a client that did not wait for its sends would succeed, and the message would be gone.
 */
final class SendFailures implements ActiveMQServerMessagePlugin {
    @Override
    public void onSendException(
            ServerSession session,
            @Nullable Transaction transaction,
            Message message,
            boolean direct,
            boolean noAutoCreateQueue,
            Exception failure) {
        if (transaction != null) {
            transaction.markAsRollbackOnly(
                    failure instanceof ActiveMQException known ? known : new ActiveMQException("a send failed"));
        }
    }
}
