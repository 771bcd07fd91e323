package org.referralhub.broker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.Supplier;
import javax.security.auth.Subject;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnection;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager5;
import org.apache.activemq.artemis.spi.core.security.jaas.UserPrincipal;
import org.apache.activemq.artemis.utils.CompositeAddress;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;

/**
 * Who may do what at the broker, straight from the registry: an agency may send to its dialect's intake and consume its own
 * inbox. Everything that is not allowed here is denied, whatever {@code broker.xml} says about roles.
 *
 * <p>The hub itself has a secret made at each start, good only for connections inside the process.
 */
final class HubSecurityManager implements ActiveMQSecurityManager5 {
    private final Supplier<AgencyRegistry> agencies;
    private final String hubSecret;

    HubSecurityManager(Supplier<AgencyRegistry> agencies) {
        this.agencies = agencies;
        this.hubSecret = randomSecret();
    }

    static String randomSecret() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    String hubSecret() {
        return hubSecret;
    }

    @Override
    public @Nullable Subject authenticate(
            @Nullable String user,
            @Nullable String password,
            @Nullable RemotingConnection connection,
            @Nullable String securityDomain) {
        if (user == null || password == null) {
            return null;
        }
        boolean known = Broker.HUB_USER.equals(user)
                ? isInside(connection) && same(hubSecret, password)
                : agencies.get().authenticate(user, password.toCharArray());
        if (!known) {
            return null;
        }
        Subject subject = new Subject();
        subject.getPrincipals().add(new UserPrincipal(user));
        subject.setReadOnly();
        return subject;
    }

    @Override
    public boolean authorize(
            @Nullable Subject subject, @Nullable Set<Role> roles, CheckType checkType, @Nullable String address) {
        if (subject == null || address == null) {
            return false;
        }
        Set<UserPrincipal> users = subject.getPrincipals(UserPrincipal.class);
        if (users.size() != 1) {
            return false;
        }
        String user = users.iterator().next().getName();
        if (Broker.HUB_USER.equals(user)) {
            return true;
        }
        Agency agency = agencies.get().find(user).orElse(null);
        return agency != null
                && ((checkType == CheckType.SEND && names(address, agency.intake()))
                        || (checkType == CheckType.CONSUME && names(address, agency.inbox())));
    }

    /** The broker asks for an address, or for {@code address::queue}; ours have the same name for both. */
    static boolean names(String asked, String queue) {
        return asked.equals(queue) || asked.equals(CompositeAddress.toFullyQualified(queue, queue));
    }

    /** Never used: the broker asks the methods above. */
    @Override
    public boolean validateUser(@Nullable String user, @Nullable String password) {
        return false;
    }

    /** Never used: the broker asks the methods above. */
    @Override
    public boolean validateUserAndRole(
            @Nullable String user,
            @Nullable String password,
            @Nullable Set<Role> roles,
            @Nullable CheckType checkType) {
        return false;
    }

    private static boolean isInside(@Nullable RemotingConnection connection) {
        return connection != null && connection.getTransportConnection() instanceof InVMConnection;
    }

    private static boolean same(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
