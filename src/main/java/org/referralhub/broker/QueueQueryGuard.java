package org.referralhub.broker;

import java.util.Set;
import java.util.function.Supplier;
import javax.security.auth.Subject;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.Interceptor;
import org.apache.activemq.artemis.core.protocol.core.Channel;
import org.apache.activemq.artemis.core.protocol.core.CoreRemotingConnection;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.ActiveMQExceptionMessage;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.SessionQueueQueryMessage;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.jaas.UserPrincipal;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;

/**
 * Keeps how much waits for others from an agency. Over Core, Artemis tells anybody who is logged in how many messages a queue
 * holds and asks no permission for it; here an agency is told about its own inbox and its own intake, which a client needs
 * before it reads or sends.
 */
final class QueueQueryGuard implements Interceptor {
    private final Supplier<AgencyRegistry> agencies;

    QueueQueryGuard(Supplier<AgencyRegistry> agencies) {
        this.agencies = agencies;
    }

    @Override
    public boolean intercept(Packet packet, RemotingConnection connection) {
        if (!(packet instanceof SessionQueueQueryMessage query)
                || mayAsk(user(connection.getSubject()), String.valueOf(query.getQueueName()))) {
            return true;
        }
        if (connection instanceof CoreRemotingConnection core) {
            ActiveMQExceptionMessage refusal =
                    new ActiveMQExceptionMessage(new ActiveMQSecurityException("not a queue of yours"));
            refusal.setCorrelationID(packet.getCorrelationID());
            Channel channel = core.getChannel(packet.getChannelID(), -1);
            channel.confirm(packet);
            channel.send(refusal);
        }
        return false;
    }

    private boolean mayAsk(@Nullable String user, String queue) {
        // Tools learn of every queue from the management anyway.
        if (Broker.HUB_USER.equals(user) || HubSecurityManager.TOOLS_USER.equals(user)) {
            return true;
        }
        Agency agency = agencies.get().find(user).orElse(null);
        return agency != null
                && (HubSecurityManager.names(queue, agency.inbox())
                        || HubSecurityManager.names(queue, agency.intake()));
    }

    private static @Nullable String user(@Nullable Subject subject) {
        if (subject == null) {
            return null;
        }
        Set<UserPrincipal> users = subject.getPrincipals(UserPrincipal.class);
        return users.size() == 1 ? users.iterator().next().getName() : null;
    }
}
