package org.referralhub.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Somebody at the console without a browser: cookies and tokens are kept, redirections are not followed. */
public final class Session {
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private final RunningHub hub;
    private final HttpClient http =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private String name = "nobody";
    private String authorization = "";
    private String token = "";

    private Session(RunningHub hub) {
        this.hub = hub;
    }

    /** An answer; of an endless one only how it begins. */
    public record Answer(int status, String location, String text) {}

    /** Nobody yet. */
    public static Session of(RunningHub hub) {
        return new Session(hub).look("/login");
    }

    /** An operator of the demo. */
    public Session signIn(String operator) {
        tryToSignIn(operator).look("/");
        if (token.isEmpty()) {
            throw new AssertionError(operator + " can't sign in");
        }
        return this;
    }

    /** Sends the form of the login, whatever comes of it. */
    public Session tryToSignIn(String id) {
        name = id;
        send("POST", "/login", Map.of("username", id, "password", "demo-" + id), true);
        return look("/login");
    }

    /** Gives a name and secret with every request. */
    public Session basic(String id) {
        name = id + " by its secret";
        String secret = id + ":demo-" + id;
        authorization = "Basic " + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Takes the token of the forms on a page. */
    private Session look(String path) {
        Matcher found = TOKEN.matcher(get(path).text());
        token = found.find() ? found.group(1) : "";
        return this;
    }

    public Answer get(String path) {
        return call(request(path).header("Accept", "text/html,*/*").GET().build());
    }

    /** Sends a form as this method, with or without the session's token. */
    public Answer send(String method, String path, Map<String, String> fields, boolean withToken) {
        String form = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method(method, HttpRequest.BodyPublishers.ofString(form));
        if (withToken) {
            // A form of another method has no body that its token could be read from.
            request.header("X-CSRF-TOKEN", token);
        }
        return call(request.build());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(hub.url() + path)).timeout(PATIENCE);
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return request;
    }

    private Answer call(HttpRequest request) {
        try {
            HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            String type = answer.headers().firstValue("Content-Type").orElse("");
            try (InputStream body = answer.body()) {
                String text = type.startsWith("text/event-stream")
                        ? ""
                        : new String(body.readAllBytes(), StandardCharsets.UTF_8);
                String location = answer.headers()
                        .firstValue("Location")
                        .map(address -> address.replace(hub.url().toString(), ""))
                        .orElse("");
                return new Answer(answer.statusCode(), location, text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
