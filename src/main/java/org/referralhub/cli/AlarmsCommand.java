package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What operators are alarmed for. */
@Command(
        name = "alarms",
        mixinStandardHelpOptions = true,
        description = {
            "Show what operators are alarmed for now, and what was sent over the channels, the latest first.",
            "Exit code 1 when something is open."
        })
final class AlarmsCommand extends ClientCommand {
    private static final String LINE = "%-26s %-10s %-20s %-8s %-20s %-26s %s";

    @Option(
            names = "--max",
            paramLabel = "N",
            defaultValue = "50",
            description = "At most so many of each, 1 to 500; ${DEFAULT-VALUE} without it.")
    private int max;

    @Override
    int call(HubClient hub) {
        HubClient.Answer answer = hub.get("/alarms?max=" + max);
        if (!answer.good()) {
            return refused(answer);
        }
        JsonNode alarms = answer.json();
        if (json()) {
            Print.json(out(), answer);
        } else {
            show(alarms);
        }
        return alarms.path("total").asInt() == 0 ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    private void show(JsonNode alarms) {
        out().println(LINE.formatted("fault", "urgency", "reference", "place", "agency", "since", "told"));
        for (JsonNode alarm : alarms.path("open")) {
            out().println(LINE.formatted(
                    Print.text(alarm, "fault"),
                    Print.text(alarm, "urgency"),
                    Print.text(alarm, "reference"),
                    Print.text(alarm, "place"),
                    Print.text(alarm, "agency"),
                    Print.text(alarm, "since"),
                    alarm.path("told").asBoolean() ? "yes" : "no"));
        }
        out().println("%s open.".formatted(Print.text(alarms, "total")));
        for (JsonNode sent : alarms.path("sent")) {
            StringJoiner counts = new StringJoiner(", ");
            sent.path("counts").forEach(count -> counts.add(Print.printable(count.asText())));
            out().println("%s  %s"
                    .formatted(Print.text(sent, "at"), sent.path("allClear").asBoolean() ? "all clear" : counts));
        }
    }
}
