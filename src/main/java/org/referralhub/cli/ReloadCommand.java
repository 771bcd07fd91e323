package org.referralhub.cli;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Takes what stands in the files. */
@Command(
        name = "reload",
        mixinStandardHelpOptions = true,
        description = {
            "Have a running hub take what stands in its routes, schemas and config, without a start and without "
                    + "losing or holding up a message.",
            "It is checked with every sample and tried on the last messages of each dialect first; a fault keeps "
                    + "what runs. A hub does so by itself soon after a file was saved."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:it runs, or did already", "1:refused", "2:wrong usage", "3:hub not reachable"})
final class ReloadCommand extends ClientCommand {
    @Option(
            names = "--force",
            paramLabel = "REASON",
            description = "Take it even when messages like recent ones would be refused. The reason is kept.")
    private @Nullable String reason;

    @Override
    int call(HubClient hub) {
        Map<String, @Nullable String> body = new HashMap<>();
        body.put("reason", reason);
        HubClient.Answer answer = hub.post("/configuration", "application/json", Configurations.body(body));
        if (!answer.json().has("outcome")) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
            return answer.good() ? ExitCodes.OK : ExitCodes.REFUSED;
        }
        return Configurations.report(out(), answer.json());
    }
}
