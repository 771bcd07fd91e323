package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.DeliveryEntries;
import org.referralhub.testing.LiveHome;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.TestCertificates;
import org.referralhub.testing.Way;
import org.referralhub.testing.WebhookServer;

/**
 * Twelve kinds of failure, made for real on one hub: each is at the desk within five seconds, with its cause and in a group of
 * its own, is repaired in the way that {@code docs/failures.md} says, and ends delivered once. A message that ends the process
 * ({@code process-ended}) would end this one: {@link FatalMessageIT} shows it.
 */
@Timeout(180)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwelveFailuresIT {
    private static final Duration AT_THE_DESK = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String AGENCIES = "config/demo/agencies.yaml";
    private static final String BROKER = "config/broker.xml";
    private static final String MAPPING = "schemas/police/from-canonical.jslt";

    private static final String HELPLINE = "helpline-108";
    private static final String LEAVING = "hotline-of-an-ngo";
    /** Fetches from its inbox. */
    private static final String POLICE = "police-capital";
    /** Has a server of its own. */
    private static final String PUSHED = "social-work-111095";
    /** Has a server whose certificate nobody trusts at first. */
    private static final String STRANGE = "social-work-111653";
    /** Has a folder that is not there at first. */
    private static final String FOLDER = "police-family-division";

    private static final String QUICKLY =
            "retry: { first: PT0.1S, longest: PT0.3S, giveUpAfter: PT0.8S }, circuit: { failures: 100 }";
    private static final String AWAY = """

              - id: hotline-of-an-ngo
                kind: NGO
                name: { mn: "Утас", en: "Hotline" }
                serves: ["*"]
                dialect: helpline
                hours: always
                secret: { plain: demo-hotline-of-an-ngo }
            """;

    @TempDir
    static Path root;

    private static LiveHome home;
    private static WebhookServer server;
    private static WebhookServer stranger;
    private static RunningHub hub;

    /** Groups of the failures so far. */
    private static final Set<String> GROUPS = new LinkedHashSet<>();

    @BeforeAll
    static void start() throws IOException {
        TestCertificates authority = TestCertificates.authority();
        TestCertificates other = TestCertificates.authority();
        server = new WebhookServer(authority.server());
        stranger = new WebhookServer(other.server());
        home = LiveHome.in(root);
        authority.write(root.resolve("secrets/authority.pem"));
        other.write(root.resolve("secrets/other.pem"));
        home.replace(BROKER, "<max-delivery-attempts>18<", "<max-delivery-attempts>2<");
        home.replace(BROKER, "<redelivery-delay>1000<", "<redelivery-delay>50<");
        DeliveryEntries.add(
                root, PUSHED, "delivery: { %s, %s }".formatted(DeliveryEntries.https(server, "PT1S"), QUICKLY));
        DeliveryEntries.add(
                root, STRANGE, "delivery: { %s, %s }".formatted(DeliveryEntries.https(stranger, "PT1S"), QUICKLY));
        DeliveryEntries.add(root, FOLDER, "delivery: { folder: { path: out/family }, %s }".formatted(QUICKLY));
        home.append(AGENCIES, AWAY);
        hub = RunningHub.start(root, root.resolve("data"), Map.of("hub.configuration.watch", "false"), "demo");
    }

    @AfterAll
    static void stop() {
        hub.close();
        server.close();
        stranger.close();
    }

    // What fails at the door.

    @Test
    @Order(1)
    void a_document_that_is_not_valid_is_corrected_by_its_sender_and_both_never_go_out() throws Exception {
        String id = "C-" + UUID.randomUUID();
        String good = Referrals.call(id);
        // Over HTTP the sender learns it at once, and nothing is kept.
        assertThat(hub.as(HELPLINE)
                        .send("application/json", good.replace("PHYSICAL_VIOLENCE", "NO_SUCH"))
                        .status())
                .isEqualTo(422);
        sendOverQueue(HELPLINE, good.replace("PHYSICAL_VIOLENCE", "NO_SUCH"));
        JsonNode letter = atDesk(
                "refused", "intake-helpline", item -> text(item, "messageId").equals(id));
        assertThat(text(letter, "failureClass")).isEqualTo("refused");
        sendOverQueue(HELPLINE, good.replace("\"age\": 9", "\"age\": \"nine\""));
        JsonNode again = atDesk(
                "refused",
                "intake-helpline",
                item -> text(item, "messageId").equals(id) && !text(item, "id").equals(text(letter, "id")));

        assertThat(hub.as(HELPLINE).send("application/json", good).status()).isEqualTo(202);

        await("the letters").atMost(PATIENCE).untilAsserted(() -> {
            assertThat(state(letter)).isEqualTo("SUPERSEDED");
            assertThat(state(again)).isEqualTo("SUPERSEDED");
        });
        assertThat(order(letter, "replay").status())
                .as("the old one changes nothing")
                .isEqualTo(409);
        hub.settle();
        deliveredOnce(Identifiers.referralId(HELPLINE, id));
        assertThat(hub.waiting(POLICE, Identifiers.referralId(HELPLINE, id))
                        .get(0)
                        .body())
                .contains("PHYSICAL_VIOLENCE");
    }

    @Test
    @Order(2)
    void a_document_that_nobody_can_read_is_returned_and_sent_anew() throws Exception {
        String id = "C-" + UUID.randomUUID();
        sendOverQueue(HELPLINE, Referrals.call(id).substring(0, 120));
        JsonNode letter = atDesk(
                "refused", "intake-helpline", item -> item.path("messageId").isNull());

        assertThat(order(letter, "return").status()).isEqualTo(200);
        sendOverQueue(HELPLINE, Referrals.call(id));

        awaitDelivered(Identifiers.referralId(HELPLINE, id));
        assertThat(state(letter)).isEqualTo("RETURNED");
    }

    @Test
    @Order(3)
    void another_content_under_an_id_that_was_used_gets_an_id_of_its_own() throws Exception {
        String id = "C-" + UUID.randomUUID();
        sendOverQueue(HELPLINE, Referrals.call(id));
        awaitDelivered(Identifiers.referralId(HELPLINE, id));
        sendOverQueue(HELPLINE, Referrals.call(id, "Өөр хүүхдийн тухай."));
        JsonNode letter =
                atDesk("conflict", "ledger", item -> text(item, "messageId").equals(id));

        String own = "C-" + UUID.randomUUID();
        sendOverQueue(HELPLINE, Referrals.call(own, "Өөр хүүхдийн тухай."));
        assertThat(order(letter, "discard").status()).isEqualTo(200);

        awaitDelivered(Identifiers.referralId(HELPLINE, own));
        deliveredOnce(Identifiers.referralId(HELPLINE, id));
    }

    // What fails in the ledger.

    @Test
    @Order(4)
    void a_message_that_the_ledger_can_not_record_is_sent_again_after_the_repair() throws Exception {
        String id = "C-" + UUID.randomUUID();
        LedgerDatabase database = hub.bean(LedgerDatabase.class);
        Databases.execute(
                database,
                "create trigger fault before insert on message when new.message_id = '" + id
                        + "' begin select raise(abort, 'fault'); end");
        sendOverQueue(HELPLINE, Referrals.call(id));
        JsonNode letter = atDesk(
                "ledger-failed", "ledger", item -> text(item, "messageId").equals(id));

        Databases.execute(database, "drop trigger fault");
        replay(letter);

        awaitDelivered(Identifiers.referralId(HELPLINE, id));
    }

    // What fails on the way to an agency's system.

    @Test
    @Order(5)
    void what_an_agency_refuses_is_sent_again_when_it_takes_it() {
        server.answer(post -> WebhookServer.Answer.of(422));
        String referral = call(HELPLINE);
        JsonNode letter = undelivered("answer-422", PUSHED, referral);
        assertThat(text(letter, "failureClass")).isEqualTo("permanent");

        server.answer(post -> WebhookServer.Answer.of(204));
        server.posts().clear();
        replay(letter);

        awaitPosted(server, referral);
        deliveredOnce(referral);
    }

    @Test
    @Order(6)
    void what_a_server_that_was_down_did_not_get_is_sent_again_when_it_is_up() throws Exception {
        server.down();
        JsonNode letter;
        String referral;
        try {
            referral = call(HELPLINE);
            letter = undelivered("unreachable", PUSHED, referral);
            assertThat(text(letter, "failureClass")).isEqualTo("exhausted");
        } finally {
            server.up();
        }
        server.posts().clear();
        replay(letter);

        awaitPosted(server, referral);
    }

    /** One referral that reaches neither of two, for two reasons. */
    @Test
    @Order(7)
    void what_is_for_a_server_that_nobody_vouches_for_and_for_a_folder_that_is_missing_goes_when_both_are_repaired()
            throws Exception {
        String referral = call(
                HELPLINE,
                Referrals.call("C-" + UUID.randomUUID()).replace("1110", "1116").replace("111695", "111653"));
        JsonNode pushed = undelivered("tls-refused", STRANGE, referral);
        JsonNode filed = undelivered("folder-missing", FOLDER, referral);

        home.replace(
                AGENCIES,
                stranger.url() + "\", key: { plain: " + DeliveryEntries.KEY + " }, trust: secrets/authority.pem",
                stranger.url() + "\", key: { plain: " + DeliveryEntries.KEY + " }, trust: secrets/other.pem");
        reload("its authority is another one");
        replay(pushed);
        awaitPosted(stranger, referral);

        Files.createDirectories(root.resolve("data/out/family"));
        replay(filed);
        await("the file").atMost(PATIENCE).until(() -> files(referral) == 1);
    }

    // What fails in the inbox.

    @Test
    @Order(8)
    void what_an_agencys_program_gives_back_again_and_again_is_sent_again_when_it_works() throws Exception {
        String referral = call(HELPLINE);
        hub.settle();
        giveBack(referral);
        JsonNode letter = undelivered("attempts-used-up", POLICE, referral);
        assertThat(text(letter, "attempts")).isEqualTo("2");
        assertThat(hub.waiting(POLICE, referral)).isEmpty();

        replay(letter);
        // It does not work yet, and what was sent again comes back to the same letter.
        giveBack(referral);
        await("at the desk again").atMost(AT_THE_DESK).untilAsserted(() -> assertThat(state(letter))
                .isEqualTo("OPEN"));

        replay(letter);

        awaitDelivered(referral);
    }

    private static void giveBack(String referral) throws Exception {
        try (Connection connection = hub.as(POLICE).amqp();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageConsumer consumer = session.createConsumer(
                        session.createQueue(Queues.inbox(POLICE)), Headers.REFERRAL_ID + " = '" + referral + "'")) {
            connection.start();
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThat(consumer.receive(10_000)).isNotNull();
                session.rollback();
            }
        }
    }

    @Test
    @Order(9)
    void what_somebody_let_expire_is_sent_again() throws Exception {
        String referral = call(HELPLINE);
        hub.settle();
        // As with Artemis' own tools.
        try (Connection connection = hub.bean(Broker.class).connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer management = session.createProducer(session.createQueue("activemq.management"))) {
            Message order = session.createMessage();
            JMSManagementHelper.putOperationInvocation(
                    order,
                    "queue." + Queues.inbox(POLICE),
                    "expireMessages",
                    Headers.REFERRAL_ID + " = '" + referral + "'");
            management.send(order);
        }
        JsonNode letter = undelivered("expired", POLICE, referral);
        assertThat(hub.waiting(POLICE, referral)).isEmpty();

        replay(letter);

        awaitDelivered(referral);
    }

    // What fails by a change of the configuration.

    @Test
    @Order(10)
    void what_a_wrong_mapping_made_of_a_referral_is_sent_again_when_the_mapping_is_mended() {
        String good = home.read(MAPPING);
        home.replace(
                MAPPING,
                "\"PersonAgeMeasure\": $child.ageEstimate",
                "\"PersonAgeMeasure\": if ($child.ageEstimate == 3) \"three\" else $child.ageEstimate");
        reload("a mistake");
        String id = "C-" + UUID.randomUUID();
        assertThat(hub.as(HELPLINE)
                        .send("application/json", Referrals.call(id).replace("\"age\": 9", "\"age\": 3"))
                        .status())
                .isEqualTo(202);
        String referral = Identifiers.referralId(HELPLINE, id);
        JsonNode letter = undelivered("translation-failed", POLICE, referral);
        assertThat(text(letter, "stage")).isEqualTo("deliver");
        awaitPosted(server, referral);

        home.write(MAPPING, good);
        reload("the mistake is mended");
        replay(letter);

        awaitDelivered(referral);
    }

    @Test
    @Order(11)
    void what_an_agency_sent_that_was_taken_out_by_mistake_is_sent_again_when_it_is_back() throws Exception {
        CamelContext camel = hub.bean(CamelContext.class);
        camel.getRouteController().stopRoute("intake-helpline");
        String id = "C-" + UUID.randomUUID();
        sendOverQueue(LEAVING, Referrals.call(id));
        String with = home.read(AGENCIES);
        home.write(AGENCIES, with.replace(AWAY, ""));
        reload("they do not take part any more");
        camel.getRouteController().startRoute("intake-helpline");
        JsonNode letter = atDesk("unknown-agency", "intake-helpline", item -> text(item, "sender")
                .equals(LEAVING));

        home.write(AGENCIES, with);
        reload("they do");
        replay(letter);

        awaitDelivered(Identifiers.referralId(LEAVING, id));
    }

    @Test
    @Order(12)
    void in_the_end_nothing_is_open_every_kind_was_a_group_of_its_own_and_the_books_balance() {
        hub.settle();
        assertThat(hub.as("operator").get("/dead-letters").json().path("items")).isEmpty();
        // Twelve kinds; one message was wrong twice, each time in another way.
        assertThat(GROUPS).hasSize(13);
        assertThat(hub.as("operator")
                        .get("/books?verify=true")
                        .json()
                        .path("balanced")
                        .asBoolean())
                .isTrue();
    }

    private static void sendOverQueue(String agency, String document) throws Exception {
        Way.AMQP.send(hub.as(agency), "helpline", document.getBytes(StandardCharsets.UTF_8));
    }

    private static String call(String agency) {
        return call(agency, Referrals.call("C-" + UUID.randomUUID()));
    }

    private static String call(String agency, String document) {
        Participant.Answer answer = hub.as(agency).send("application/json", document);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return answer.json().path("referralId").asText();
    }

    private static JsonNode undelivered(String cause, String recipient, String referral) {
        JsonNode letter = atDesk(
                cause,
                null,
                item -> text(item, "referralId").equals(referral)
                        && text(item, "recipient").equals(recipient));
        assertThat(text(letter, "origin")).isIn(Queues.inbox(recipient), Queues.DELIVERY);
        return letter;
    }

    /** The letter, which must be there in time, alone in a group of its cause that no other kind is in. */
    private static JsonNode atDesk(String cause, String stage, Predicate<JsonNode> which) {
        JsonNode letter = await("at the desk for " + cause)
                .atMost(AT_THE_DESK)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> find(cause, which), found -> found != null);
        if (stage != null) {
            assertThat(text(letter, "stage")).isEqualTo(stage);
        }
        JsonNode group = hub.as("operator")
                .get("/dead-letters/groups/" + text(letter, "group"))
                .json()
                .path("group");
        assertThat(text(group, "cause")).isEqualTo(cause);
        assertThat(text(group, "stage")).isEqualTo(text(letter, "stage"));
        assertThat(group.path("open").asInt()).isEqualTo(1);
        assertThat(text(group, "remedy")).startsWith("docs/");
        assertThat(GROUPS.add(text(letter, "group")))
                .as("a group of its own for " + cause)
                .isTrue();
        return letter;
    }

    private static JsonNode find(String cause, Predicate<JsonNode> which) {
        for (JsonNode item :
                hub.as("operator").get("/dead-letters?cause=" + cause).json().path("items")) {
            if (which.test(item)) {
                return item;
            }
        }
        return null;
    }

    private static String text(JsonNode item, String field) {
        return item.path(field).asText();
    }

    private static String state(JsonNode letter) {
        return hub.as("operator")
                .get("/dead-letters/" + text(letter, "id"))
                .json()
                .at("/summary/state")
                .asText();
    }

    private static Participant.Answer order(JsonNode letter, String what) {
        return hub.as("operator")
                .post(
                        "/dead-letters/" + text(letter, "id") + "/" + what,
                        "application/json",
                        "{\"reason\":\"as the page says\"}".getBytes(StandardCharsets.UTF_8));
    }

    /** Once more, and once more again: the second changes nothing. */
    private static void replay(JsonNode letter) {
        assertThat(order(letter, "replay").status()).isEqualTo(200);
        assertThat(order(letter, "replay").status()).isEqualTo(409);
        await("the letter").atMost(PATIENCE).untilAsserted(() -> assertThat(state(letter))
                .isEqualTo("RESOLVED"));
    }

    private static void reload(String reason) {
        Participant.Answer answer = hub.as("integrator")
                .post(
                        "/configuration",
                        "application/json",
                        "{\"reason\":\"%s\"}".formatted(reason).getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private static void awaitDelivered(String referral) {
        await("the referral at the police")
                .atMost(PATIENCE)
                .until(() -> hub.waiting(POLICE, referral).size() == 1);
        hub.settle();
        deliveredOnce(referral);
    }

    private static void deliveredOnce(String referral) {
        await("the courier has carried what it had")
                .atMost(PATIENCE)
                .until(() -> hub.bean(Broker.class).depth(Queues.inbox(PUSHED)) == 0);
        assertThat(hub.waiting(POLICE, referral)).hasSize(1);
        assertThat(requests(server, referral)).isEqualTo(1);
    }

    private static void awaitPosted(WebhookServer where, String referral) {
        await("the referral at the server").atMost(PATIENCE).until(() -> requests(where, referral) == 1);
        hub.settle();
        assertThat(requests(where, referral)).isEqualTo(1);
    }

    private static long requests(WebhookServer where, String referral) {
        return where.posts().stream()
                .filter(post -> post.header("Referral-Hub-Referral-Id").equals(referral)
                        && post.header("Referral-Hub-Message-Type").equals("REQUEST"))
                .count();
    }

    private static long files(String referral) throws IOException {
        Path folder = root.resolve("data/out/family");
        try (Stream<Path> files = Files.list(folder)) {
            long found = 0;
            for (Path file : files.filter(path -> path.getFileName().toString().contains("-REQUEST-")
                            && !path.getFileName().toString().startsWith("."))
                    .toList()) {
                found += Files.readString(file).contains(referral) ? 1 : 0;
            }
            return found;
        }
    }
}
