package org.referralhub.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An agency's own server over TLS, which answers as a test says and remembers what it was sent. */
public final class WebhookServer implements AutoCloseable {
    /** One POST as it came. */
    public record Post(Map<String, List<String>> headers, byte[] body) {
        /** A header, or nothing. */
        public String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().get(0))
                    .findFirst()
                    .orElse("");
        }

        /** The agency's key against repeats. */
        public String key() {
            return header("Idempotency-Key");
        }
    }

    /** What it answers; {@code retryAfter} may be null. */
    public record Answer(int status, String retryAfter) {
        public static Answer of(int status) {
            return new Answer(status, null);
        }
    }

    private final List<Post> posts = new CopyOnWriteArrayList<>();
    private final TestCertificates identity;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile Function<Post, Answer> answers = post -> Answer.of(204);
    private HttpsServer server;
    private int port;

    public WebhookServer(TestCertificates identity) throws IOException {
        this.identity = identity;
        up();
    }

    /** Listens, after the first time at the port it had. */
    public void up() throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity.tls()));
        server.createContext("/", this::take);
        server.setExecutor(threads);
        server.start();
        port = server.getAddress().getPort();
    }

    /** Nobody listens. */
    public void down() {
        server.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            Post post = new Post(
                    Map.copyOf(exchange.getRequestHeaders()),
                    exchange.getRequestBody().readAllBytes());
            posts.add(post);
            Answer answer = answers.apply(post);
            if (answer.retryAfter() != null) {
                exchange.getResponseHeaders().add("Retry-After", answer.retryAfter());
            }
            exchange.sendResponseHeaders(answer.status(), -1);
        }
    }

    /** From now on it answers like this; the function may take its time. */
    public void answer(Function<Post, Answer> function) {
        answers = function;
    }

    /** What it was sent, in order. */
    public List<Post> posts() {
        return posts;
    }

    /** Where documents go. */
    public String url() {
        return "https://127.0.0.1:" + port + "/referrals";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
