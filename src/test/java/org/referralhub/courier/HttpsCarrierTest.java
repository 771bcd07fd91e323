package org.referralhub.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.agency.Transport;
import org.referralhub.testing.TestCertificates;
import org.referralhub.testing.WebhookServer;

/** Against a real server over TLS with an authority of its own. */
@Timeout(60)
class HttpsCarrierTest {
    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final Instant NOW = Instant.parse("2026-11-22T13:30:00Z");
    private static final Document DOCUMENT = new Document(
            "d-1",
            "REQUEST",
            "r-1",
            "RF-7K2M-Q8XD-3F5T",
            "IMMEDIATE",
            "application/json",
            "{\"invented\":true}".getBytes(StandardCharsets.UTF_8),
            NOW,
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    private static TestCertificates authority;
    private static WebhookServer server;

    @BeforeAll
    static void start() throws Exception {
        authority = TestCertificates.authority();
        server = new WebhookServer(authority.server());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void everythingIsTaken() {
        server.posts().clear();
        server.answer(post -> WebhookServer.Answer.of(204));
    }

    private static HttpsCarrier carrier(TestCertificates trusted, Duration timeout) {
        return new HttpsCarrier(
                new Transport.Https(URI.create(server.url()), KEY, List.of(trusted.certificate()), timeout),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static UndeliveredException refusalOf(HttpsCarrier carrier) {
        return catchThrowableOfType(UndeliveredException.class, () -> carrier.bring(DOCUMENT));
    }

    @Test
    void the_agency_can_tell_that_it_comes_from_the_hub_and_is_fresh() throws Exception {
        carrier(authority, Duration.ofSeconds(5)).bring(DOCUMENT);

        assertThat(server.posts()).singleElement().satisfies(post -> {
            assertThat(post.body()).isEqualTo(DOCUMENT.body());
            assertThat(post.header("Content-Type")).isEqualTo("application/json");
            assertThat(post.key()).isEqualTo("d-1").isEqualTo(post.header("webhook-id"));
            assertThat(post.header("Referral-Hub-Message-Type")).isEqualTo("REQUEST");
            assertThat(post.header("Referral-Hub-Reference")).isEqualTo("RF-7K2M-Q8XD-3F5T");
            assertThat(post.header("traceparent")).isEqualTo(DOCUMENT.trace());
            assertThat(post.header("webhook-timestamp")).isEqualTo("" + NOW.getEpochSecond());
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            String signed = "d-1." + NOW.getEpochSecond() + ".{\"invented\":true}";
            assertThat(post.header("webhook-signature"))
                    .isEqualTo("v1,"
                            + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 409, 410, 422})
    void what_the_agency_refuses_is_refused_for_good(int status) {
        server.answer(post -> WebhookServer.Answer.of(status));

        UndeliveredException refused = refusalOf(carrier(authority, Duration.ofSeconds(5)));
        assertThat(refused.next()).isEqualTo(UndeliveredException.Next.REFUSED);
        assertThat(refused.code()).isEqualTo("answer-" + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 307, 408, 425, 429, 500, 502, 503})
    void what_speaks_of_the_moment_is_tried_again_and_no_redirect_is_followed(int status) {
        server.answer(post -> WebhookServer.Answer.of(status));

        UndeliveredException failed = refusalOf(carrier(authority, Duration.ofSeconds(5)));
        assertThat(failed.next()).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(failed.pause()).isNull();
        assertThat(server.posts()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "120, PT2M",
        "'Sun, 22 Nov 2026 13:30:30 GMT', PT30S",
        "86400, PT1H",
        "soon,",
        "'Sun, 22 Nov 2026 13:29:00 GMT',",
        "99999999999999999999,"
    })
    void retry_after_is_honoured_for_an_hour_at_most(String value, Duration expected) {
        server.answer(post -> new WebhookServer.Answer(429, value));

        assertThat(refusalOf(carrier(authority, Duration.ofSeconds(5))).pause()).isEqualTo(expected);
    }

    @Test
    void a_slow_server_is_left_after_the_time_that_it_has() {
        CountDownLatch end = new CountDownLatch(1);
        server.answer(post -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return WebhookServer.Answer.of(204);
        });

        UndeliveredException failed = refusalOf(carrier(authority, Duration.ofMillis(300)));
        end.countDown();
        assertThat(failed.code()).isEqualTo("timeout");
        assertThat(failed.next()).isEqualTo(UndeliveredException.Next.AGAIN);
    }

    @Test
    void a_server_that_another_authority_vouches_for_gets_nothing() {
        UndeliveredException failed = refusalOf(carrier(TestCertificates.authority(), Duration.ofSeconds(5)));

        assertThat(failed.code()).isEqualTo("tls-refused");
        assertThat(failed.next()).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(server.posts()).isEmpty();
    }

    @Test
    void nobody_listens() throws Exception {
        server.down();
        try {
            assertThat(refusalOf(carrier(authority, Duration.ofSeconds(5))).code())
                    .isEqualTo("unreachable");
        } finally {
            server.up();
        }
    }
}
