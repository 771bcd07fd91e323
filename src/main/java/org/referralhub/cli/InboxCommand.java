package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads and acknowledges. */
@Command(
        name = "inbox",
        mixinStandardHelpOptions = true,
        description = "Read the agency's inbox without taking anything, or acknowledge what is safe.")
final class InboxCommand extends ClientCommand {
    @Option(names = "--max", paramLabel = "N", defaultValue = "10", description = "Messages at most (default: 10).")
    private int max;

    @Option(
            names = "--wait",
            arity = "0..1",
            paramLabel = "SECONDS",
            defaultValue = "0",
            fallbackValue = "30",
            description = "While the inbox is empty, wait so long for a message (without a number: 30).")
    private int wait;

    @ArgGroup
    private @Nullable Acknowledge acknowledge;

    /** What to acknowledge. */
    static final class Acknowledge {
        @Option(names = "--ack", paramLabel = "ID", description = "Acknowledge this message.")
        private @Nullable String id;

        @Option(names = "--ack-all", description = "Acknowledge every message after it was printed.")
        private boolean all;
    }

    @Override
    int call(HubClient hub) {
        if (acknowledge != null && acknowledge.id != null) {
            HubClient.Answer answer = hub.delete("/inbox/" + HubClient.encode(acknowledge.id));
            if (!answer.good()) {
                return refused(answer);
            }
            if (!json()) {
                out().println("Acknowledged.");
            }
            return ExitCodes.OK;
        }
        HubClient.Answer answer = hub.get("/inbox?max=%d&wait=%d".formatted(max, wait));
        if (!answer.good()) {
            return refused(answer);
        }
        JsonNode messages = answer.json();
        if (json()) {
            Print.json(out(), answer);
        } else if (messages.isEmpty()) {
            out().println("The inbox is empty.");
        } else {
            for (JsonNode message : messages) {
                out().println("%s  %s  %s  %s  id %s"
                        .formatted(
                                Print.text(message, "messageType"),
                                Print.text(message, "urgency"),
                                Print.text(message, "reference"),
                                Print.text(message, "contentType"),
                                Print.text(message, "id")));
                out().println(Print.text(message, "body"));
                out().println();
            }
        }
        out().flush();
        if (acknowledge != null && acknowledge.all) {
            for (JsonNode message : messages) {
                HubClient.Answer taken = hub.delete("/inbox/" + HubClient.encode(Print.text(message, "id")));
                if (!taken.good()) {
                    return refused(taken);
                }
            }
        }
        return ExitCodes.OK;
    }
}
