package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.HubProcess;
import org.referralhub.testing.Inbox;
import org.referralhub.testing.Inbox.Letter;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.Rest;

/** A sender that is not sure sends again; the child gets one referral all the same. */
class DuplicateIT {
    private static final String HELPLINE = "helpline-108";
    private static final String CALL = "CALL-TWICE";
    private static final int CACHE = 50;

    @TempDir
    Path home;

    @Test
    void the_same_message_is_delivered_once_across_restarts_and_a_rolled_over_duplicate_cache() throws Exception {
        try (HubProcess hub = HubProcess.in(home)) {
            shrinkDuplicateCache();
            String call = Referrals.call(CALL);
            hub.start();
            send(hub, List.of(call, call));
            awaitAccepted(hub, 1);

            hub.stop();
            hub.start();
            send(hub, List.of(call));

            List<String> others = new ArrayList<>();
            for (int i = 0; i < 3 * CACHE; i++) {
                others.add(Referrals.call("OTHER-" + i));
            }
            send(hub, others);
            awaitAccepted(hub, 1 + others.size());
            send(hub, List.of(call));

            hub.kill();
            hub.start();
            Rest.Answer again = Rest.as(hub, HELPLINE).send("application/json", call);
            assertThat(again.status()).isEqualTo(202);
            assertThat(again.body().path("status").asText()).isEqualTo("duplicate");
            String referral = Identifiers.referralId(HELPLINE, CALL);
            assertThat(again.body().path("referralId").asText()).isEqualTo(referral);

            String other = Referrals.call(CALL, "Өөр зүйл ярьсан.");
            assertThat(Rest.as(hub, HELPLINE).send("application/json", other).status())
                    .isEqualTo(409);
            send(hub, List.of(other));
            await("the other content at the desk").atMost(Duration.ofMinutes(1)).until(() -> !Rest.as(hub, "operator")
                    .get("/dead-letters?cause=conflict")
                    .body()
                    .path("items")
                    .isEmpty());
            awaitAccepted(hub, 1 + others.size());

            List<Letter> letters = new ArrayList<>();
            for (var agency : Rest.as(hub, "operator").get("/agencies").body()) {
                Inbox.empty(hub, agency.path("id").asText()).stream()
                        .filter(letter -> referral.equals(letter.referralId())
                                || letter.body().contains(CALL))
                        .forEach(letters::add);
            }
            List<Letter> requests =
                    letters.stream().filter(letter -> !letter.isReceipt()).toList();
            assertThat(requests).isNotEmpty();
            assertThat(requests.stream().map(Letter::agency)).doesNotHaveDuplicates();

            List<Letter> accepted = letters.stream()
                    .filter(letter -> letter.isReceipt() && letter.body().contains("\"accepted\""))
                    .toList();
            assertThat(accepted)
                    .as("four over AMQP, and one over REST where the answer says it too")
                    .hasSizeBetween(4, 5);
            assertThat(accepted.stream().map(Letter::messageId).distinct()).hasSize(1);
            assertThat(accepted.stream().map(Letter::body).distinct()).hasSize(1);
            assertThat(letters.stream()
                            .filter(letter ->
                                    letter.isReceipt() && letter.body().contains("\"conflict\"")))
                    .as("other content under the same id is refused")
                    .isNotEmpty();
        }
    }

    /** The broker's own memory of ids must not be what keeps the promise. */
    private void shrinkDuplicateCache() throws Exception {
        Path file = home.resolve("config/broker.xml");
        String stock = Files.readString(file);
        String small = stock.replaceAll(
                "<id-cache-size>[^<]*</id-cache-size>", "<id-cache-size>" + CACHE + "</id-cache-size>");
        assertThat(small).isNotEqualTo(stock);
        Files.writeString(file, small);
    }

    private static void send(HubProcess hub, List<String> documents) throws JMSException {
        try (Connection connection = Inbox.connect(hub, HELPLINE);
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.intake("helpline")))) {
            for (String document : documents) {
                producer.send(session.createTextMessage(document));
            }
        }
    }

    private static void awaitAccepted(HubProcess hub, int messages) {
        Rest operator = Rest.as(hub, "operator");
        await("books")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    var books = operator.get("/books").body();
                    assertThat(books.path("acceptedMessages").asInt()).isEqualTo(messages);
                    assertThat(books.path("total").path("waiting").asLong(-1)).isZero();
                    assertThat(books.path("balanced").asBoolean()).isTrue();
                });
    }
}
