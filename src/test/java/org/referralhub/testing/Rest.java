package org.referralhub.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** Somebody of the demo who uses the API. */
public final class Rest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final HubProcess hub;
    private final String authorization;

    private Rest(HubProcess hub, String user) {
        this.hub = hub;
        this.authorization = "Basic "
                + Base64.getEncoder().encodeToString((user + ":demo-" + user).getBytes(StandardCharsets.UTF_8));
    }

    /** An agency or operator of the demo. */
    public static Rest as(HubProcess hub, String user) {
        return new Rest(hub, user);
    }

    /**
     * An answer.
     *
     * @param body its JSON
     */
    public record Answer(int status, JsonNode body) {}

    /** Sends a document of the agency's dialect. */
    public Answer send(String contentType, String document) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(hub.api("/messages"))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(document)));
    }

    /** Reads a resource. */
    public Answer get(String path) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(hub.api(path)).GET());
    }

    /** Orders something; the body is JSON. */
    public Answer post(String path, String json) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(hub.api(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private Answer answer(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = HTTP.send(
                request.header("Authorization", authorization)
                        .timeout(Duration.ofSeconds(60))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        return new Answer(response.statusCode(), JSON.readTree(response.body()));
    }
}
