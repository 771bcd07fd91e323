package org.referralhub.api;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A plain HTTP client of the hub under test. */
final class Faces {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    Faces(int port) {
        this.port = port;
    }

    HttpResponse<String> get(@Nullable String user, String path) throws IOException, InterruptedException {
        return call(user, "GET", path, null, new byte[0]);
    }

    HttpResponse<String> post(@Nullable String user, String path, String contentType, byte[] body)
            throws IOException, InterruptedException {
        return call(user, "POST", path, contentType, body);
    }

    HttpResponse<String> post(@Nullable String user, String path, String body)
            throws IOException, InterruptedException {
        return post(user, path, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<String> delete(@Nullable String user, String path) throws IOException, InterruptedException {
        return call(user, "DELETE", path, null, new byte[0]);
    }

    /** @param user {@code name}, whose secret is {@code secret-name}, or {@code name:secret}; null for nobody */
    HttpResponse<String> call(
            @Nullable String user, String method, String path, @Nullable String contentType, byte[] body)
            throws IOException, InterruptedException {
        return http.send(
                request(user, method, path, contentType, HttpRequest.BodyPublishers.ofByteArray(body)),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest request(
            @Nullable String user,
            String method,
            String path,
            @Nullable String contentType,
            HttpRequest.BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, body);
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        if (user != null) {
            String credentials = user.contains(":") ? user : user + ":secret-" + user;
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        }
        return request.build();
    }
}
