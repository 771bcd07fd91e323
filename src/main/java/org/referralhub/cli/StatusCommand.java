package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** How a running hub is. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Show how a running hub is.",
            "The version of its configuration and since when, what was refused and why, and whether everything is accounted "
                    + "for. Exit code 1 when something needs looking at."
        })
final class StatusCommand extends ClientCommand {
    @Override
    int call(HubClient hub) {
        HubClient.Answer configuration = hub.get("/configuration");
        if (!configuration.good()) {
            return refused(configuration);
        }
        HubClient.Answer books = hub.get("/books");
        if (!books.good()) {
            return refused(books);
        }
        JsonNode status = configuration.json();
        boolean balanced = books.json().path("balanced").asBoolean();
        boolean asWritten = Print.text(status, "version").equals(Print.text(status, "inFiles"));
        if (json()) {
            Print.json(out(), configuration);
        } else {
            Configurations.status(out(), status);
            out().println("Messages accepted: %s. Dead letters open: %s. %s"
                    .formatted(
                            Print.text(books.json(), "acceptedMessages"),
                            Print.text(books.json(), "openLetters"),
                            balanced ? "The books balance." : "The books do NOT balance: ./hub books"));
        }
        return balanced && asWritten ? ExitCodes.OK : ExitCodes.REFUSED;
    }
}
