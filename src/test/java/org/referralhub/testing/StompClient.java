package org.referralhub.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** STOMP 1.2 over a socket, by hand, so that a test can also send what no library would. */
public final class StompClient implements AutoCloseable {
    /** One frame as it came. */
    public record Frame(String command, Map<String, String> headers, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** The server answered ERROR, or hung up. */
    public static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private int receipts;

    private StompClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new java.io.BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** Logs in. */
    public static StompClient connect(int port, String user, String secret) throws IOException {
        return connect(port, Map.of("login", user, "passcode", secret));
    }

    /** Logs in with these headers, which may lack what they should have. */
    public static StompClient connect(int port, Map<String, String> login) throws IOException {
        StompClient client = new StompClient(new Socket("127.0.0.1", port));
        Map<String, String> headers = new LinkedHashMap<>(login);
        headers.put("accept-version", "1.2");
        headers.put("host", "localhost");
        try {
            client.write("CONNECT", headers, new byte[0]);
            Frame answer = client.read(PATIENCE).orElseThrow(() -> new Refused("no answer"));
            if (!answer.command().equals("CONNECTED")) {
                throw new Refused(answer.command());
            }
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    /** Sends and waits for the receipt, which comes when the message is on the disk. */
    public void send(String destination, byte[] body, Map<String, String> headers) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("destination", destination);
        all.put("content-length", Integer.toString(body.length));
        confirmed("SEND", all, body);
    }

    /** Subscribes, each message to be acknowledged by itself, and waits for the receipt. */
    public void subscribe(String id, String destination, Map<String, String> headers) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("id", id);
        all.put("destination", destination);
        all.put("ack", "client-individual");
        confirmed("SUBSCRIBE", all, new byte[0]);
    }

    /** The next message, if one comes in time. */
    public Optional<Frame> receive(Duration patience) throws IOException {
        Optional<Frame> frame = read(patience);
        if (frame.isPresent() && !frame.get().command().equals("MESSAGE")) {
            throw new Refused(frame.get().command());
        }
        return frame;
    }

    /** Acknowledges a message and waits for the receipt. */
    public void acknowledge(Frame message) throws IOException {
        confirmed("ACK", Map.of("id", message.headers().get("ack")), new byte[0]);
    }

    /** Any frame, with a receipt asked for; fails when the answer is something else. */
    public void confirmed(String command, Map<String, String> headers, byte[] body) throws IOException {
        String receipt = "r" + ++receipts;
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("receipt", receipt);
        write(command, all, body);
        Frame answer = read(PATIENCE).orElseThrow(() -> new Refused("no answer"));
        if (!answer.command().equals("RECEIPT")) {
            throw new Refused(answer.command());
        }
    }

    private void write(String command, Map<String, String> headers, byte[] body) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        StringBuilder head = new StringBuilder(command).append('\n');
        headers.forEach((name, value) ->
                head.append(escape(name)).append(':').append(escape(value)).append('\n'));
        frame.write(head.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        frame.write(body);
        frame.write(0);
        out.write(frame.toByteArray());
        out.flush();
    }

    private Optional<Frame> read(Duration patience) throws IOException {
        socket.setSoTimeout((int) patience.toMillis());
        int first;
        try {
            do {
                first = in.read();
            } while (first == '\n' || first == '\r');
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
        if (first < 0) {
            throw new Refused("hung up");
        }
        socket.setSoTimeout((int) PATIENCE.toMillis());
        String command = (char) first + line();
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.putIfAbsent(unescape(line.substring(0, colon)), unescape(line.substring(colon + 1)));
        }
        byte[] body;
        String length = headers.get("content-length");
        if (length != null) {
            body = in.readNBytes(Integer.parseInt(length));
            in.read();
        } else {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int next = in.read(); next > 0; next = in.read()) {
                bytes.write(next);
            }
            body = bytes.toByteArray();
        }
        return Optional.of(new Frame(command, headers, body));
    }

    private String line() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("frame cut off");
            }
            if (next != '\r') {
                bytes.write(next);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace(":", "\\c")
                .replace("\r", "\\r");
    }

    private static String unescape(String text) {
        return text.replace("\\c", ":")
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\\\", "\\");
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
