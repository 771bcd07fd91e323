package org.referralhub.broker;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.Faults;
import org.referralhub.message.Queues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a broker outside what the embedded one is from the start: queues, address settings, users and permissions from the
 * registry. What is there already stays as it is, so any number of nodes may do it at once and a second start does little.
 *
 * <p>An agency's user has roles by which it is known again: {@value #AGENCY_ROLE} says that the hub has made it, one role is
 * its own, one its dialect's, and one is a keyed digest of its secret, so that a changed secret is noticed without asking
 * for it.
 */
final class ExternalSetup {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalSetup.class);

    static final String AGENCY_ROLE = "referral-agency";

    private static final String DIALECT_ROLE = "referral-dialect.";
    private static final String MARK_ROLE = "referral-mark.";
    private static final List<String> OURS = List.of("hub.#", "intake.#", "agency.#");
    /** The broker itself stamps the sender on what comes over these. */
    private static final Set<String> STAMPED = Set.of("CORE", "STOMP");

    private final Management broker;
    private final String where;
    private final String user;
    private final String secret;
    private final AgencyRegistry agencies;
    private final Faults faults;

    ExternalSetup(Management broker, String where, String user, String secret, AgencyRegistry agencies, Faults faults) {
        this.broker = broker;
        this.where = where;
        this.user = user;
        this.secret = secret;
        this.agencies = agencies;
        this.faults = faults;
    }

    /** Does all of it; what the broker does not allow, and what makes it unfit, is added to the faults. */
    void apply(Path file, Map<String, String> settings, Collection<String> dialects) {
        if (agencies.find(user).isPresent()) {
            fault("the hub's own user has the name of the agency " + user, "Give the hub a user of its own");
            return;
        }
        checkDisk();
        checkDoors();
        Configuration ours = BrokerFile.read(file, settings);
        checkStamp();
        attempt("address settings", () -> applyAddressSettings(ours));
        attempt("queues", () -> makeQueues(ours, dialects));
        if (!faults.isEmpty()) {
            return;
        }
        attempt("users and permissions", () -> applyUsersAndPermissions(dialects));
    }

    /** Makes what has come since: queues, users and permissions. Nobody loses anything yet. */
    void extend(Path file, Map<String, String> settings, Collection<String> dialects) {
        attempt("address settings", this::applyCourierPauses);
        attempt("queues", () -> makeQueues(BrokerFile.read(file, settings), dialects));
        if (faults.isEmpty()) {
            attempt("users and permissions", () -> grant(users(), dialects));
        }
    }

    /**
     * Takes their user from agencies that are not in the registry any more.
     *
     * @param inboxes from which no courier takes any more
     */
    void retire(Collection<String> inboxes) {
        attempt("address settings", () -> {
            for (String inbox : inboxes) {
                broker.order("removeAddressSettings", inbox);
            }
        });
        attempt("users and permissions", () -> removeThoseWhoLeft(users()));
    }

    private void checkDisk() {
        attempt("its settings", () -> {
            if (!Boolean.TRUE.equals(broker.attribute("persistenceEnabled"))
                    || !Boolean.TRUE.equals(broker.attribute("journalSyncTransactional"))
                    || !Boolean.TRUE.equals(broker.attribute("journalSyncNonTransactional"))) {
                fault(
                        "it does not sync every message to its disk before it confirms it",
                        "Set persistence-enabled, journal-sync-transactional and journal-sync-non-transactional to true");
            }
            if (!Boolean.TRUE.equals(broker.attribute("securityEnabled"))
                    || broker.admits("nobody-" + UUID.randomUUID(), "wrong")) {
                fault("it lets in whoever comes", "Set security-enabled to true, and allow no guests");
            }
        });
    }

    /** Over AMQP, MQTT or OpenWire a client can claim any sender; only the guard puts it right. */
    private void checkDoors() {
        attempt("its plugins", () -> {
            if (broker.names("brokerPluginClassNames").contains(IntakeGuard.class.getName())) {
                return;
            }
            Set<String> open = new TreeSet<>();
            for (JsonNode acceptor : broker.json("getAcceptorsAsJSON")) {
                JsonNode parameters = acceptor.path("params");
                if (!parameters.has("protocols")) {
                    open.add(acceptor.path("name").asText() + " (all protocols)");
                }
                for (String protocol : parameters.path("protocols").asText().split(",")) {
                    String name = protocol.strip().toUpperCase(Locale.ROOT);
                    if (!name.isEmpty() && !STAMPED.contains(name)) {
                        open.add(acceptor.path("name").asText() + " (" + name + ")");
                    }
                }
            }
            if (!open.isEmpty()) {
                fault(
                        "over " + String.join(", ", open)
                                + " an agency could send in another's name, because the broker does not have the hub's guard",
                        "Put " + IntakeGuard.class.getName()
                                + " on its class path and into its broker.xml as a broker-plugin, or close these acceptors: see docs/operations/external-broker.md");
            } else {
                LOG.warn(
                        "{} does not have the hub's guard: what agencies send may be non-persistent, may expire and may"
                                + " carry duplicate ids of other agencies; see docs/operations/external-broker.md",
                        where);
            }
        });
    }

    private void applyAddressSettings(Configuration file) throws Management.Refused {
        Map<String, AddressSettings> wanted = new HashMap<>(file.getAddressSettings());
        AddressSettings general = wanted.remove("#");
        wanted.remove("activemq.#");
        if (general != null) {
            // A broker outside may serve others, too: what is for everything goes to what is ours.
            for (String ours : OURS) {
                wanted.put(
                        ours, wanted.getOrDefault(ours, new AddressSettings()).mergeCopy(general));
            }
        }
        for (Map.Entry<String, AddressSettings> match : wanted.entrySet()) {
            broker.order("addAddressSettings", match.getKey(), match.getValue().toJSON());
        }
        applyCourierPauses();
    }

    private void applyCourierPauses() throws Management.Refused {
        for (Map.Entry<String, AddressSettings> inbox :
                HubQueues.courierPauses(agencies).entrySet()) {
            broker.order("addAddressSettings", inbox.getKey(), inbox.getValue().toJSON());
        }
    }

    private void makeQueues(Configuration file, Collection<String> dialects) throws Management.Refused {
        Map<String, QueueConfiguration> inFile = new HashMap<>();
        file.getAddressConfigurations().forEach(address -> address.getQueueConfigs()
                .forEach(queue -> inFile.put(queue.getName().toString(), queue)));
        Set<String> addresses = new HashSet<>(broker.names("addressNames"));
        Set<String> queues = new HashSet<>(broker.names("queueNames"));
        for (String queue : HubQueues.of(agencies, dialects)) {
            if (!addresses.contains(queue)) {
                broker.order("createAddress", queue, RoutingType.ANYCAST.name());
            }
            if (!queues.contains(queue)) {
                broker.order(
                        "createQueue",
                        inFile.getOrDefault(queue, HubQueues.declaration(queue)).toJSON(),
                        true);
            }
        }
    }

    private void applyUsersAndPermissions(Collection<String> dialects) throws Management.Refused {
        Map<String, Set<String>> users = users();
        grant(users, dialects);
        if (faults.isEmpty()) {
            removeThoseWhoLeft(users);
        }
    }

    private void grant(Map<String, Set<String>> users, Collection<String> dialects) throws Management.Refused {
        String hub = String.join(",", users.getOrDefault(user, Set.of()));
        if (hub.isEmpty()) {
            fault("it does not know the roles of the user " + user, "See that its security manager knows that user");
            return;
        }
        for (String ours : OURS) {
            permit(ours, hub, null, null);
        }
        for (String dialect : dialects) {
            permit(Queues.intake(dialect), hub, DIALECT_ROLE + dialect, null);
        }
        for (Agency agency : agencies.all()) {
            permit(agency.inbox(), hub, null, ownRole(agency.id()));
            applyUser(agency, users.get(agency.id()));
        }
    }

    private void applyUser(Agency agency, @Nullable Set<String> present) throws Management.Refused {
        if (present != null && !present.contains(AGENCY_ROLE)) {
            fault(
                    "it has a user " + agency.id() + " who is not an agency of the hub's",
                    "Remove or rename that user at the broker, or give the agency another id");
            return;
        }
        char[] known = agencies.secret(agency.id()).orElse(null);
        if (known == null) {
            fault("the secret of " + agency.id() + " can't be read any more", "Put it back and start again");
            return;
        }
        String password = new String(known);
        Set<String> roles =
                Set.of(AGENCY_ROLE, ownRole(agency.id()), DIALECT_ROLE + agency.dialect(), MARK_ROLE + mark(password));
        if (roles.equals(present)) {
            return;
        }
        // false: the broker keeps a salted hash and not the secret.
        broker.order(present == null ? "addUser" : "resetUser", agency.id(), password, String.join(",", roles), false);
        if (present != null) {
            endLoginsOf(agency.id());
        }
    }

    /** The broker remembers verdicts for some seconds, and a connection for as long as it lasts. */
    private void endLoginsOf(String agency) throws Management.Refused {
        broker.order("clearAuthenticationCache");
        broker.order("clearAuthorizationCache");
        broker.order("closeConnectionsForUser", agency);
    }

    private void removeThoseWhoLeft(Map<String, Set<String>> users) throws Management.Refused {
        for (Map.Entry<String, Set<String>> known : users.entrySet()) {
            String name = known.getKey();
            if (known.getValue().contains(AGENCY_ROLE) && agencies.find(name).isEmpty()) {
                broker.order("removeUser", name);
                broker.order("removeSecuritySettings", Queues.inbox(name));
                endLoginsOf(name);
                LOG.info("{}: the agency {} has left and can no longer log in; its inbox stays", where, name);
            }
        }
    }

    private Map<String, Set<String>> users() throws Management.Refused {
        Map<String, Set<String>> users = new HashMap<>();
        for (JsonNode entry : broker.json("listUser", "")) {
            Set<String> roles = new HashSet<>();
            entry.path("roles").forEach(role -> roles.add(role.asText()));
            users.put(entry.path("username").asText(), roles);
        }
        return users;
    }

    /** The hub may do everything there; one role may send, or one may consume. */
    private void permit(String match, String hub, @Nullable String sender, @Nullable String reader)
            throws Management.Refused {
        String senders = sender == null ? hub : hub + "," + sender;
        String readers = reader == null ? hub : hub + "," + reader;
        if (!OURS.contains(match) && isPermitted(match, senders, readers)) {
            return;
        }
        broker.order("addSecuritySettings", match, senders, readers, hub, hub, hub, hub, hub, hub, hub, hub);
    }

    private boolean isPermitted(String address, String senders, String readers) throws Management.Refused {
        Set<String> send = new HashSet<>();
        Set<String> consume = new HashSet<>();
        for (JsonNode role : broker.json("getRolesAsJSON", address)) {
            String name = role.path("name").asText();
            if (role.path("send").asBoolean()) {
                send.add(name);
            }
            if (role.path("consume").asBoolean()) {
                consume.add(name);
            }
        }
        return send.equals(Set.of(senders.split(","))) && consume.equals(Set.of(readers.split(",")));
    }

    /** Sends itself a message and looks whose name it carries. */
    private void checkStamp() {
        String probe = "referral-hub-probe-" + UUID.randomUUID();
        try (ClientSession session = broker.newSession()) {
            session.createQueue(QueueConfiguration.of(probe)
                    .setAddress(probe)
                    .setRoutingType(RoutingType.ANYCAST)
                    .setDurable(false)
                    .setTemporary(true));
            session.start();
            session.createProducer(probe).send(session.createMessage(false));
            try (ClientConsumer consumer = session.createConsumer(probe)) {
                ClientMessage message = consumer.receive(5000);
                if (message == null || !user.equals(message.getStringProperty(Message.HDR_VALIDATED_USER))) {
                    fault("it does not say who has sent a message", "Set populate-validated-user to true");
                }
            }
            session.deleteQueue(probe);
        } catch (ActiveMQException e) {
            fault(
                    "the user " + user + " can't make a temporary queue: " + e.getMessage(),
                    "Let it send, consume, create and delete everywhere (#)");
        }
    }

    private String mark(String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] digest = mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static String ownRole(String agency) {
        return AGENCY_ROLE + "." + agency;
    }

    private void attempt(String what, Step step) {
        try {
            step.run();
        } catch (Management.Refused e) {
            List<String> lines =
                    new ArrayList<>(String.valueOf(e.getMessage()).lines().toList());
            fault(
                    what + " can't be managed by the user " + user + ": " + (lines.isEmpty() ? "" : lines.get(0)),
                    "Let that user manage the broker and give it a security manager that keeps users itself: see"
                            + " docs/operations/external-broker.md");
        }
    }

    private void fault(String problem, String remedy) {
        faults.add(where, 0, 0, problem, remedy);
    }

    @FunctionalInterface
    private interface Step {
        void run() throws Management.Refused;
    }
}
