package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.message.Identifiers;
import org.referralhub.testing.DeliveryEntries;
import org.referralhub.testing.HubProcess;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.Rest;
import org.referralhub.testing.TestCertificates;
import org.referralhub.testing.WebhookServer;

/** The process dies when the agency has the document and the hub does not know it yet. */
@Timeout(240)
class KilledCourierIT {
    private static final String AGENCY = "social-work-111095";

    @TempDir
    Path home;

    @Test
    void after_a_kill_between_sending_and_commit_the_agency_gets_the_same_key_again() throws Exception {
        TestCertificates authority = TestCertificates.authority();
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (WebhookServer server = new WebhookServer(authority.server());
                HubProcess hub = HubProcess.in(home)) {
            authority.write(home.resolve("secrets/authority.pem"));
            DeliveryEntries.add(home, AGENCY, "delivery: { %s }".formatted(DeliveryEntries.https(server, "PT60S")));
            server.answer(post -> {
                sent.countDown();
                try {
                    end.await(100, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return WebhookServer.Answer.of(204);
            });
            hub.start();
            assertThat(Rest.as(hub, "helpline-108")
                            .send("application/json", Referrals.call("KILL-1"))
                            .status())
                    .isEqualTo(202);
            assertThat(sent.await(60, TimeUnit.SECONDS)).isTrue();
            hub.kill();
            end.countDown();
            server.answer(post -> WebhookServer.Answer.of(204));
            assertThat(server.posts()).hasSize(1);

            hub.start();
            await("the document once more")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> server.posts().size() > 1);
            Rest operator = Rest.as(hub, "operator");
            await("nothing waits").atMost(Duration.ofSeconds(60)).until(() -> {
                for (var agency : operator.get("/agencies").body()) {
                    if (agency.path("id").asText().equals(AGENCY)) {
                        return agency.path("backlog").asInt() == 0;
                    }
                }
                return false;
            });
            List<WebhookServer.Post> posts = server.posts();
            assertThat(posts.stream().map(WebhookServer.Post::key).distinct()).hasSize(1);
            assertThat(posts.get(1).body()).isEqualTo(posts.get(0).body());
            assertThat(posts.get(0).header("Referral-Hub-Referral-Id"))
                    .isEqualTo(Identifiers.referralId("helpline-108", "KILL-1"));
            assertThat(operator.get("/books?verify=true")
                            .body()
                            .path("balanced")
                            .asBoolean())
                    .isTrue();
        }
    }
}
