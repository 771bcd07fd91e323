package org.referralhub.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private @Nullable URI url;

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
        String fromEnvironment = System.getenv("HUB_URL");
        URI base = url;
        if (base == null) {
            base = URI.create(fromEnvironment == null ? "http://127.0.0.1:8080" : fromEnvironment);
        }
        return new HubClient(base, user, secret());
    }

    private String secret() {
        if (secretFile != null) {
            try {
                return Files.readString(secretFile).strip();
            } catch (IOException e) {
                throw new ParameterException(
                        command.commandLine(), "The secret cannot be read from " + secretFile + ".", e);
            }
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
