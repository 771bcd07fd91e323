package org.referralhub.broker;

import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.activemq.artemis.api.jms.JMSFactoryType;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.paging.PagingManager;
import org.apache.activemq.artemis.core.postoffice.QueueBinding;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnectorFactory;
import org.apache.activemq.artemis.core.remoting.impl.invm.TransportConstants;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.server.ActivateCallback;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.core.server.impl.AddressInfo;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artemis inside the process, from {@code config/broker.xml}, with its journal on this machine's disk. Several can live in
 * one process.
 */
public final class EmbeddedBroker implements Broker, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final AtomicInteger IN_VM_IDS = new AtomicInteger();

    private final ActiveMQServer server;
    private final PooledConnections connections;
    private final AtomicBoolean stopping;

    private EmbeddedBroker(ActiveMQServer server, PooledConnections connections, AtomicBoolean stopping) {
        this.server = server;
        this.connections = connections;
        this.stopping = stopping;
    }

    /** As the other, without a login for Artemis' own tools. */
    public static EmbeddedBroker start(
            Path file,
            Path data,
            Map<String, String> settings,
            Supplier<AgencyRegistry> agencies,
            Collection<String> dialects,
            Consumer<String> whenItStops) {
        return start(file, data, settings, agencies, dialects, "", whenItStops);
    }

    /**
     * Starts it and waits until it takes messages.
     *
     * @param file {@code config/broker.xml}
     * @param data where journal, pages and large messages go
     * @param settings values for {@code ${name:default}} in the file, for example {@code hub.broker.amqp.port=0} for any
     *     free port
     * @param agencies who may log in now; asked at each login and each use of a queue
     * @param dialects names of the dialects; each gets its intake
     * @param toolsSecret of the login of Artemis' own tools; empty: they can't log in
     * @param whenItStops told the reason when the broker stops without having been asked to
     * @throws BrokerException when it does not start
     */
    public static EmbeddedBroker start(
            Path file,
            Path data,
            Map<String, String> settings,
            Supplier<AgencyRegistry> agencies,
            Collection<String> dialects,
            String toolsSecret,
            Consumer<String> whenItStops) {
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new BrokerException(data + ": can't make the data folder", e);
        }
        AuditLoggers.switchOff();
        PersonalLines.keepOut();
        int inVmId = IN_VM_IDS.incrementAndGet();
        Map<String, String> values = new HashMap<>(settings);
        values.put("hub.broker.data", data.toAbsolutePath().toString());
        values.put("hub.broker.in-vm.id", Integer.toString(inVmId));
        values.computeIfAbsent(
                "hub.broker.journal-buffer-timeout", name -> Long.toString(JournalCalibration.bufferTimeout(data)));
        Configuration configuration = BrokerFile.read(file, values);
        // The stock cluster user has a stock password and passes every check.
        configuration.setClusterUser("cluster-" + HubSecurityManager.randomSecret());
        configuration.setClusterPassword(HubSecurityManager.randomSecret());
        configuration.setSecurityEnabled(true);
        Set<String> inFile = configuration.getAddressConfigurations().stream()
                .map(CoreAddressConfiguration::getName)
                .collect(Collectors.toSet());
        HubQueues.of(agencies.get(), dialects).stream()
                .filter(queue -> !inFile.contains(queue))
                .forEach(queue -> predeclare(configuration, queue));

        HubSecurityManager security = new HubSecurityManager(agencies, toolsSecret);
        ActiveMQServerImpl server = new ActiveMQServerImpl(configuration, null, security);
        server.registerBrokerPlugin(new IntakeGuard());
        server.registerBrokerPlugin(new SendFailures());
        AtomicBoolean stopping = new AtomicBoolean();
        try {
            server.start();
            watch(server, stopping, whenItStops);
            // What is in its configuration could not be taken back when a courier leaves.
            HubQueues.courierPauses(agencies.get()).forEach((inbox, pauses) -> server.getAddressSettingsRepository()
                    .addMatch(inbox, pauses));
            server.getRemotingService().addIncomingInterceptor(new QueueQueryGuard(agencies));
            server.getRemotingService().addIncomingInterceptor(new StompBytes());
            if (!server.isActive()) {
                throw new BrokerException("the broker did not start: a port is taken or another process uses " + data
                        + ", see the log above");
            }
        } catch (BrokerException e) {
            stopping.set(true);
            stopQuietly(server);
            throw e;
        } catch (Exception e) {
            stopping.set(true);
            stopQuietly(server);
            throw new BrokerException("the broker did not start: " + e.getMessage(), e);
        }
        PooledConnections connections = new PooledConnections(
                factory(inVmId, security.hubSecret()),
                factory(inVmId, security.hubSecret()),
                factory(inVmId, security.hubSecret()),
                true);
        EmbeddedBroker broker = new EmbeddedBroker(server, connections, stopping);
        LOG.info("broker up, {}, ports {}", broker.journal(), broker.ports());
        return broker;
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
    public boolean isEmbedded() {
        return true;
    }

    @Override
    public int attempts(String queue) {
        return server.getAddressSettingsRepository().getMatch(queue).getMaxDeliveryAttempts();
    }

    @Override
    public boolean isRunning() {
        return !stopping.get() && server.isActive();
    }

    @Override
    public String journal() {
        Configuration configuration = server.getConfiguration();
        boolean synced = configuration.isJournalSyncTransactional() && configuration.isJournalSyncNonTransactional();
        // Artemis silently takes NIO when the native library for ASYNCIO is missing; its own answer is the one that
        // counts.
        return "%s journal, %s, buffer timeout %d µs"
                .formatted(
                        configuration.getJournalType(),
                        synced ? "every write synced" : "NOT SYNCED",
                        configuration.getJournalBufferTimeout_NIO() / 1000);
    }

    @Override
    public Storage storage() {
        Configuration configuration = server.getConfiguration();
        PagingManager paging = server.getPagingManager();
        return new Storage(
                String.valueOf(configuration.getJournalType()),
                configuration.isJournalSyncTransactional() && configuration.isJournalSyncNonTransactional(),
                sizeOf(configuration.getJournalLocation().toPath()),
                paging.getGlobalSize(),
                countPaging(paging),
                server.getDiskStoreUsage(),
                configuration.getMaxDiskUsage() / 100.0);
    }

    @Override
    public boolean isFull() {
        // A broker that has stopped has none, and says so by itself.
        PagingManager paging = server.getPagingManager();
        return paging != null && paging.isDiskFull();
    }

    private static long countPaging(PagingManager paging) {
        long count = 0;
        for (SimpleString address : paging.getStoreNames()) {
            try {
                count += paging.getPageStore(address).isPaging() ? 1 : 0;
            } catch (Exception e) {
                throw new BrokerException("a queue does not tell whether it pages", e);
            }
        }
        return count;
    }

    private static double sizeOf(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    @Override
    public Map<String, Integer> ports() {
        Map<String, Integer> ports = new TreeMap<>();
        server.getRemotingService().getAcceptors().forEach((name, acceptor) -> {
            if (acceptor instanceof NettyAcceptor netty) {
                ports.put(name, netty.getActualPort());
            }
        });
        return ports;
    }

    @Override
    public long depth(String queue) {
        Queue found = server.locateQueue(SimpleString.of(queue));
        if (found == null) {
            throw new IllegalArgumentException("no queue " + queue);
        }
        return found.getMessageCount();
    }

    @Override
    public Map<String, Activity> activity() {
        Map<String, Activity> activity = new LinkedHashMap<>();
        server.getPostOffice()
                .getAllBindings()
                .filter(QueueBinding.class::isInstance)
                .map(QueueBinding.class::cast)
                .map(QueueBinding::getQueue)
                .filter(queue -> HubQueues.isOurs(queue.getName().toString()))
                .forEach(queue -> activity.put(
                        queue.getName().toString(),
                        new Activity(
                                queue.getMessageCount(), queue.getMessagesAcknowledged(), queue.getConsumerCount())));
        return activity;
    }

    @Override
    public void prepare(AgencyRegistry agencies, Collection<String> dialects) {
        HubQueues.courierPauses(agencies).forEach((inbox, pauses) -> server.getAddressSettingsRepository()
                .addMatch(inbox, pauses));
        try {
            for (String queue : HubQueues.of(agencies, dialects)) {
                SimpleString name = SimpleString.of(queue);
                if (server.getAddressInfo(name) == null) {
                    server.addAddressInfo(new AddressInfo(name, RoutingType.ANYCAST));
                }
                if (server.locateQueue(name) == null) {
                    server.createQueue(HubQueues.declaration(queue));
                }
            }
        } catch (Exception e) {
            throw new BrokerException("a queue can't be made: " + e.getMessage(), e);
        }
    }

    @Override
    public void settle(AgencyRegistry before, AgencyRegistry now) {
        HubQueues.withoutCourierAnyMore(before, now)
                .forEach(inbox -> server.getAddressSettingsRepository().removeMatch(inbox));
        try {
            // It remembers for some seconds who may do what.
            server.getActiveMQServerControl().clearAuthorizationCache();
            for (Agency agency : before.all()) {
                if (now.isAnother(agency, before)) {
                    server.getActiveMQServerControl().closeConnectionsForUser(agency.id());
                }
            }
        } catch (Exception e) {
            throw new BrokerException("connections can't be ended: " + e.getMessage(), e);
        }
    }

    /** The server, for tests that break it. */
    ActiveMQServer server() {
        return server;
    }

    /** Stops it; what it holds stays on disk. */
    @Override
    public void close() {
        if (stopping.compareAndSet(false, true)) {
            connections.close();
            stopQuietly(server);
        }
    }

    private static void predeclare(Configuration configuration, String queue) {
        configuration.addAddressConfiguration(new CoreAddressConfiguration()
                .setName(queue)
                .addRoutingType(RoutingType.ANYCAST)
                .addQueueConfig(HubQueues.declaration(queue)));
    }

    private static void watch(ActiveMQServer server, AtomicBoolean stopping, Consumer<String> whenItStops) {
        Consumer<String> once = reason -> {
            if (stopping.compareAndSet(false, true)) {
                LOG.error("the broker stopped by itself: {}", reason);
                whenItStops.accept(reason);
            }
        };
        server.registerIOCriticalErrorListener((cause, message, file) ->
                once.accept("disk error, " + cause.getClass().getSimpleName() + (file == null ? "" : " at " + file)));
        server.registerActivateCallback(new ActivateCallback() {
            @Override
            public void preDeActivate() {
                once.accept("deactivated");
            }

            @Override
            public void stop(ActiveMQServer stopped) {
                once.accept("stopped");
            }
        });
    }

    private static ActiveMQConnectionFactory factory(int inVmId, String secret) {
        ActiveMQConnectionFactory factory = ActiveMQJMSClient.createConnectionFactoryWithoutHA(
                JMSFactoryType.CF,
                new TransportConfiguration(
                        InVMConnectorFactory.class.getName(), Map.of(TransportConstants.SERVER_ID_PROP_NAME, inVmId)));
        factory.setUser(HUB_USER);
        factory.setPassword(secret);
        return factory;
    }

    private static void stopQuietly(ActiveMQServer server) {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the broker did not stop cleanly: {}", e.getClass().getSimpleName());
        }
    }
}
