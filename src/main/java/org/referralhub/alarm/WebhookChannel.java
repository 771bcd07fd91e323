package org.referralhub.alarm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** By a POST of JSON: {@code status} (alarm or all-clear), {@code text}, {@code total}, {@code counts} and {@code named}. */
final class WebhookChannel implements Channel {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** From the connection to the last byte of the answer, which no time limit of the client's own covers. */
    private static final Duration WHOLE = Duration.ofSeconds(10);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final ObjectMapper mapper = new ObjectMapper();
    private final URI url;
    private final Duration whole;

    WebhookChannel(URI url) {
        this(url, WHOLE);
    }

    WebhookChannel(URI url, Duration whole) {
        this.url = url;
        this.whole = whole;
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public String address() {
        return name() + ":" + url;
    }

    @Override
    public void send(Notice notice) throws IOException, InterruptedException {
        ObjectNode body = mapper.createObjectNode();
        body.put("status", notice.allClear() ? "all-clear" : "alarm");
        body.put("text", notice.headline());
        body.put("total", notice.total());
        ObjectNode counts = body.putObject("counts");
        notice.counts().forEach(counts::put);
        ArrayNode named = body.putArray("named");
        for (Trouble trouble : notice.named()) {
            named.addObject()
                    .put("reference", trouble.reference())
                    .put("urgency", trouble.urgency())
                    .put("fault", trouble.fault())
                    .put("place", trouble.place())
                    .put("agency", trouble.agency());
        }
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(mapper.writeValueAsBytes(body)))
                .build();
        CompletableFuture<HttpResponse<Void>> answer = http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        try {
            int status = answer.get(whole.toMillis(), TimeUnit.MILLISECONDS).statusCode();
            if (status / 100 != 2) {
                throw new IOException("the webhook answered " + status);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the webhook did not answer", e);
        } finally {
            // Ends an answer that goes on for ever; harmless after one that has ended.
            answer.cancel(true);
        }
    }
}
