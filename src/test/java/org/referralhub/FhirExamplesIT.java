package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.referralhub.ledger.Books;
import org.referralhub.message.Queues;
import org.referralhub.testing.FhirExamples;
import org.referralhub.testing.Letter;
import org.referralhub.testing.Participant;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;

/** FHIR that nobody here wrote, at both doors of a running hub: each document is decided on, and the counts add up. */
@Timeout(180)
class FhirExamplesIT {
    private static final String HOSPITAL = "health-capital";

    private static RunningHub hub;

    @BeforeAll
    static void start() {
        hub = RunningHub.shared();
    }

    @BeforeEach
    void forgetOtherTests() {
        hub.emptyInboxes();
    }

    @Test
    void over_http_each_is_taken_over_or_refused_with_its_places() throws Exception {
        int taken = 0;
        for (FhirExamples.Document document :
                FhirExamples.all("http-", Samples.now().toString())) {
            Participant.Answer answer = hub.as(HOSPITAL).post("/messages", document.mediaType(), document.bytes());

            assertThat(answer.status()).as(document + ": " + answer.text()).isIn(202, 404, 409, 422);
            taken += answer.status() == 202 ? 1 : 0;
            if (answer.status() == 422) {
                assertThat(Samples.faultsOf(answer.json())).as(document.name()).isNotEmpty();
                assertThat(answer.json().findValuesAsText("diagnostics")).allMatch(place -> place.startsWith("line "));
            }
        }
        assertThat(taken)
                .as("two requests for a child, each in JSON and in XML")
                .isGreaterThanOrEqualTo(4);
        hub.settle();
        assertThat(hub.bean(Books.class).books().faults()).isEmpty();
    }

    @Test
    void over_the_queue_each_gets_its_receipt_as_a_message_of_fhir() throws Exception {
        List<FhirExamples.Document> documents =
                FhirExamples.all("queue-", Samples.now().toString());
        try (Connection connection = hub.as(HOSPITAL).amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.intake("health")))) {
            for (FhirExamples.Document document : documents) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(document.bytes());
                producer.send(message);
            }
        }

        Map<String, Integer> decisions = new TreeMap<>();
        for (JsonNode receipt : receipts(documents.size())) {
            JsonNode outcome = receipt.at("/entry/1/resource");
            assertThat(outcome.path("resourceType").asText()).isEqualTo("OperationOutcome");
            assertThat(outcome.path("issue")).isNotEmpty();
            decisions.merge(outcome.at("/extension/0/valueCode").asText(), 1, Integer::sum);
        }

        assertThat(decisions.values().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(documents.size());
        assertThat(decisions.get("accepted")).isGreaterThanOrEqualTo(4);
        hub.settle();
        assertThat(hub.bean(Books.class).books().faults()).isEmpty();
    }

    private static List<JsonNode> receipts(int number) throws Exception {
        List<JsonNode> receipts = new ArrayList<>();
        try (Connection connection = hub.as(HOSPITAL).amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(Queues.inbox(HOSPITAL)))) {
            connection.start();
            while (receipts.size() < number) {
                Message message = consumer.receive(RunningHub.PATIENCE.toMillis());
                assertThat(message)
                        .as("%d receipts of %d came", receipts.size(), number)
                        .isNotNull();
                Letter letter = Letter.of(message);
                if (letter.type().equals("RECEIPT")) {
                    receipts.add(letter.json());
                }
            }
        }
        return receipts;
    }
}
