package org.referralhub.testing;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerBasePlugin;
import org.apache.activemq.artemis.spi.core.security.ActiveMQBasicSecurityManager;

/** An Artemis as somebody else would run it, with one user who may do everything: the hub's. */
public final class StockBroker implements AutoCloseable {
    public static final String USER = "hub";
    public static final String SECRET = "the hub's own secret";

    private final ActiveMQServerImpl server;

    private StockBroker(ActiveMQServerImpl server) {
        this.server = server;
    }

    /**
     * Starts it.
     *
     * @param corePort 0 for any
     * @param protocols of its one acceptor beside Core, for example {@code AMQP,STOMP}
     * @param plugins as its operator has put them into its broker.xml
     */
    public static StockBroker start(Path data, int corePort, String protocols, ActiveMQServerBasePlugin... plugins)
            throws Exception {
        Configuration configuration = new ConfigurationImpl()
                .setName("stock")
                .setJournalDirectory(data.resolve("journal").toString())
                .setBindingsDirectory(data.resolve("bindings").toString())
                .setPagingDirectory(data.resolve("paging").toString())
                .setLargeMessagesDirectory(data.resolve("large").toString())
                .setNodeManagerLockDirectory(data.resolve("lock").toString())
                .setJournalBufferTimeout_NIO(100_000)
                .setJournalFileSize(1 << 20)
                .setMaxDiskUsage(99)
                .setPopulateValidatedUser(true)
                .setJMXManagementEnabled(false)
                .addAcceptorConfiguration("core", "tcp://127.0.0.1:" + corePort + "?protocols=CORE")
                .addAcceptorConfiguration("others", "tcp://127.0.0.1:0?protocols=" + protocols);
        configuration.putSecurityRoles(
                "#", Set.of(new Role("all", true, true, true, true, true, true, true, true, true, true, false, false)));
        List.of(plugins).forEach(configuration::registerBrokerPlugin);
        ActiveMQBasicSecurityManager security = new ActiveMQBasicSecurityManager();
        security.init(Map.of("bootstrapUser", USER, "bootstrapPassword", SECRET, "bootstrapRole", "all"));
        ActiveMQServerImpl server = new ActiveMQServerImpl(configuration, null, security);
        server.start();
        return new StockBroker(server);
    }

    public int port(String acceptor) {
        return ((NettyAcceptor) server.getRemotingService().getAcceptor(acceptor)).getActualPort();
    }

    public String url() {
        return "tcp://127.0.0.1:" + port("core");
    }

    /** Everything there is to see and to break. */
    public ActiveMQServerImpl server() {
        return server;
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }
}
