package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Who may watch or work the hub. */
@Command(
        name = "users",
        mixinStandardHelpOptions = true,
        description = {
            "List the users of config/operators.yaml with their roles, for administrators; never a secret.",
            "When somebody was last seen and is locked out is what the asked node knows since it started."
        })
final class UsersCommand extends ClientCommand {
    private static final String LINE = "%-24s %-40s %-28s %s";

    @Override
    int call(HubClient hub) {
        HubClient.Answer answer = hub.get("/users");
        if (!answer.good()) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
            return ExitCodes.OK;
        }
        out().println(LINE.formatted("user", "roles", "last seen", "locked until"));
        for (JsonNode user : answer.json()) {
            List<String> roles = new ArrayList<>();
            user.path("roles").forEach(role -> roles.add(role.asText()));
            out().println(LINE.formatted(
                    Print.text(user, "id"),
                    String.join(",", roles),
                    Print.text(user, "lastSeen"),
                    Print.text(user, "lockedUntil")));
        }
        return ExitCodes.OK;
    }
}
