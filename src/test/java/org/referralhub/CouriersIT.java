package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.referralhub.testing.DeliveryEntries;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.TestCertificates;
import org.referralhub.testing.WebhookServer;

/** Couriers and a collector on the whole hub, with a real server over TLS and real folders. */
@Timeout(180)
class CouriersIT {
    private static final String HELPLINE = "helpline-108";
    private static final String PUSHED = "social-work-111095";
    private static final String FOLDER = "police-capital";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String QUICKLY =
            "retry: { first: PT0.2S, longest: PT0.5S, giveUpAfter: PT1H }, circuit: { failures: 3, probeAfter: PT0.3S }";

    @TempDir
    static Path root;

    private static WebhookServer server;
    private static RunningHub hub;

    @BeforeAll
    static void start() throws IOException {
        TestCertificates authority = TestCertificates.authority();
        server = new WebhookServer(authority.server());
        RunningHub.copyHome(root);
        authority.write(root.resolve("secrets/authority.pem"));
        DeliveryEntries.add(
                root, PUSHED, "delivery: { %s, %s }".formatted(DeliveryEntries.https(server, "PT1S"), QUICKLY));
        DeliveryEntries.add(root, FOLDER, """
                delivery: { folder: { path: out/police, create: true }, %s }
                    collect: { folder: { path: in/police, create: true }, every: PT0.2S }
                """.formatted(QUICKLY));
        hub = startHub();
    }

    private static RunningHub startHub() {
        return RunningHub.start(root, root.resolve("data"), Map.of(), "demo");
    }

    @AfterAll
    static void stop() {
        hub.close();
        server.close();
    }

    @BeforeEach
    void everythingIsTaken() {
        server.answer(post -> WebhookServer.Answer.of(204));
        await("nothing is left of the test before").atMost(PATIENCE).until(() -> depth(PUSHED) == 0);
        server.posts().clear();
    }

    private static long depth(String agency) {
        return hub.bean(Broker.class).depth(Queues.inbox(agency));
    }

    /** Sends a call that goes to both, and returns its referral. */
    private static String call() {
        String id = "C-" + UUID.randomUUID();
        Participant.Answer answer = hub.as(HELPLINE).send("application/json", Referrals.call(id));
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return Identifiers.referralId(HELPLINE, id);
    }

    private static List<WebhookServer.Post> requests(String referral) {
        return server.posts().stream()
                .filter(post -> post.header("Referral-Hub-Referral-Id").equals(referral)
                        && post.header("Referral-Hub-Message-Type").equals("REQUEST"))
                .toList();
    }

    private static void awaitRequests(String referral, Predicate<List<WebhookServer.Post>> enough) {
        await("the request at the agency's server").atMost(PATIENCE).until(() -> enough.test(requests(referral)));
    }

    private static JsonNode agency(String id) {
        for (JsonNode agency : hub.as("operator").get("/agencies").json()) {
            if (agency.path("id").asText().equals(id)) {
                return agency;
            }
        }
        throw new AssertionError("no agency " + id);
    }

    private static JsonNode letter(String referral) {
        for (JsonNode letter :
                hub.as("operator").get("/dead-letters?agency=" + PUSHED).json().path("items")) {
            if (letter.path("referralId").asText().equals(referral)) {
                return letter;
            }
        }
        return null;
    }

    @Test
    void a_document_is_posted_once_signed_and_is_gone_from_the_inbox() {
        String referral = call();

        awaitRequests(referral, posts -> posts.size() == 1);
        await("the inbox is empty").atMost(PATIENCE).until(() -> depth(PUSHED) == 0);
        WebhookServer.Post post = requests(referral).get(0);
        assertThat(new String(post.body(), StandardCharsets.UTF_8))
                .contains("\"REQUEST\"")
                .contains(referral);
        assertThat(post.header("webhook-signature")).startsWith("v1,");
        assertThat(agency(PUSHED).at("/courier/way").asText()).isEqualTo("https");
        assertThat(agency(PUSHED).at("/courier/lastTaken").asText()).isNotEmpty();
        assertThat(agency(HELPLINE).has("courier")).isFalse();
        assertThat(hub.bean(MeterRegistry.class)
                        .get("hub.courier.documents")
                        .tags("way", "https", "result", "taken")
                        .counter()
                        .count())
                .isPositive();
        hub.settle();
    }

    @Test
    void a_failing_server_gets_it_again_with_the_same_key_and_the_others_do_not_wait() {
        server.answer(post -> WebhookServer.Answer.of(
                requests(post.header("Referral-Hub-Referral-Id")).size() < 3 ? 500 : 200));
        String referral = call();

        awaitRequests(referral, posts -> posts.size() == 3);
        await("the inbox is empty").atMost(PATIENCE).until(() -> depth(PUSHED) == 0);
        assertThat(requests(referral).stream().map(WebhookServer.Post::key).distinct())
                .hasSize(1);
        assertThat(requests(referral)).hasSize(3);
    }

    @Test
    void what_the_agency_refuses_is_at_the_desk_the_sender_hears_and_the_next_one_is_brought() {
        server.answer(post -> WebhookServer.Answer.of(422));
        String first = call();
        await("the letter").atMost(PATIENCE).until(() -> letter(first) != null);
        server.answer(post -> WebhookServer.Answer.of(204));
        String second = call();
        awaitRequests(second, posts -> posts.size() == 1);

        JsonNode letter = letter(first);
        assertThat(letter.path("cause").asText()).isEqualTo("answer-422");
        assertThat(letter.path("failureClass").asText()).isEqualTo("permanent");
        assertThat(letter.path("origin").asText()).isEqualTo(Queues.inbox(PUSHED));
        assertThat(letter.path("recipient").asText()).isEqualTo(PUSHED);
        assertThat(letter.path("attempts").asInt()).isEqualTo(1);
        hub.settle();
        assertThat(hub.waiting(HELPLINE, first))
                .as("the sender hears that it was not reached")
                .anySatisfy(answer -> assertThat(answer.body()).contains("delivery.not-reached"));

        String key = requests(first).get(0).key();
        hub.as("operator")
                .post("/dead-letters/" + letter.path("id").asText() + "/replay", "application/json", new byte[0]);
        awaitRequests(first, posts -> posts.size() == 2);
        assertThat(requests(first).get(1).key())
                .as("the same key from the desk, too")
                .isEqualTo(key);
        await("delivered after all").atMost(PATIENCE).until(() -> depth(PUSHED) == 0);
        hub.settle();
    }

    @Test
    void a_server_that_is_down_is_left_alone_and_gets_everything_when_it_is_back() throws Exception {
        server.down();
        String first;
        String second;
        try {
            first = call();
            second = call();
            await("it is left alone")
                    .atMost(PATIENCE)
                    .until(() -> agency(PUSHED).at("/courier/open").asBoolean());
            assertThat(agency(PUSHED).at("/courier/lastCause").asText()).isEqualTo("unreachable");
            assertThat(agency(PUSHED).path("backlog").asInt()).isPositive();
        } finally {
            server.up();
        }
        awaitRequests(first, posts -> posts.size() == 1);
        awaitRequests(second, posts -> posts.size() == 1);
        await("the inbox is empty").atMost(PATIENCE).until(() -> depth(PUSHED) == 0);
        assertThat(agency(PUSHED).at("/courier/open").asBoolean()).isFalse();
    }

    @Test
    void a_server_that_says_when_is_not_asked_before() {
        server.answer(post -> requests(post.header("Referral-Hub-Referral-Id")).size() == 1
                ? new WebhookServer.Answer(429, "2")
                : WebhookServer.Answer.of(204));
        String referral = call();
        awaitRequests(referral, posts -> posts.size() == 1);
        long asked = System.nanoTime();
        awaitRequests(referral, posts -> posts.size() == 2);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThan(Duration.ofMillis(1500));
    }

    @Test
    void after_a_stop_between_sending_and_commit_the_agency_gets_the_same_key_again() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        server.answer(post -> {
            sent.countDown();
            try {
                end.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return WebhookServer.Answer.of(204);
        });
        String referral = call();
        assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();
        hub.close();
        end.countDown();
        server.answer(post -> WebhookServer.Answer.of(204));
        int before = requests(referral).size();
        hub = startHub();
        awaitRequests(referral, posts -> posts.size() > before);
        assertThat(requests(referral).stream().map(WebhookServer.Post::key).distinct())
                .hasSize(1);
        await("the inbox is empty").atMost(PATIENCE).until(() -> depth(PUSHED) == 0);
    }

    @Test
    void a_paused_agency_is_left_alone_over_a_restart_until_it_is_resumed() {
        assertThat(hub.as(PUSHED)
                        .post("/agencies/" + FOLDER + "/pause", "application/json", "{\"reason\":\"x\"}".getBytes())
                        .status())
                .as("an agency pauses nobody")
                .isEqualTo(403);
        assertThat(order(PUSHED, "pause", "").status()).as("without a reason").isEqualTo(400);
        assertThat(order(HELPLINE, "pause", "x").status())
                .as("it has no courier")
                .isEqualTo(400);
        assertThat(order("nobody", "pause", "x").status()).isEqualTo(404);
        Participant.Answer paused = order(PUSHED, "pause", "Their server moves");
        assertThat(paused.status()).as(paused.text()).isEqualTo(200);

        hub.close();
        hub = startHub();
        assertThat(agency(PUSHED).at("/pause/reason").asText()).isEqualTo("Their server moves");
        assertThat(agency(PUSHED).at("/pause/by").asText()).isEqualTo("operator");
        String referral = call();
        await("it waits").atMost(PATIENCE).until(() -> depth(PUSHED) > 0);
        awaitFile(referral);
        assertThat(requests(referral))
                .as("the police's courier has brought it, this one has not")
                .isEmpty();

        assertThat(order(PUSHED, "resume", "done").json().path("status").asText())
                .isEqualTo("resumed");
        awaitRequests(referral, posts -> posts.size() == 1);
        assertThat(agency(PUSHED).has("pause")).isFalse();
    }

    @Test
    void an_order_that_comes_twice_is_recorded_once() throws Exception {
        String stamp = UUID.randomUUID().toString();
        try (Connection connection = hub.bean(Broker.class).connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer ledger = session.createProducer(session.createQueue(Queues.LEDGER))) {
            for (int i = 0; i < 2; i++) {
                BytesMessage order = session.createBytesMessage();
                order.setStringProperty(Headers.KIND, LedgerKind.RESUME.name());
                order.setStringProperty(Headers.STAMP, stamp);
                order.setStringProperty(Headers.SENDER, "operator");
                order.setStringProperty(Headers.RECIPIENT, PUSHED);
                ledger.send(order);
            }
        }
        hub.settle();
        assertThat(count("select count(*) from agency_pause where stamp = '" + stamp + "'"))
                .isEqualTo(1);
        assertThat(count("select count(*) from audit where action in ('pause', 'resume')"))
                .isEqualTo(count("select count(*) from agency_pause"));
        assertThat(count("select count(*) from audit where action = 'pause' and reason = 'Their server moves'"))
                .isEqualTo(1);
    }

    private static int count(String sql) throws SQLException {
        try (java.sql.Connection connection =
                        hub.bean(LedgerDatabase.class).readers().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static Participant.Answer order(String agency, String what, String reason) {
        return hub.as("operator")
                .post(
                        "/agencies/" + agency + "/" + what,
                        "application/json",
                        "{\"reason\":\"%s\"}".formatted(reason).getBytes(StandardCharsets.UTF_8));
    }

    private static Path awaitFile(String referral) {
        return await("the file").atMost(PATIENCE).until(() -> file(referral), found -> found != null);
    }

    private static Path file(String referral) throws IOException {
        Path folder = root.resolve("data/out/police");
        if (!Files.isDirectory(folder)) {
            return null;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> !path.getFileName().toString().startsWith("."))
                    .toList()) {
                if (Files.readString(file).contains(referral)) {
                    return file;
                }
            }
        }
        return null;
    }

    @Test
    void the_police_find_a_file_and_answer_with_one() throws IOException {
        String referral = call();
        Path file = awaitFile(referral);
        assertThat(file.getFileName().toString()).matches("[0-9T]+Z-REQUEST-[0-9a-f-]+\\.xml");
        await("the inbox is empty").atMost(PATIENCE).until(() -> depth(FOLDER) == 0);

        String id = "P-" + UUID.randomUUID();
        Path in = root.resolve("data/in/police");
        Files.writeString(in.resolve("report.xml.tmp"), Referrals.report(id).substring(0, 200));
        Files.writeString(in.resolve("report.xml"), Referrals.report(id));
        await("it is in the folder of what was taken")
                .atMost(PATIENCE)
                .until(() -> Files.exists(in.resolve("done/report.xml")));
        String reported = Identifiers.referralId(FOLDER, id);
        assertThat(awaitFile(reported)).as("the receipt").isNotNull();
        assertThat(hub.referral(reported).sender()).isEqualTo(FOLDER);
        assertThat(in.resolve("report.xml.tmp")).exists();

        Files.writeString(in.resolve("report.xml"), Files.readString(in.resolve("done/report.xml")));
        await("it is recognised").atMost(PATIENCE).until(() -> !Files.exists(in.resolve("report.xml")));
        Files.writeString(in.resolve("broken.xml"), "<ChildProtectionReport");
        await("the refusal").atMost(PATIENCE).until(() -> refusals() == 1);
        Files.delete(in.resolve("report.xml.tmp"));
        hub.settle();
    }

    private static long refusals() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("data/out/police"))) {
            return files.filter(path -> path.toString().contains("RECEIPT")
                            && !path.getFileName().toString().startsWith("."))
                    .filter(path -> {
                        try {
                            return Files.readString(path).contains("xml.");
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }
}
