package org.referralhub.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives agencies of a copied demo a courier or a collector. */
public final class DeliveryEntries {
    /** Key of the signature, 32 bytes in base64. */
    public static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private DeliveryEntries() {}

    /**
     * Writes lines into the agency's entry.
     *
     * @param home a copy of the project's folders
     * @param lines as YAML, further ones indented like those of an entry
     */
    public static void add(Path home, String agency, String lines) throws IOException {
        Path file = home.resolve("config/demo/agencies.yaml");
        String before = Files.readString(file);
        String entry = "- id: " + agency + "\n";
        if (!before.contains(entry)) {
            throw new IllegalArgumentException("no agency " + agency);
        }
        Files.writeString(file, before.replace(entry, entry + "    " + lines.strip() + "\n"));
    }

    /** A courier that POSTs to this server, which an authority in {@code secrets/authority.pem} vouches for. */
    public static String https(WebhookServer server, String timeout) {
        return "https: { url: \"%s\", key: { plain: %s }, trust: secrets/authority.pem, timeout: %s }"
                .formatted(server.url(), KEY, timeout);
    }
}
