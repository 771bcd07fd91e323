package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** How the routes of one node do. */
@Command(
        name = "routes",
        mixinStandardHelpOptions = true,
        description = {
            "Show what each route of a node has carried since it was started, what it is working on and how long a message takes.",
            "Exit code 1 when a route does not run."
        })
final class RoutesCommand extends ClientCommand {
    private static final String LINE = "%-36s %-9s %9s %8s %8s %9s %9s";

    @Override
    int call(HubClient hub) {
        HubClient.Answer answer = hub.get("/routes");
        if (!answer.good()) {
            return refused(answer);
        }
        boolean running = true;
        for (JsonNode route : answer.json()) {
            running &= "started".equals(route.path("state").asText());
        }
        if (json()) {
            Print.json(out(), answer);
        } else {
            out().println(LINE.formatted("route", "state", "messages", "failed", "to desk", "in flight", "mean ms"));
            for (JsonNode route : answer.json()) {
                out().println(LINE.formatted(
                        Print.text(route, "id"),
                        Print.text(route, "state"),
                        Print.text(route, "messages"),
                        Print.text(route, "failed"),
                        Print.text(route, "handled"),
                        Print.text(route, "inFlight"),
                        Print.text(route, "meanMillis")));
            }
        }
        return running ? ExitCodes.OK : ExitCodes.REFUSED;
    }
}
