package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A running hub as the command line talks to it. */
final class HubClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI base;
    private final String authorization;

    /** @param base address without path, for example {@code http://127.0.0.1:8080} */
    HubClient(URI base, String user, String secret) {
        this.base = base;
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString((user + ':' + secret).getBytes(StandardCharsets.UTF_8));
    }

    /** What the hub said. */
    record Answer(int status, String body) {
        /** True for a 2xx. */
        boolean good() {
            return status / 100 == 2;
        }

        /** The body as a tree; missing when it is not JSON. */
        JsonNode json() {
            try {
                JsonNode tree = JSON.readTree(body);
                return tree == null ? JSON.missingNode() : tree;
            } catch (IOException e) {
                return JSON.missingNode();
            }
        }
    }

    Answer get(String path) {
        return call("GET", path, null, HttpRequest.BodyPublishers.noBody());
    }

    Answer delete(String path) {
        return call("DELETE", path, null, HttpRequest.BodyPublishers.noBody());
    }

    Answer post(String path, @Nullable String contentType, byte[] body) {
        return call("POST", path, contentType, HttpRequest.BodyPublishers.ofByteArray(body));
    }

    /** A value as part of a path or query. */
    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Answer call(String method, String path, @Nullable String contentType, HttpRequest.BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve("/api/v1" + path))
                .timeout(PATIENCE)
                .header("Authorization", authorization)
                .method(method, body);
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        try {
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new HubUnreachableException(base, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HubUnreachableException(base, e);
        }
    }
}
