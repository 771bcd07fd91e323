package org.referralhub.bench;

import jakarta.jms.JMSException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.referralhub.HubApplication;
import org.referralhub.broker.Broker;
import org.referralhub.ledger.LedgerStage;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The hub as it runs, with the agencies of the demo. */
final class WholeHub implements Course {
    private final Broker broker;
    private final Function<Sending, Shape> shapes;
    private final Readers readers;

    WholeHub(Broker broker, Function<Sending, Shape> shapes, CurrentRun listener, List<String> inboxes) {
        this.broker = broker;
        this.shapes = shapes;
        this.readers = new Readers(listener).read(broker.transactions(), inboxes);
    }

    /**
     * Starts the hub in this process.
     *
     * @param home the folder with {@code routes/ schemas/ config/}; nothing is written there
     * @param data an empty folder
     */
    static ConfigurableApplicationContext start(Path home, Path data) {
        SpringApplication application = new SpringApplication(HubApplication.class);
        application.setAdditionalProfiles("demo");
        return application.run(
                "--hub.home=" + home,
                "--hub.data=" + data,
                "--spring.config.additional-location=optional:" + home.resolve("config") + "/",
                "--hub.demo.traffic=false",
                "--server.port=0",
                "--hub.broker.amqp.port=0",
                "--hub.broker.stomp.port=0",
                "--hub.broker.core.port=0",
                "--logging.level.root=WARN");
    }

    @Override
    public String title() {
        return "hub";
    }

    @Override
    public String ledgerThreads() {
        return LedgerStage.THREAD;
    }

    @Override
    public int expected(Sending referral) {
        return shapes.apply(referral).copies().size();
    }

    @Override
    public Broker broker() {
        return broker;
    }

    @Override
    public Door door() throws JMSException {
        return new IntakeDoor(broker.connectionFactory());
    }

    @Override
    public void close() {
        readers.close();
    }
}
