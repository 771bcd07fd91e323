package org.referralhub.broker;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.ConnectionFactory;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.core.settings.HierarchicalRepository;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.core.settings.impl.HierarchicalObjectRepository;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.Faults;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Artemis of its own somewhere else, that several hubs may share. When it is away this hub says so and waits: messages
 * are safe there, and the routes and the ledger connect again by themselves.
 */
public final class ExternalBroker implements Broker, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalBroker.class);
    private static final int QUEUES_A_PAGE = 500;

    private final String where;
    private final String user;
    private final Management management;
    private final PooledConnections connections;
    private final String journal;
    private final Access access;
    private final HierarchicalRepository<AddressSettings> addressSettings;
    private volatile Storage lastStorage = Storage.UNKNOWN;

    /** With what it was set up, and is again when agencies or dialects come. */
    private record Access(String user, String secret, Path file, Map<String, String> settings) {
        /** Never the secret. */
        @Override
        public String toString() {
            return "Access[" + user + "]";
        }
    }

    private ExternalBroker(
            String where, Access access, Management management, PooledConnections connections, String journal) {
        this.where = where;
        this.access = access;
        this.user = access.user();
        this.management = management;
        this.connections = connections;
        this.journal = journal;
        this.addressSettings = new HierarchicalObjectRepository<>();
        addressSettings.setDefault(new AddressSettings());
        BrokerFile.read(access.file(), access.settings()).getAddressSettings().forEach(addressSettings::addMatch);
    }

    /**
     * Connects and brings queues, address settings, users and permissions in line with the registry.
     *
     * @param url of its Core acceptor, for example {@code tcp://broker:61616?sslEnabled=true}
     * @param user the hub's own user there, who may manage it
     * @param secret of that user
     * @param file {@code config/broker.xml}, for the address settings
     * @param settings values for {@code ${name:default}} in the file
     * @param agencies who may log in
     * @param dialects names of the dialects; each gets its intake
     * @throws ConfigurationException when it can't be reached, is not fit or does not allow what is needed
     */
    public static ExternalBroker start(
            String url,
            String user,
            String secret,
            Path file,
            Map<String, String> settings,
            AgencyRegistry agencies,
            Collection<String> dialects) {
        // What follows the question mark may hold the password of a key store.
        String where = url.replaceFirst("\\?.*", "");
        Faults faults = new Faults();
        Management management = new Management(url, user, secret);
        try {
            new ExternalSetup(management, where, user, secret, agencies, faults).apply(file, settings, dialects);
            faults.throwIfAny();
            String journal = "outside at %s, %s journal, every write synced"
                    .formatted(where, management.attribute("journalType"));
            ExternalBroker broker = new ExternalBroker(
                    where,
                    new Access(user, secret, file, Map.copyOf(settings)),
                    management,
                    new PooledConnections(
                            new ActiveMQConnectionFactory(url, user, secret),
                            new ActiveMQConnectionFactory(url, user, secret),
                            new ActiveMQConnectionFactory(url, user, secret),
                            false),
                    journal);
            LOG.info("broker {}", journal);
            return broker;
        } catch (BrokerException | Management.Refused e) {
            management.close();
            faults.add(
                    where,
                    0,
                    0,
                    String.valueOf(e.getMessage()).replaceFirst("\\.$", ""),
                    "See that it runs, that its Core acceptor can be reached from here and that the secret of the user "
                            + user + " is right");
            throw new ConfigurationException(faults.all());
        } catch (ConfigurationException e) {
            management.close();
            throw e;
        }
    }

    @Override
    public ConnectionFactory connectionFactory() {
        return connections.singles();
    }

    @Override
    public ConnectionFactory transactions() {
        return connections.transactions();
    }

    @Override
    public ConnectionFactory couriers() {
        return connections.couriers();
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public boolean isEmbedded() {
        return false;
    }

    @Override
    public int attempts(String queue) {
        return addressSettings.getMatch(queue).getMaxDeliveryAttempts();
    }

    @Override
    public boolean isRunning() {
        try {
            return Boolean.TRUE.equals(management.attribute("active"));
        } catch (Management.Refused | BrokerException e) {
            LOG.warn("{} can't be reached; waiting for it", where);
            return false;
        }
    }

    @Override
    public String journal() {
        return journal;
    }

    @Override
    public Storage storage() {
        try {
            Storage storage = new Storage(
                    String.valueOf(management.attribute("journalType")),
                    true,
                    Double.NaN,
                    number("addressMemoryUsage"),
                    Double.NaN,
                    number("diskStoreUsage"),
                    number("maxDiskUsage") / 100);
            lastStorage = storage;
            return storage;
        } catch (Management.Refused e) {
            throw new BrokerException("the broker does not tell of its store", e);
        }
    }

    @Override
    public boolean isFull() {
        return lastStorage.isFull();
    }

    private double number(String attribute) throws Management.Refused {
        return management.attribute(attribute) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    @Override
    public Map<String, Integer> ports() {
        return Map.of();
    }

    @Override
    public long depth(String queue) {
        try {
            if (management.attribute(ResourceNames.QUEUE + queue, "messageCount") instanceof Number count) {
                return count.longValue();
            }
            throw new IllegalArgumentException("no queue " + queue);
        } catch (Management.Refused e) {
            throw new IllegalArgumentException("no queue " + queue, e);
        }
    }

    @Override
    public Map<String, Activity> activity() {
        Map<String, Activity> activity = new HashMap<>();
        try {
            for (int page = 1; ; page++) {
                JsonNode found = management.json("listQueues", "", page, QUEUES_A_PAGE);
                for (JsonNode queue : found.path("data")) {
                    String name = queue.path("name").asText();
                    if (HubQueues.isOurs(name)) {
                        activity.put(
                                name,
                                new Activity(
                                        queue.path("messageCount").asLong(),
                                        queue.path("messagesAcked").asLong(),
                                        queue.path("consumerCount").asInt()));
                    }
                }
                if ((long) page * QUEUES_A_PAGE >= found.path("count").asLong()) {
                    return activity;
                }
            }
        } catch (Management.Refused e) {
            throw new BrokerException("the broker does not tell the depths of its queues", e);
        }
    }

    @Override
    public void limitReaders(String queue, int most) {
        try {
            management.order(
                    "updateQueue",
                    QueueConfiguration.of(queue).setMaxConsumers(most).toJSON());
        } catch (Management.Refused e) {
            throw new BrokerException("the broker does not limit the readers of " + queue, e);
        }
    }

    @Override
    public void prepare(AgencyRegistry agencies, Collection<String> dialects) {
        Faults faults = new Faults();
        setup(agencies, faults).extend(access.file(), access.settings(), dialects);
        complain(faults);
    }

    @Override
    public void settle(AgencyRegistry before, AgencyRegistry now) {
        Faults faults = new Faults();
        setup(now, faults).retire(HubQueues.withoutCourierAnyMore(before, now));
        complain(faults);
    }

    private ExternalSetup setup(AgencyRegistry agencies, Faults faults) {
        return new ExternalSetup(management, where, access.user(), access.secret(), agencies, faults);
    }

    private static void complain(Faults faults) {
        if (!faults.isEmpty()) {
            throw new BrokerException(String.valueOf(faults.all().get(0)));
        }
    }

    @Override
    public void close() {
        connections.close();
        management.close();
    }
}
