package org.referralhub.testing;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes traces by OTLP over HTTP as a real collector does, and reads as much of the protocol as tests ask for. */
public final class TraceCollector implements AutoCloseable {
    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    /**
     * What one stage did with one message.
     *
     * @param parent empty for the first of its trace
     * @param failed the reason; empty when it went well
     */
    public record Span(
            String trace, String id, String parent, String name, Map<String, String> attributes, String failed) {}

    public TraceCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> {
            read(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    /** Where it listens. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    /** All that has come. */
    public List<Span> spans() {
        return List.copyOf(spans);
    }

    /** All of one trace. */
    public List<Span> spans(String trace) {
        return spans.stream().filter(span -> span.trace().equals(trace)).toList();
    }

    private void read(byte[] request) {
        for (byte[] resource : fields(request, 1)) {
            for (byte[] scope : fields(resource, 2)) {
                for (byte[] span : fields(scope, 2)) {
                    spans.add(span(span));
                }
            }
        }
    }

    private static Span span(byte[] span) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (byte[] attribute : fields(span, 9)) {
            attributes.put(
                    text(fields(attribute, 1)), text(fields(fields(attribute, 2).get(0), 1)));
        }
        List<byte[]> status = fields(span, 15);
        return new Span(
                hex(fields(span, 1)),
                hex(fields(span, 2)),
                hex(fields(span, 4)),
                text(fields(span, 5)),
                attributes,
                status.isEmpty() ? "" : text(fields(status.get(0), 2)));
    }

    private static String text(List<byte[]> values) {
        return values.isEmpty() ? "" : new String(values.get(0), StandardCharsets.UTF_8);
    }

    private static String hex(List<byte[]> values) {
        return values.isEmpty() ? "" : HexFormat.of().formatHex(values.get(0));
    }

    /** The values of a field of a message of Protocol Buffers, as far as they have a length. */
    private static List<byte[]> fields(byte[] message, int number) {
        List<byte[]> values = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long tag = varint(in);
            switch ((int) (tag & 7)) {
                case 0 -> varint(in);
                case 1 -> in.getLong();
                case 5 -> in.getInt();
                default -> {
                    byte[] value = new byte[(int) varint(in)];
                    in.get(value);
                    if (tag >>> 3 == number) {
                        values.add(value);
                    }
                }
            }
        }
        return values;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
