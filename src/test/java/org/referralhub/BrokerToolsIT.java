package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueRequestor;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.jms.client.ActiveMQQueueConnectionFactory;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.ledger.Books;
import org.referralhub.message.Headers;
import org.referralhub.message.Queues;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;

/**
 * Somebody works on the queues with Artemis' own tools, over its Core door: what was only moved is at the desk or where it was, and
 * goes out once; what was taken out is missed by the books.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrokerToolsIT {
    private static final String TOOLS = "artemis.tools";
    private static final String SECRET = "only-in-this-test";
    private static final String POLICE = "police-capital";

    @TempDir
    private static Path folder;

    private static RunningHub hub;
    private static ActiveMQQueueConnectionFactory door;

    @BeforeAll
    static void start() throws Exception {
        Path secret = Files.writeString(folder.resolve("tools"), SECRET + "\n");
        hub = RunningHub.start(folder.resolve("data"), Map.of("hub.broker.tools-secret-file", secret.toString()));
        door = new ActiveMQQueueConnectionFactory("tcp://127.0.0.1:" + hub.port("core"));
    }

    @AfterEach
    void deliverAgain() throws Exception {
        hub.bean(CamelContext.class).getRouteController().startRoute("deliver");
    }

    @AfterAll
    static void stop() {
        door.close();
        hub.close();
    }

    @Test
    @Order(1)
    void what_waits_for_delivery_and_is_put_to_the_dead_letters_goes_out_once() throws Exception {
        String referral = held();
        assertThat(manage(Queues.DELIVERY, "sendMessagesToDeadLetterAddress", of(referral)))
                .isEqualTo(1);
        repaired(referral);
    }

    @Test
    @Order(2)
    void what_waits_for_delivery_and_is_moved_to_the_desks_queue_goes_out_once() throws Exception {
        String referral = held();
        assertThat(manage(Queues.DELIVERY, "moveMessages", of(referral), Queues.DEAD_LETTER))
                .isEqualTo(1);
        repaired(referral);
    }

    @Test
    @Order(3)
    void what_lies_in_an_inbox_and_is_moved_to_the_desks_queue_comes_back_once() throws Exception {
        String referral = call();
        hub.settle();
        assertThat(hub.waiting(POLICE, referral)).hasSize(1);
        assertThat(manage(Queues.inbox(POLICE), "moveMessages", of(referral), Queues.DEAD_LETTER))
                .isEqualTo(1);
        repaired(referral);
    }

    @Test
    @Order(4)
    void a_queue_that_is_paused_holds_and_goes_on() throws Exception {
        manage(Queues.DELIVERY, "pause");
        String referral = call();
        await().atMost(RunningHub.PATIENCE)
                .until(() -> hub.bean(org.referralhub.broker.Broker.class).depth(Queues.DELIVERY) > 0);
        assertThat(hub.waiting(POLICE, referral)).isEmpty();
        manage(Queues.DELIVERY, "resume");
        hub.settle();
        assertThat(hub.waiting(POLICE, referral)).hasSize(1);
    }

    @Test
    @Order(5)
    void the_login_reaches_the_management_and_no_message() throws Exception {
        for (String queue : new String[] {Queues.inbox(POLICE), Queues.DELIVERY, Queues.DEAD_LETTER, Queues.LEDGER}) {
            try (QueueConnection connection = connect(TOOLS, SECRET);
                    QueueSession session = connection.createQueueSession(false, Session.AUTO_ACKNOWLEDGE)) {
                Queue there = session.createQueue(queue);
                assertThatThrownBy(() -> session.createConsumer(there)).isInstanceOf(JMSSecurityException.class);
                assertThatThrownBy(() -> session.createProducer(there).send(session.createTextMessage("x")))
                        .isInstanceOf(JMSException.class);
            }
        }
        assertThatThrownBy(() -> connect(TOOLS, "").close()).isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> connect(TOOLS, "wrong").close()).isInstanceOf(JMSSecurityException.class);
    }

    @Test
    @Order(6)
    void what_is_taken_out_is_missed_by_the_books() throws Exception {
        String referral = held();
        assertThat(hub.bean(Books.class).books().faults()).isEmpty();
        assertThat(manage(Queues.DELIVERY, "removeMessages", of(referral))).isEqualTo(1);
        assertThat(hub.bean(Books.class).books().faults())
                .singleElement()
                .asString()
                .contains("are waiting, but")
                .contains(Queues.DELIVERY);
    }

    /** A referral whose delivery to the police waits; the others' have gone. */
    private static String held() throws Exception {
        deliver(false);
        String referral = call();
        await("its deliveries").atMost(RunningHub.PATIENCE).untilAsserted(() -> assertThat(
                        manage(Queues.DELIVERY, "countMessages", of(referral)))
                .isEqualTo(1));
        return referral;
    }

    private static void deliver(boolean on) throws Exception {
        CamelContext camel = hub.bean(CamelContext.class);
        if (on) {
            camel.getRouteController().startRoute("deliver");
        } else {
            hub.settle();
            camel.getRouteController().stopRoute("deliver");
            assertThat(org.referralhub.testing.Session.of(hub)
                            .get("/actuator/health/readiness")
                            .status())
                    .isEqualTo(503);
        }
    }

    private static void repaired(String referral) throws Exception {
        deliver(true);
        JsonNode letter =
                await("a letter").atMost(RunningHub.PATIENCE).until(() -> letter(referral), one -> one != null);
        assertThat(hub.waiting(POLICE, referral)).isEmpty();
        Participant.Answer answer = hub.as("operator")
                .post(
                        "/dead-letters/" + letter.path("id").asText() + "/replay",
                        "application/json",
                        "{\"reason\":\"moved by hand\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        await("the referral at the police")
                .atMost(RunningHub.PATIENCE)
                .until(() -> hub.waiting(POLICE, referral).size() == 1);
        hub.settle();
        assertThat(hub.waiting(POLICE, referral)).hasSize(1);
        assertThat(letter(referral)).isNull();
    }

    private static JsonNode letter(String referral) {
        for (JsonNode item : hub.as("operator").get("/dead-letters").json().path("items")) {
            if (item.path("referralId").asText().equals(referral)
                    && item.path("recipient").asText().equals(POLICE)) {
                return item;
            }
        }
        return null;
    }

    private static String call() {
        Participant.Answer answer =
                hub.as("helpline-108").send("application/json", Referrals.call("C-" + UUID.randomUUID()));
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return answer.json().path("referralId").asText();
    }

    private static String of(String referral) {
        return "%s = '%s' and (%s = '%s' or %s is null)"
                .formatted(Headers.REFERRAL_ID, referral, Headers.RECIPIENT, POLICE, Headers.RECIPIENT);
    }

    /** What Artemis' console and command line do. */
    private static int manage(String queue, String operation, Object... arguments) throws Exception {
        try (QueueConnection connection = connect(TOOLS, SECRET);
                QueueSession session = connection.createQueueSession(false, Session.AUTO_ACKNOWLEDGE)) {
            connection.start();
            Message order = session.createMessage();
            JMSManagementHelper.putOperationInvocation(order, "queue." + queue, operation, arguments);
            QueueRequestor requestor = new QueueRequestor(session, session.createQueue("activemq.management"));
            Message answer = requestor.request(order);
            Object result = JMSManagementHelper.getResult(answer);
            assertThat(JMSManagementHelper.hasOperationSucceeded(answer))
                    .as("%s: %s", operation, result)
                    .isTrue();
            return result instanceof Number number ? number.intValue() : 0;
        }
    }

    private static QueueConnection connect(String user, String secret) throws JMSException {
        QueueConnection connection = door.createQueueConnection(user, secret);
        connection.createQueueSession(false, Session.AUTO_ACKNOWLEDGE).close();
        return connection;
    }
}
