package org.referralhub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Plays the checklist against an office's system. */
@Command(
        name = "conformance",
        mixinStandardHelpOptions = true,
        description = {
            "Play a checklist against an office's system through the running hub, and report.",
            "It is sent referrals of nobody, messages that come twice, amendments, a recall, and must answer each as "
                    + "docs/conformance.md says. --as is an agency with exercise: true; what it sends reaches the office alone and "
                    + "wakes nobody."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:every mandatory point passed",
            "1:a mandatory point failed or could not be tried",
            "2:wrong usage",
            "3:hub not reachable"
        },
        footer = {
            "",
            "Example:",
            "  HUB_SECRET=... ./hub conformance home-visitors-1110 --as exercise --report conformance.md"
        })
final class ConformanceCommand extends ClientCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameters(index = "0", paramLabel = "AGENCY", description = "The office whose system is tried.")
    private String office = "";

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long each answer may take (default: 60).")
    private int wait;

    @Option(
            names = "--quiet",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long to listen for what should not come (default: 5).")
    private int quiet;

    @Option(names = "--report", paramLabel = "FILE", description = "Also write the report there, as Markdown.")
    private @Nullable Path report;

    @Override
    int call(HubClient hub) throws IOException {
        if (wait < 1 || quiet < 1) {
            throw new ParameterException(spec().commandLine(), "--wait and --quiet are whole seconds, at least 1.");
        }
        if (report != null && Files.exists(report)) {
            throw new ParameterException(
                    spec().commandLine(),
                    report + " is there already. Evidence is not overwritten; choose another name.");
        }
        Clock clock = Clock.systemUTC();
        List<Checklist.Point> points = new Checklist(
                        new Exercise(hub, clock, office),
                        office,
                        Duration.ofSeconds(wait),
                        Duration.ofSeconds(quiet),
                        clock)
                .play();
        String day = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        if (report != null) {
            Files.writeString(report, markdown(points, day));
        }
        if (json()) {
            out().println(tree(points, day).toPrettyString());
        } else {
            table(points);
        }
        return mayGoLive(points) ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    /** A point that could not be tried is no evidence. */
    private static boolean mayGoLive(List<Checklist.Point> points) {
        return points.stream().allMatch(point -> !point.mandatory() || point.outcome() == Checklist.Outcome.PASS);
    }

    private static String verdict(List<Checklist.Point> points) {
        return mayGoLive(points)
                ? "Every mandatory point passed."
                : "Not ready: a mandatory point failed or could not be tried.";
    }

    private void table(List<Checklist.Point> points) {
        for (Checklist.Point point : points) {
            Style style =
                    switch (point.outcome()) {
                        case PASS -> Style.fg_green;
                        case FAIL -> Style.fg_red;
                        case SKIP -> Style.fg_yellow;
                    };
            String outcome = "%-4s".formatted(word(point));
            out().println("%s  %-22s %6.1f s  %s%s"
                    .formatted(
                            Ansi.AUTO.enabled() ? style.on() + outcome + style.off() : outcome,
                            point.id(),
                            point.millis() / 1000.0,
                            point.title().en(),
                            point.mandatory() ? "" : " (recommended)"));
            out().println("      " + point.found());
            if (!point.remedy().isEmpty()) {
                out().println("      " + point.remedy() + ".");
            }
        }
        out().println();
        out().println(verdict(points));
    }

    private static String word(Checklist.Point point) {
        return point.outcome().name().toLowerCase(Locale.ROOT);
    }

    private String markdown(List<Checklist.Point> points, String day) {
        StringBuilder text = new StringBuilder();
        text.append("# Conformance of ").append(office).append("\n\n");
        text.append("Played on ")
                .append(day)
                .append(" through the hub, as an exercise; each answer had ")
                .append(wait);
        text.append(" seconds.\n\n").append(verdict(points)).append("\n\n");
        text.append(
                "| point | what is expected | | result | time | what was seen | what to do |\n|---|---|---|---|---|---|---|\n");
        for (Checklist.Point point : points) {
            text.append("| `%s` | %s / %s | %s | **%s** | %.1f s | %s | %s |%n"
                    .formatted(
                            point.id(),
                            point.title().mn(),
                            point.title().en(),
                            point.mandatory() ? "mandatory" : "recommended",
                            word(point),
                            point.millis() / 1000.0,
                            point.found(),
                            point.remedy()));
        }
        return text.toString();
    }

    private ObjectNode tree(List<Checklist.Point> points, String day) {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("agency", office).put("at", day).put("passed", mayGoLive(points));
        ArrayNode list = tree.putArray("points");
        for (Checklist.Point point : points) {
            ObjectNode one = list.addObject();
            one.put("id", point.id()).put("mandatory", point.mandatory()).put("outcome", word(point));
            one.putObject("title")
                    .put("mn", point.title().mn())
                    .put("en", point.title().en());
            one.put("found", point.found()).put("remedy", point.remedy()).put("millis", point.millis());
        }
        return tree;
    }
}
