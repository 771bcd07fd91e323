package org.referralhub.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.referralhub.edition.Editions;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.Letter;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Way;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The hostile collections at every intake of a running hub, over HTTP and over the queue: each document is answered, nothing is
 * a 5xx, nothing fails in the hub or gets lost, the counts add up, and the neighbours do not notice.
 */
@Timeout(300)
class HostileDoorsIT {
    private static final Map<String, String> AGENCIES = Map.of(
            "canonical", "social-work-111095",
            "health", "health-capital",
            "health-xml", "health-1125",
            "helpline", "helpline-108",
            "one-stop", "one-stop-capital",
            "police", "police-capital",
            "school", "school-1110",
            "social-work", "social-work-111054");

    private static final String NEIGHBOUR = "helpline-108";
    private static final Set<Integer> ANSWERS = Set.of(202, 207, 409, 413, 422);

    private static RunningHub hub;

    @BeforeAll
    static void start(@TempDir Path data) {
        hub = RunningHub.start(data, Map.of());
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @BeforeEach
    void forget() {
        hub.emptyInboxes();
    }

    @Test
    void every_dialect_has_its_turn() {
        assertThat(AGENCIES.keySet()).isEqualTo(dialects().names());
        assertThat(AGENCIES).allSatisfy((dialect, agency) -> assertThat(hub.bean(Editions.class)
                        .current()
                        .setup()
                        .agencies()
                        .find(agency)
                        .orElseThrow()
                        .dialect())
                .isEqualTo(dialect));
    }

    private static Dialects dialects() {
        return hub.bean(Editions.class).current().setup().dialects();
    }

    static Set<String> intakes() {
        return new TreeSet<>(AGENCIES.keySet());
    }

    private static List<byte[]> documents(String dialect) {
        byte[] cut = "{\"a\": \"Номин\"}".getBytes(UTF_8);
        return Stream.concat(
                        HostileDocuments.all()
                                .filter(hostile -> hostile.dialect().equals(dialect))
                                .map(HostileDocuments.Hostile::document),
                        Stream.of(
                                new byte[0],
                                new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1},
                                Arrays.copyOf(cut, 8),
                                "[".repeat(500_000).getBytes(UTF_8),
                                "{\"a\":".repeat(150_000).getBytes(UTF_8),
                                "<a>".repeat(300_000).getBytes(UTF_8),
                                "\"".repeat(1_000_000).getBytes(UTF_8),
                                "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/hostname\">]><a>&b;</a>".getBytes(UTF_8),
                                Referrals.report("hostile").getBytes(UTF_8),
                                "null".getBytes(UTF_8)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("intakes")
    void over_http_each_is_answered_with_its_place(String dialect) {
        Participant sender = hub.as(AGENCIES.get(dialect));
        String mediaType = dialects().find(dialect).orElseThrow().mediaTypes().get(0);
        int failures = failures();
        int refused = 0;
        for (byte[] document : documents(dialect)) {
            Participant.Answer answer = sender.post("/messages", mediaType, document);

            assertThat(answer.status()).as(answer::text).isIn(ANSWERS);
            if (answer.status() == 422) {
                refused++;
                // A file of several messages is answered row by row.
                assertThat(answer.json().path("issue").size()
                                + answer.json().path("rows").size())
                        .as(answer.text())
                        .isPositive();
                assertThat(answer.json().findValuesAsText("diagnostics"))
                        .as(answer.text())
                        .allMatch(place -> place.startsWith("line "));
            }
        }
        assertThat(refused).isGreaterThanOrEqualTo(9);
        hub.settle();
        assertThat(failures()).as("failed in the hub").isEqualTo(failures);
    }

    @ParameterizedTest
    @MethodSource("intakes")
    void over_the_queue_each_is_answered_and_a_neighbour_does_not_notice(String dialect) throws Exception {
        Participant sender = hub.as(AGENCIES.get(dialect));
        Participant neighbour = hub.as(NEIGHBOUR);
        Translator translator = new Translator(dialects());
        int failures = failures();
        int expected = 0;
        String id = "beside-" + UUID.randomUUID();
        try (Connection connection = sender.amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.intake(dialect)))) {
            List<byte[]> documents = documents(dialect);
            for (int i = 0; i < documents.size(); i++) {
                if (i == documents.size() / 2) {
                    Way.AMQP.send(neighbour, "helpline", Referrals.call(id).getBytes(UTF_8));
                }
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(documents.get(i));
                producer.send(message);
                // A file may hold several messages.
                expected += translator
                        .inboundEach(dialect, sender.id(), documents.get(i), Instant.now())
                        .size();
            }
        }
        String opened = Identifiers.referralId(NEIGHBOUR, id);
        int receipts = 0;
        int beside = 0;
        try (Connection connection = sender.amqp();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageConsumer inbox = session.createConsumer(session.createQueue(Queues.inbox(sender.id())))) {
            connection.start();
            while (receipts < expected || sender.id().equals(NEIGHBOUR) && beside == 0) {
                Letter letter = Letter.of(inbox.receive(RunningHub.PATIENCE.toMillis()));
                if (!letter.type().equals("RECEIPT")) {
                    continue; // of another dialect's document that went out in spite of its faults
                }
                if (opened.equals(letter.referralId())) {
                    beside++;
                } else {
                    receipts++;
                }
            }
            hub.settle();
            assertThat(failures()).as("failed in the hub").isEqualTo(failures);
            jakarta.jms.Message more = inbox.receive(500);
            assertThat(more == null || !Letter.of(more).type().equals("RECEIPT"))
                    .as("one receipt for each message, and no more")
                    .isTrue();
        }
        JsonNode referral = neighbour.get("/referrals/" + opened).json();
        assertThat(referral.path("assignments")).as(referral.toString()).isNotEmpty();
    }

    /** What is at the desk and was not simply refused, which is the sender's to mend. */
    private static int failures() {
        Integer failures = new JdbcTemplate(hub.bean(LedgerDatabase.class).readers())
                .queryForObject("select count(*) from letter where failure <> 'refused'", Integer.class);
        return failures == null ? 0 : failures;
    }
}
