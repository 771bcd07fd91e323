package org.referralhub.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The hub as a process of its own, with its own home and ports, that a test can kill without a word and start again on the
 * same data. The configuration is a copy, so a test may change it.
 */
public final class HubProcess implements AutoCloseable {
    private static final Duration FIRST_START = Duration.ofSeconds(90);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path home;
    private final Path log;
    private final Map<String, Integer> ports;
    private final boolean quick;
    private Process process;

    private HubProcess(Path home, boolean quick) throws IOException {
        this.quick = quick;
        this.home = home;
        this.log = home.resolve("hub.log");
        this.ports = freePorts("http", "amqp", "stomp", "core");
    }

    /**
     * Prepares a home with the project's routes, schemas and configuration and an empty data folder; starts nothing.
     *
     * @param folder an empty folder
     */
    public static HubProcess in(Path folder) throws IOException {
        return in(folder, true);
    }

    /** The same as the launcher starts it, to see what a start takes. */
    public static HubProcess asLaunched(Path folder) throws IOException {
        return in(folder, false);
    }

    private static HubProcess in(Path folder, boolean quick) throws IOException {
        for (String part : List.of("routes", "schemas", "config")) {
            copy(Path.of(part), folder.resolve(part));
        }
        return new HubProcess(folder, quick);
    }

    /** Makes a configuration class of the tests part of the hub, which finds it by its package. */
    public void add(Class<?> part) throws IOException {
        Path file = Path.of(part.getName().replace('.', '/'));
        Path from = Path.of(URI.create(
                part.getProtectionDomain().getCodeSource().getLocation().toString()));
        Path to = Files.createDirectories(extra().resolve(file).getParent());
        try (Stream<Path> classes = Files.list(from.resolve(file).getParent())) {
            for (Path one : (Iterable<Path>) classes::iterator) {
                String name = one.getFileName().toString();
                if (name.startsWith(part.getSimpleName() + ".") || name.startsWith(part.getSimpleName() + "$")) {
                    Files.copy(one, to.resolve(name));
                }
            }
        }
    }

    private Path extra() {
        return home.resolve("extra");
    }

    /** Puts {@code ./hub} into the home: the command line on what this test runs on. */
    public void writeLauncher() throws IOException {
        Path launcher = home.resolve("hub");
        Files.writeString(launcher, """
                #!/bin/sh
                exec '%s' -Xmx700m -XX:TieredStopAtLevel=1 '@%s' "$@"
                """.formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        Files.write(home.resolve("launcher.arguments"), program())));
        if (!launcher.toFile().setExecutable(true)) {
            throw new IOException(launcher + " can't be made executable");
        }
    }

    /** The folder it runs from. */
    public Path home() {
        return home;
    }

    /** Where the given protocol listens: {@code http}, {@code amqp}, {@code stomp} or {@code core}. */
    public int port(String protocol) {
        return ports.get(protocol);
    }

    /** The address of the API. */
    public URI api(String path) {
        return URI.create("http://127.0.0.1:" + port("http") + "/api/v1" + path);
    }

    /** The address for a Qpid client that says at once when the hub is gone. */
    public String amqp() {
        return "amqp://127.0.0.1:" + port("amqp") + "?amqp.idleTimeout=10000&jms.prefetchPolicy.all=200";
    }

    /**
     * What a start took until the routes were up.
     *
     * @param clock from the start of the process
     * @param processor what the process itself has worked, on all cores together
     */
    public record Start(Duration clock, Duration processor) {
        @Override
        public String toString() {
            return "%.1f s (%.1f s of processor)".formatted(clock.toMillis() / 1000.0, processor.toMillis() / 1000.0);
        }
    }

    /**
     * Starts the process and waits until its routes are up.
     *
     * @return what it took
     */
    public Start start() throws IOException {
        long started = System.nanoTime();
        launch();
        try {
            Awaitility.await("readiness")
                    .atMost(FIRST_START)
                    .pollInterval(Duration.ofMillis(25))
                    .until(() -> !process.isAlive() || isReady());
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException("the hub is not ready:\n" + lastLines(), e);
        }
        if (!process.isAlive()) {
            throw new IllegalStateException("the hub stopped while starting:\n" + lastLines());
        }
        return new Start(
                Duration.ofNanos(System.nanoTime() - started),
                process.info().totalCpuDuration().orElse(Duration.ZERO));
    }

    /** Waits until the process has ended by itself. */
    public void awaitEnd() {
        Awaitility.await("the end of the process").atMost(FIRST_START).until(() -> !process.isAlive());
    }

    /** Starts the process and waits for nothing. */
    public void launch() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + arguments())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // A test is one agency with the traffic of many.
        builder.environment().put("HUB_API_REQUESTS_PER_SECOND", "100000");
        builder.environment().put("HUB_API_BURST", "100000");
        builder.environment().put("SERVER_PORT", Integer.toString(port("http")));
        for (String protocol : List.of("amqp", "stomp", "core")) {
            builder.environment().put("HUB_BROKER_%s_PORT".formatted(protocol.toUpperCase()), "" + port(protocol));
        }
        process = builder.start();
    }

    /** True when the hub says that its routes are up. */
    public boolean isReady() {
        HttpRequest question = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port("http") + "/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return HTTP.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** With what the process has ended by itself. */
    public int exitStatus() {
        return process.exitValue();
    }

    /** SIGKILL: no shutdown hook, no flush, nothing. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** An orderly stop. */
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            kill();
        }
    }

    /** The end of what the hub printed, for a failure's message. */
    public String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return "no log";
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /**
     * As the launcher starts it, from what was packed; from the compiled classes where nothing was, in a development
     * environment. In a file, because a class path of two hundred jars hides the process among its arguments.
     */
    private Path arguments() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-Xms256m -Xmx1g -XX:+ExitOnOutOfMemoryError"));
        if (quick) {
            // Of a short life: the second compiler would not earn what it takes.
            arguments.add("-XX:TieredStopAtLevel=1");
        }
        arguments.addAll(program());
        arguments.addAll(List.of("run --demo --no-traffic --home", quoted(home.toString())));
        return Files.write(home.resolve("java.arguments"), arguments);
    }

    private List<String> program() {
        String jar = System.getProperty("hub.jar");
        if (Files.isDirectory(extra())) {
            // The jar first: the classes that lie prepared for it are not used behind another entry.
            String path = (jar == null ? classPath() : jar) + java.io.File.pathSeparator + extra();
            return jar == null
                    ? List.of("-cp", quoted(path), "org.referralhub.cli.Hub")
                    : List.of(archive(jar), "-Xshare:auto -cp", quoted(path), "org.referralhub.cli.Hub");
        }
        return jar == null
                ? List.of("-cp", quoted(classPath()), "org.referralhub.cli.Hub")
                : List.of(archive(jar), "-Xshare:auto -jar", quoted(jar));
    }

    private static String archive(String jar) {
        return quoted("-XX:SharedArchiveFile=" + jar.replaceFirst("[.]jar$", ".jsa"));
    }

    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\") + '"';
    }

    /** What the hub runs on, without the tests: a configuration class of theirs would be found and become part of it. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .filter(entry -> !entry.replaceAll("[/\\\\]$", "").endsWith("test-classes"))
                // A command may be run from another folder.
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(java.util.stream.Collectors.joining(java.io.File.pathSeparator));
    }

    /** Ports that were free a moment ago, all different. */
    private static Map<String, Integer> freePorts(String... names) throws IOException {
        List<ServerSocket> open = new ArrayList<>();
        try {
            Map<String, Integer> ports = new java.util.HashMap<>();
            for (String name : names) {
                ServerSocket socket = new ServerSocket(0);
                open.add(socket);
                ports.put(name, socket.getLocalPort());
            }
            return ports;
        } finally {
            for (ServerSocket socket : open) {
                socket.close();
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
