package org.referralhub.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * Somebody who talks to a {@link RunningHub}: an agency or an operator.
 *
 * @param secret right or wrong
 */
public record Participant(RunningHub hub, String id, String secret) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** An answer over HTTP. */
    public record Answer(int status, HttpResponse<byte[]> response) {
        /** The body as text. */
        public String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        /** The body as a tree. */
        public JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + text(), e);
            }
        }

        /** A header, or nothing. */
        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    /** The same with another secret. */
    public Participant withSecret(String other) {
        return new Participant(hub, id, other);
    }

    public Answer get(String path) {
        return call("GET", path, null, new byte[0]);
    }

    public Answer delete(String path) {
        return call("DELETE", path, null, new byte[0]);
    }

    public Answer post(String path, String contentType, byte[] body) {
        return call("POST", path, contentType, body);
    }

    /** The same, from a system that names what it would like to read. */
    public Answer post(String path, String contentType, String accept, byte[] body) {
        return answer(request("POST", path, contentType, body).header("Accept", accept));
    }

    /** Sends a document to {@code /messages}. */
    public Answer send(String contentType, String document) {
        return post("/messages", contentType, document.getBytes(StandardCharsets.UTF_8));
    }

    /** Calls the API and waits no longer than half a minute for the answer. */
    public Answer call(String method, String path, String contentType, byte[] body) {
        return answer(request(method, path, contentType, body));
    }

    private HttpRequest.Builder request(String method, String path, String contentType, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(hub.url() + "/api/v1" + path))
                .timeout(Duration.ofSeconds(45))
                .header(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString((id + ':' + secret).getBytes(StandardCharsets.UTF_8)))
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        return request;
    }

    private static Answer answer(HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A connection of Qpid JMS, a client that has nothing of Artemis. */
    public Connection amqp() throws JMSException {
        return new JmsConnectionFactory(
                        id, secret, "amqp://127.0.0.1:%d?jms.prefetchPolicy.all=10".formatted(hub.port("amqp")))
                .createConnection();
    }

    public StompClient stomp() throws IOException {
        return StompClient.connect(hub.port("stomp"), id, secret);
    }
}
