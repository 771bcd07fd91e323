package org.referralhub.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that talks to a running hub. A secret is never an argument: others could see it there. */
final class Connection {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    @Option(
            names = "--as",
            required = true,
            paramLabel = "USER",
            description = "Agency id or operator's user name to call as.")
    private String user = "";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Address of the hub (default: $HUB_URL or http://127.0.0.1:8080).")
    private @Nullable String url;

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description = "File that holds the user's secret (default: the environment's HUB_SECRET).")
    private @Nullable Path secretFile;

    @Option(names = "--json", description = "Print the hub's answer as JSON.")
    private boolean json;

    boolean json() {
        return json;
    }

    HubClient open() {
        return new HubClient(address(url == null ? System.getenv("HUB_URL") : url), user, secret());
    }

    private URI address(@Nullable String given) {
        String address = given == null ? "http://127.0.0.1:8080" : given;
        try {
            URI uri = new URI(address);
            if (Set.of("http", "https").contains(String.valueOf(uri.getScheme())) && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Told below.
        }
        throw new ParameterException(
                command.commandLine(), "--url: " + address + " is not an address such as http://127.0.0.1:8080.");
    }

    private String secret() {
        if (secretFile != null) {
            return new String(GivenFile.read(command, secretFile), StandardCharsets.UTF_8).strip();
        }
        String secret = System.getenv("HUB_SECRET");
        if (secret == null) {
            throw new ParameterException(
                    command.commandLine(),
                    "No secret: set the environment variable HUB_SECRET, or name a file with --secret-file.");
        }
        return secret;
    }
}
