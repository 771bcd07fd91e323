package org.referralhub.agency;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.HubHome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches a secret from where its entry says: a file, an environment variable or, in the demo, the entry itself. For one
 * reading of the configuration, by one thread.
 */
final class SecretSource {
    private static final Logger LOG = LoggerFactory.getLogger(SecretSource.class);
    /** What a person invents is shorter; what a generator makes is longer. */
    static final int SHORTEST = 16;

    /**
     * A secret, or what is wrong and what to do.
     *
     * @param secret null when there is a problem
     */
    record Fetched(char @Nullable [] secret, String problem, String remedy) {
        private static Fetched of(String secret) {
            return new Fetched(secret.toCharArray(), "", "");
        }

        private static Fetched wrong(String problem, String remedy) {
            return new Fetched(null, problem, remedy);
        }

        /** Never the secret. */
        @Override
        public String toString() {
            return "Fetched[" + (secret == null ? problem : "a secret") + "]";
        }
    }

    private final HubHome home;
    private final boolean demo;
    private final Function<String, @Nullable String> environment;
    private final List<String> open = new ArrayList<>();

    SecretSource(HubHome home, boolean demo, Function<String, @Nullable String> environment) {
        this.home = home;
        this.demo = demo;
        this.environment = environment;
    }

    /** From {@code {file: path}}, {@code {env: NAME}} or {@code {plain: secret}}. */
    Fetched fetch(JsonNode source) {
        if (source.has("plain")) {
            return demo
                    ? Fetched.of(source.path("plain").asText())
                    : Fetched.wrong(
                            "the secret stands in the file",
                            "Put it in a file or an environment variable and name that; plain is for the demo");
        }
        if (source.has("env")) {
            String name = source.path("env").asText();
            String value = environment.apply(name);
            return value == null || value.isBlank()
                    ? Fetched.wrong(
                            "the environment variable " + name + " is not set or empty", "Set it before the start")
                    : longEnough(value.strip());
        }
        if (source.has("file")) {
            return fromFile(source.path("file").asText());
        }
        return Fetched.wrong("there is no secret", "Add secret: { file: ... } or { env: ... }");
    }

    private Fetched fromFile(String name) {
        Path file;
        try {
            file = home.base().resolve(name);
        } catch (InvalidPathException e) {
            return Fetched.wrong("the secret's file name is not a path", "Name a file");
        }
        if (!Files.exists(file)) {
            return Fetched.wrong(
                    "the secret's file " + name + " does not exist",
                    "Make it, for example: openssl rand -base64 32 > " + name + " && chmod 600 " + name);
        }
        try {
            String content = Files.readString(file).strip();
            lookWhoMayRead(file, name);
            return content.isEmpty()
                    ? Fetched.wrong("the secret's file " + name + " is empty", "Write the secret into it")
                    : longEnough(content);
        } catch (IOException e) {
            return Fetched.wrong(
                    "the secret's file " + name + " can't be read as text",
                    "Let the hub's user read it: chown, chmod 600");
        }
    }

    private Fetched longEnough(String secret) {
        return demo || secret.length() >= SHORTEST
                ? Fetched.of(secret)
                : Fetched.wrong(
                        "the secret is shorter than " + SHORTEST + " characters",
                        "Have one made, for example by: openssl rand -base64 32");
    }

    /** Says once for all files fetched so far, not once for each of thousands, that others may read them. */
    void warnOfOpenFiles() {
        if (!open.isEmpty()) {
            LOG.warn(
                    "everybody on this machine can read {} of the secrets' files, for example {}; chmod 600",
                    open.size(),
                    open.get(0));
        }
    }

    private void lookWhoMayRead(Path file, String name) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
                open.add(name);
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("{}: permissions can't be seen", name);
        }
    }
}
