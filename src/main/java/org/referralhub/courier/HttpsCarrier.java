package org.referralhub.courier;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Transport;
import org.referralhub.message.Headers;

/**
 * A POST for each document. A 2xx is taken; a 4xx is refused for good, but for those that speak of the moment (408, 425, 429);
 * anything else is tried again, no sooner than {@code Retry-After} says. Redirects are not followed: a document goes where the
 * configuration says.
 */
final class HttpsCarrier implements Carrier {
    /** Request Timeout, Too Early, Too Many Requests. */
    private static final Set<Integer> NOT_NOW = Set.of(408, 425, 429);

    /** A server that asks for more is asked again after this all the same. */
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final Transport.Https settings;
    private final HttpClient http;
    private final Clock clock;

    HttpsCarrier(Transport.Https settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(settings.timeout()).followRedirects(HttpClient.Redirect.NEVER);
        if (!settings.trust().isEmpty()) {
            builder.sslContext(TrustedServers.context(settings.trust()));
        }
        this.http = builder.build();
    }

    @Override
    public void bring(Document document) throws InterruptedException {
        HttpResponse<Void> answer = post(request(document));
        int status = answer.statusCode();
        if (status / 100 == 2) {
            return;
        }
        String code = "answer-" + status;
        if (status / 100 == 4 && !NOT_NOW.contains(status)) {
            throw UndeliveredException.refused(code);
        }
        Duration pause = pause(answer.headers().firstValue("Retry-After").orElse(null));
        throw pause == null ? UndeliveredException.again(code) : UndeliveredException.again(code, pause);
    }

    private HttpRequest request(Document document) {
        long now = clock.instant().getEpochSecond();
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.url())
                .timeout(settings.timeout())
                .header("Content-Type", document.contentType())
                .header("User-Agent", "referral-hub")
                .header("Idempotency-Key", document.id())
                .header("webhook-id", document.id())
                .header("webhook-timestamp", Long.toString(now))
                .header("webhook-signature", WebhookSignature.of(settings.key(), document.id(), now, document.body()));
        header(request, "Referral-Hub-Message-Type", document.messageType());
        header(request, "Referral-Hub-Referral-Id", document.referralId());
        header(request, "Referral-Hub-Reference", document.reference());
        header(request, "Referral-Hub-Urgency", document.urgency());
        header(request, Headers.TRACE, document.trace());
        return request.POST(HttpRequest.BodyPublishers.ofByteArray(document.body()))
                .build();
    }

    private static void header(HttpRequest.Builder request, String name, @Nullable String value) {
        if (value != null) {
            request.header(name, value);
        }
    }

    /** The client's own time limit ends with the answer's headers; a body that never ends must end, too. */
    private HttpResponse<Void> post(HttpRequest request) throws InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer = http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        try {
            return answer.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw UndeliveredException.again("timeout");
        } catch (ExecutionException e) {
            throw UndeliveredException.again(code(e.getCause()));
        } finally {
            answer.cancel(true);
        }
    }

    private static String code(@Nullable Throwable failure) {
        if (failure instanceof HttpTimeoutException) {
            return "timeout";
        }
        if (failure instanceof SSLException) {
            return "tls-refused";
        }
        if (failure instanceof ConnectException) {
            return "unreachable";
        }
        return failure instanceof IOException ? "connection-broken" : "not-sent";
    }

    /** Seconds or a date; null when there is none that can be read. */
    private @Nullable Duration pause(@Nullable String retryAfter) {
        if (retryAfter == null) {
            return null;
        }
        Duration pause;
        try {
            pause = retryAfter.chars().allMatch(Character::isDigit)
                    ? Duration.ofSeconds(Long.parseLong(retryAfter))
                    : Duration.between(
                            clock.instant(),
                            ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
        } catch (NumberFormatException | DateTimeException e) {
            return null;
        }
        if (pause.isNegative()) {
            return null;
        }
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
}
