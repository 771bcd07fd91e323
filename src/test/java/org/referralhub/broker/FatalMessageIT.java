package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.Fatal;
import org.referralhub.testing.HubProcess;
import org.referralhub.testing.Inbox;
import org.referralhub.testing.Inbox.Letter;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.Rest;

/**
 * A message that ends the process whenever it is touched, at each stage: it goes to the desk when it has done so a few times,
 * what came with it arrives, and after the repair it is delivered once.
 */
@Timeout(600)
class FatalMessageIT {
    private static final String HELPLINE = "helpline-108";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    private final List<String> sent = new ArrayList<>();

    @Test
    void a_message_that_ends_the_process_comes_to_the_desk_and_goes_out_once_after_the_repair() throws Exception {
        try (HubProcess hub = HubProcess.in(home)) {
            hub.add(Fatal.class);
            Path settings = home.resolve("config/application.yaml");
            String whole = Files.readString(settings);
            Files.writeString(settings, "\n---\ntest.fatal: true\n", StandardOpenOption.APPEND);
            hub.start();
            // The first end leaves a batch in hand, of which nobody knows which message it was.
            comesToTheDesk(hub, Fatal.IN_LEDGER, "ledger", 1 + InHand.ENDS);
            comesToTheDesk(hub, Fatal.IN_INTAKE, "intake-helpline", InHand.ENDS);
            comesToTheDesk(hub, Fatal.IN_DELIVERY, "deliver", InHand.ENDS);
            assertThat(home.resolve("hub.log"))
                    .content()
                    .containsPattern("delivery police-\\S+ RF-\\S+ .*Attempt 1 failed and goes to the desk");
            hub.stop();

            Files.writeString(settings, whole);
            hub.start();
            Rest operator = Rest.as(hub, "operator");
            for (JsonNode letter : letters(operator)) {
                assertThat(operator.post(
                                        "/dead-letters/" + letter.path("id").asText() + "/replay",
                                        "{\"reason\":\"repaired\"}")
                                .status())
                        .isEqualTo(200);
            }
            await("an end of the work").atMost(PATIENCE).until(() -> {
                JsonNode books = operator.get("/books").body();
                return books.path("balanced").asBoolean()
                        && books.path("total").path("waiting").asLong(-1) == 0
                        && books.path("openLetters").asLong(-1) == 0;
            });
            arrivedOnce(hub);
        }
    }

    private void comesToTheDesk(HubProcess hub, String marker, String stage, int ends) throws Exception {
        send(hub, "before-" + stage, marker, "after-" + stage);
        for (int end = 1; end < ends; end++) {
            hub.awaitEnd();
            hub.launch();
        }
        hub.awaitEnd();
        hub.start();
        Rest operator = Rest.as(hub, "operator");
        await("a letter of " + stage).atMost(PATIENCE).until(() -> letters(operator).stream()
                .anyMatch(letter -> letter.path("stage").asText().equals(stage)
                        && letter.path("failureClass").asText().equals("exhausted")));
    }

    private static List<JsonNode> letters(Rest operator) throws Exception {
        List<JsonNode> letters = new ArrayList<>();
        operator.get("/dead-letters?cause=process-ended").body().path("items").forEach(letters::add);
        return letters;
    }

    /** In one commit, so that all are there before the hub has one of them in hand. */
    private void send(HubProcess hub, String... ids) {
        for (String id : ids) {
            sent.add(Identifiers.referralId(HELPLINE, id));
        }
        try (Connection connection = Inbox.connect(hub, HELPLINE);
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.intake("helpline")))) {
            for (String id : ids) {
                producer.send(session.createTextMessage(Referrals.call(id)));
            }
            session.commit();
        } catch (JMSException e) {
            // The hub may be gone before it has said that it took them. What did not come is missed at the end.
        }
    }

    /** Each referral once in each inbox that it is in, and in that of the police in any case. */
    private void arrivedOnce(HubProcess hub) throws Exception {
        List<String> police = new ArrayList<>();
        for (JsonNode agency : Rest.as(hub, "operator").get("/agencies").body()) {
            String id = agency.path("id").asText();
            List<String> arrived = Inbox.empty(hub, id).stream()
                    .filter(letter -> !letter.isReceipt())
                    .map(Letter::referralId)
                    .toList();
            assertThat(arrived).as(id).doesNotHaveDuplicates();
            if (id.startsWith("police")) {
                police.addAll(arrived);
            }
        }
        assertThat(police).containsExactlyInAnyOrderElementsOf(sent);
    }
}
