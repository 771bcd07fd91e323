package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.IntakeGuard;
import org.referralhub.ledger.LedgerStage;
import org.referralhub.message.Headers;
import org.referralhub.message.Queues;
import org.referralhub.testing.HubProcess;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.Rest;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.StockBroker;

/** The whole hub on somebody else's Artemis, by one setting; and that Artemis goes and comes back. */
class ExternalBrokerFlowIT {
    private static final String HELPLINE = "helpline-108";

    @TempDir
    Path folder;

    @Test
    void a_referral_travels_through_a_broker_outside_before_and_after_it_was_away() throws Exception {
        Path data = Files.createDirectory(folder.resolve("broker"));
        int core;
        try (HubProcess hub = HubProcess.in(Files.createDirectory(folder.resolve("hub")))) {
            try (StockBroker stock = StockBroker.start(data, 0, "AMQP,STOMP", new IntakeGuard())) {
                core = stock.port("core");
                Files.writeString(hub.home().resolve("broker-secret"), StockBroker.SECRET + "\n");
                Files.writeString(
                        hub.home().resolve("config/application.yaml"),
                        "\nhub.broker.url: %s\nhub.broker.secret-file: broker-secret\n".formatted(stock.url()),
                        StandardOpenOption.APPEND);
                hub.start();
                assertThat(Rest.as(hub, HELPLINE)
                                .send("application/json", Referrals.call("over-rest"))
                                .status())
                        .isEqualTo(202);
                assertThat(answer(stock, HELPLINE)).contains("over-rest").contains("accepted");
                send(stock, Referrals.call("over-amqp"));
                assertThat(answer(stock, HELPLINE)).contains("over-amqp").contains("accepted");
                assertThat(hub.home().resolve("data/broker"))
                        .as("no broker inside")
                        .doesNotExist();
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> !hub.isReady());
            try (StockBroker stock = StockBroker.start(data, core, "AMQP,STOMP", new IntakeGuard())) {
                await().atMost(Duration.ofSeconds(60)).until(hub::isReady);
                send(stock, Referrals.call("after-the-break"));
                assertThat(answer(stock, HELPLINE)).contains("after-the-break").contains("accepted");
            }
        }
    }

    @Test
    void of_two_nodes_with_a_ledger_each_only_one_keeps_the_books_until_it_ends() throws Exception {
        Path secret = Files.writeString(folder.resolve("broker-secret"), StockBroker.SECRET + "\n");
        try (StockBroker stock =
                StockBroker.start(Files.createDirectory(folder.resolve("shared")), 0, "STOMP", new IntakeGuard())) {
            Map<String, String> there =
                    Map.of("hub.broker.url", stock.url(), "hub.broker.secret-file", secret.toString());
            RunningHub first = RunningHub.start(folder.resolve("first"), there);
            try (RunningHub second = RunningHub.start(folder.resolve("second"), there)) {
                try (first) {
                    assertThat(first.bean(LedgerStage.class).health().up()).isTrue();
                    await().untilAsserted(() -> assertThat(
                                    second.bean(LedgerStage.class).health().reason())
                            .contains("another node", "hub.database.url"));
                    assertThat(second.bean(LedgerStage.class).health().up()).isFalse();
                }
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> second.bean(LedgerStage.class).health().up());
            }
        }
    }

    private static void send(StockBroker stock, String document) throws JMSException {
        try (Connection connection = connect(stock);
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            session.createProducer(session.createQueue(Queues.intake("helpline")))
                    .send(session.createTextMessage(document));
        }
    }

    /** The next message in its inbox, which is its receipt. */
    private static String answer(StockBroker stock, String agency) throws JMSException {
        try (Connection connection = connect(stock);
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            connection.start();
            Message message = session.createConsumer(session.createQueue(Queues.inbox(agency)))
                    .receive(60_000);
            assertThat(message).isNotNull();
            assertThat(message.getStringProperty(Headers.MESSAGE_TYPE)).isEqualTo("RECEIPT");
            return new String(message.getBody(byte[].class));
        }
    }

    private static Connection connect(StockBroker stock) throws JMSException {
        return new JmsConnectionFactory("amqp://127.0.0.1:" + stock.port("others"))
                .createConnection(HELPLINE, "demo-" + HELPLINE);
    }
}
