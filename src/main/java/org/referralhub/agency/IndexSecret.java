package org.referralhub.agency;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;

/** The secret under which children are indexed: {@code hub.search.key.*}. Without it nobody is found by name or number. */
public final class IndexSecret {
    private static final int BYTES = 32;

    private IndexSecret() {}

    /**
     * Fetches the secret from where the configuration says. The demo makes one of its own and keeps it with its data.
     *
     * @param file path from the hub's folder; empty for none
     * @param variable name of an environment variable; empty for none
     * @param faults gets what is wrong with a secret that was named
     * @return empty when none is configured, or none can be had
     */
    public static Optional<char[]> load(HubHome home, boolean demo, String file, String variable, Faults faults) {
        return load(home, demo, file, variable, System::getenv, faults);
    }

    static Optional<char[]> load(
            HubHome home,
            boolean demo,
            String file,
            String variable,
            Function<String, @Nullable String> environment,
            Faults faults) {
        ObjectNode source = JsonNodeFactory.instance.objectNode();
        if (!file.isBlank()) {
            source.put("file", file);
        } else if (!variable.isBlank()) {
            source.put("env", variable);
        } else if (demo) {
            source.put("file", invented(home).toString());
        } else {
            return Optional.empty();
        }
        SecretSource sources = new SecretSource(home, false, environment);
        SecretSource.Fetched fetched = sources.fetch(source);
        sources.warnOfOpenFiles();
        if (fetched.secret() == null) {
            faults.add("config/application.yaml (hub.search.key)", 0, 0, fetched.problem(), fetched.remedy());
        }
        return Optional.ofNullable(fetched.secret());
    }

    private static Path invented(HubHome home) {
        Path file = home.data().resolve("search.key").toAbsolutePath();
        if (Files.exists(file)) {
            return file;
        }
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        try {
            Files.createDirectories(file.getParent());
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            return Files.writeString(file, HexFormat.of().formatHex(secret) + "\n", StandardCharsets.US_ASCII);
        } catch (IOException e) {
            // Reading it then says what is wrong.
            return file;
        }
    }
}
