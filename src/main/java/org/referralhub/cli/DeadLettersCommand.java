package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The dead-letter desk. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = "What could not go on, why, and sending it again.",
        subcommands = {
            DeadLettersCommand.ListLetters.class,
            DeadLettersCommand.ShowLetter.class,
            DeadLettersCommand.ReplayLetter.class
        })
final class DeadLettersCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCodes.OK;
    }

    /** The letters. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List letters, most urgent and oldest first.")
    static final class ListLetters extends ClientCommand {
        @Option(
                names = "--state",
                paramLabel = "STATE",
                defaultValue = "OPEN",
                description = "OPEN, REPLAYED or ANY (default: OPEN).")
        private String state = "OPEN";

        @Option(names = "--cause", paramLabel = "CODE", description = "Only letters with this cause.")
        private @Nullable String cause;

        @Option(names = "--agency", paramLabel = "ID", description = "Only letters from or for this agency.")
        private @Nullable String agency;

        @Option(names = "--page", paramLabel = "N", defaultValue = "0", description = "Page, from 0.")
        private int page;

        @Override
        int call(HubClient hub) {
            StringBuilder path = new StringBuilder("/dead-letters?page=" + page + "&state=" + HubClient.encode(state));
            if (cause != null) {
                path.append("&cause=").append(HubClient.encode(cause));
            }
            if (agency != null) {
                path.append("&agency=").append(HubClient.encode(agency));
            }
            HubClient.Answer answer = hub.get(path.toString());
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
                return ExitCodes.OK;
            }
            for (JsonNode letter : answer.json().path("items")) {
                out().println("%s  %-9s %-9s %-24s %s -> %s  %s  attempts %s  %s"
                        .formatted(
                                Print.text(letter, "id"),
                                Print.text(letter, "urgency"),
                                Print.text(letter, "failureClass"),
                                Print.text(letter, "cause"),
                                Print.text(letter, "sender"),
                                Print.text(letter, "recipient"),
                                Print.text(letter, "stage"),
                                Print.text(letter, "attempts"),
                                Print.text(letter, "capturedAt")));
            }
            out().println(Print.text(answer.json(), "total") + " in all.");
            return ExitCodes.OK;
        }
    }

    /** One letter whole. */
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Show a letter with its original bytes, which are personal.")
    static final class ShowLetter extends ClientCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The letter.")
        private String id = "";

        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.get("/dead-letters/" + HubClient.encode(id));
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
                return ExitCodes.OK;
            }
            JsonNode letter = answer.json();
            letter.path("summary").fields().forEachRemaining(field -> out().println("%-14s %s"
                    .formatted(field.getKey(), field.getValue().asText("-"))));
            out().println("%-14s %s".formatted("exception", Print.text(letter, "exception")));
            Print.findings(out(), letter.path("findings"));
            out().println();
            out().println(Print.text(letter, letter.path("original").isTextual() ? "original" : "originalBase64"));
            return ExitCodes.OK;
        }
    }

    /** Once more. */
    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description = "Send a letter again; however often it is asked for, it goes once.")
    static final class ReplayLetter extends ClientCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The letter.")
        private String id = "";

        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.post("/dead-letters/" + HubClient.encode(id) + "/replay", null, new byte[0]);
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
            } else {
                out().println("It will be sent again.");
            }
            return ExitCodes.OK;
        }
    }
}
