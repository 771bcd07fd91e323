package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Versions of the configuration. */
@Command(
        name = "configuration",
        description = "Versions of the configuration: which runs, what was done, and going back to an earlier one.",
        subcommands = {
            ConfigurationCommand.Show.class,
            ConfigurationCommand.History.class,
            ConfigurationCommand.Back.class
        })
final class ConfigurationCommand extends CommandGroup {
    /** The one that runs. */
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Show which version runs, what was refused last, and which can run again.")
    static final class Show extends ClientCommand {
        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.get("/configuration");
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
                return ExitCodes.OK;
            }
            Configurations.status(out(), answer.json());
            out().println("Kept, the latest first:");
            answer.json().path("kept").forEach(version -> out().println("  " + version.asText()));
            return ExitCodes.OK;
        }
    }

    /** What was done. */
    @Command(
            name = "history",
            mixinStandardHelpOptions = true,
            description = "List what was done to the configuration and by whom, on all nodes, the latest first.")
    static final class History extends ClientCommand {
        @Option(names = "--max", paramLabel = "N", defaultValue = "50", description = "At most so many (default: 50).")
        private int max = 50;

        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.get("/configuration/history?max=" + max);
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
                return ExitCodes.OK;
            }
            for (JsonNode change : answer.json()) {
                String reason = Print.text(change, "reason");
                out().println("%s  %-8s %-12s instead of %-12s  %-6s by %s on %s%s%s"
                        .formatted(
                                Print.text(change, "at"),
                                Print.text(change, "outcome"),
                                Print.text(change, "version"),
                                Print.text(change, "previous"),
                                Print.text(change, "how"),
                                Print.text(change, "actor"),
                                Print.text(change, "node"),
                                change.path("faults").asInt() == 0
                                        ? ""
                                        : ", %d faults"
                                                .formatted(change.path("faults").asInt()),
                                reason.equals("-") ? "" : ", because: " + reason));
            }
            if (answer.json().isEmpty()) {
                out().println("Nothing was changed yet.");
            }
            return ExitCodes.OK;
        }
    }

    /** An earlier one again. */
    @Command(
            name = "back",
            mixinStandardHelpOptions = true,
            description = {
                "Run an earlier version again, at once.",
                "The files stay as they are; what stands in them is not taken before they change, or until ./hub reload asks "
                        + "for it, and not at the next start either."
            })
    static final class Back extends ClientCommand {
        @Parameters(
                arity = "0..1",
                paramLabel = "VERSION",
                description = "Which; the one that ran before the present one when it is missing.")
        private @Nullable String version;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the other operators.")
        private @Nullable String reason;

        @Override
        int call(HubClient hub) {
            Map<String, @Nullable String> body = new HashMap<>();
            body.put("version", version);
            body.put("reason", reason);
            HubClient.Answer answer = hub.post("/configuration/back", "application/json", Configurations.body(body));
            if (!answer.json().has("outcome")) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
                return answer.good() ? ExitCodes.OK : ExitCodes.REFUSED;
            }
            int code = Configurations.report(out(), answer.json());
            if (code == ExitCodes.OK) {
                HubClient.Answer status = hub.get("/configuration");
                String inFiles = Print.text(status.json(), "inFiles");
                if (!inFiles.equals(Print.text(answer.json(), "version"))) {
                    out().println("The files hold %s still. Correct them, or the next change of a file takes it along."
                            .formatted(inFiles));
                }
            }
            return code;
        }
    }
}
