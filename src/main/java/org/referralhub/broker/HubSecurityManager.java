package org.referralhub.broker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
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
 * <p>The hub itself has a secret made at each start, good only for connections inside the process. Artemis' own tools have a login
 * of their own where somebody has given it a secret: it reaches the management of the broker, and no queue by itself.
 */
final class HubSecurityManager implements ActiveMQSecurityManager5 {
    /** The login of Artemis' own tools. No agency can have it: their ids hold no dot. */
    static final String TOOLS_USER = "artemis.tools";

    private static final String MANAGEMENT = "activemq.management";
    /** What a tool makes to be answered. */
    private static final Set<CheckType> OWN_ANSWERS = EnumSet.of(
            CheckType.CREATE_ADDRESS,
            CheckType.DELETE_ADDRESS,
            CheckType.CREATE_NON_DURABLE_QUEUE,
            CheckType.DELETE_NON_DURABLE_QUEUE,
            CheckType.CONSUME,
            CheckType.SEND);

    private static final Pattern TEMPORARY =
            Pattern.compile("(activemq[.]management[.])?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Supplier<AgencyRegistry> agencies;
    private final String hubSecret;
    private final String toolsSecret;

    /** @param toolsSecret empty: Artemis' own tools can't log in */
    HubSecurityManager(Supplier<AgencyRegistry> agencies, String toolsSecret) {
        this.agencies = agencies;
        this.hubSecret = randomSecret();
        this.toolsSecret = toolsSecret;
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
        boolean known =
                switch (user) {
                    case Broker.HUB_USER -> isInside(connection) && same(hubSecret, password);
                    case TOOLS_USER -> !toolsSecret.isEmpty() && same(toolsSecret, password);
                    default -> agencies.get().authenticate(user, password.toCharArray());
                };
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
        if (TOOLS_USER.equals(user)) {
            return mayManage(checkType, address);
        }
        Agency agency = agencies.get().find(user).orElse(null);
        return agency != null
                && ((checkType == CheckType.SEND && names(address, agency.intake()))
                        || (checkType == CheckType.CONSUME && names(address, agency.inbox())));
    }

    /** To ask the management and to hear its answer, on a queue with a name that only a machine makes. */
    private static boolean mayManage(CheckType checkType, String address) {
        return address.equals(MANAGEMENT)
                ? checkType == CheckType.SEND || checkType == CheckType.MANAGE
                : OWN_ANSWERS.contains(checkType)
                        && TEMPORARY
                                .matcher(CompositeAddress.extractAddressName(address))
                                .matches();
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
