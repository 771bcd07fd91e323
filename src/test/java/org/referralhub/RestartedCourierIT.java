package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.DeliveryEntries;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.TestCertificates;
import org.referralhub.testing.WebhookServer;

/** What an agency is told of one referral comes in order, also when the hub was stopped in between. */
@Timeout(240)
class RestartedCourierIT {
    private static final String HELPLINE = "helpline-108";
    private static final String PUSHED = "social-work-111095";
    private static final String CALL = "C-RESTARTED";

    @TempDir
    Path root;

    private WebhookServer server;

    @BeforeEach
    void start() throws IOException {
        TestCertificates authority = TestCertificates.authority();
        server = new WebhookServer(authority.server());
        RunningHub.copyHome(root);
        authority.write(root.resolve("secrets/authority.pem"));
        // Each pause is four times the one before: after its third attempt the REQUEST comes later than an AMEND after
        // its first.
        DeliveryEntries.add(root, PUSHED, """
                delivery: { %s, retry: { first: PT1S, longest: PT16S, giveUpAfter: PT1H }, circuit: { failures: 100, probeAfter: PT1S } }
                """.formatted(DeliveryEntries.https(server, "PT5S")));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RunningHub startHub() {
        return RunningHub.start(root, root.resolve("data"), Map.of(), "demo");
    }

    private static void send(RunningHub hub, String document) {
        Participant.Answer answer = hub.as(HELPLINE).send("application/json", document);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    }

    private static long depth(RunningHub hub) {
        return hub.bean(Broker.class).depth(Queues.inbox(PUSHED));
    }

    private static double triedAgain(RunningHub hub) {
        Counter again = hub.bean(MeterRegistry.class)
                .find("hub.courier.documents")
                .tag("result", "again")
                .counter();
        return again == null ? 0 : again.count();
    }

    private List<String> types() {
        return server.posts().stream()
                .map(post -> post.header("Referral-Hub-Message-Type"))
                .toList();
    }

    @Test
    void a_request_that_waits_to_be_tried_again_is_not_overtaken_after_a_restart() {
        server.answer(post -> WebhookServer.Answer.of(503));
        try (RunningHub hub = startHub()) {
            send(hub, Referrals.call(CALL));
            await("the agency's server fails on the request")
                    .atMost(RunningHub.PATIENCE)
                    .until(() -> triedAgain(hub) == 3);
            send(hub, """
                    {"record_type": "FOLLOW_UP", "record_id": "%s-AMEND", "written_at": "%s", "referral_id": "%s",
                     "version": 2, "action": "AMEND", "reason": "Дахин залгасан", "changes": {"story": "Хүүхэд эмээгийндээ байна."}}
                    """.formatted(CALL, Referrals.sentAt(), Identifiers.referralId(HELPLINE, CALL)));
            await("the amendment waits behind it")
                    .atMost(RunningHub.PATIENCE)
                    .until(() -> depth(hub) == 2 && triedAgain(hub) >= 4);
        }
        assertThat(types()).containsOnly("REQUEST");

        server.posts().clear();
        server.answer(post -> WebhookServer.Answer.of(204));
        try (RunningHub hub = startHub()) {
            await("the agency has both").atMost(RunningHub.PATIENCE).until(() -> depth(hub) == 0);
            hub.settle();
        }
        assertThat(types()).containsExactly("REQUEST", "AMEND");
    }
}
