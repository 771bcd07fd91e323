package org.referralhub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.referralhub.Setup;
import org.referralhub.agency.Agency;
import org.referralhub.configuration.Faults;
import org.referralhub.flow.Trial;
import org.referralhub.message.Text;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what would become of one document. */
@Command(
        name = "try",
        mixinStandardHelpOptions = true,
        description = {
            "Show what would become of a document, stage by stage.",
            "What the checks find, what it means, who gets it and by which rule, what each of them may see, and the document "
                    + "that each reads. Needs no running hub, sends and keeps nothing. The output is as personal as the document."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:it would be accepted",
            "1:it would be refused, or a recipient could not read it",
            "2:wrong usage"
        },
        footer = {"", "Example:", "  ./hub try call.json --as helpline-108 --demo"})
final class TryCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "The document, in the agency's own dialect.")
    private Path file = Path.of("");

    @Option(names = "--as", required = true, paramLabel = "AGENCY", description = "Whose document it is.")
    private String agency = "";

    @Option(names = "--home", paramLabel = "DIR", description = "The hub's folder (default: the working directory).")
    private Path home = Path.of("");

    @Option(names = "--demo", description = "With the demo's invented agencies instead of the real ones.")
    private boolean demo;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        LoggingSystem.get(TryCommand.class.getClassLoader()).setLogLevel("com.networknt.schema", LogLevel.OFF);
        byte[] document = GivenFile.read(spec, file);
        Faults faults = new Faults();
        Setup setup = Setup.load(Home.at(home), demo, faults);
        faults.throwIfAny();
        Agency sender = setup.agencies()
                .find(agency)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "There is no agency " + agency + ". Agencies are in config/agencies/"
                                + (demo ? "." : "; the demo's are there with --demo.")));
        ObjectNode trial = new Trial(setup.translator(), setup.recipients(), setup.disclosure())
                .run(sender, document, Clock.systemUTC().instant());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(pretty(trial));
        } else {
            for (JsonNode one : each(trial)) {
                if (one.has("row")) {
                    out.println("=== Мөр / Row %d ===".formatted(one.path("row").asInt()));
                }
                new Sheet(out).print(one);
                out.println();
            }
        }
        boolean good = true;
        for (JsonNode one : each(trial)) {
            good &= isGood(one);
        }
        return good ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    /** The trial of each message of the document. */
    private static Iterable<JsonNode> each(JsonNode trial) {
        return trial.has("messages") ? trial.path("messages") : List.of(trial);
    }

    private static boolean isGood(JsonNode trial) {
        // A request that nobody would get waits at the desk, however valid it is.
        if (trial.path("messageType").asText().equals("REQUEST")
                && trial.path("recipients").isEmpty()) {
            return false;
        }
        for (JsonNode recipient : trial.path("recipients")) {
            if (!recipient.has("document")) {
                return false;
            }
        }
        return trial.path("accepted").asBoolean();
    }

    private static String pretty(JsonNode tree) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /** One trial for a person; colours on a terminal only. */
    private static final class Sheet {
        private final PrintWriter out;
        private final Iterator<Text> stages = Trial.stages().iterator();
        private int number;

        Sheet(PrintWriter out) {
            this.out = out;
        }

        void print(JsonNode trial) {
            stage();
            boolean accepted = trial.path("accepted").asBoolean();
            boolean incomplete = trial.path("incomplete").asBoolean();
            out.println("%s, %d bytes, from %s: %s"
                    .formatted(
                            trial.path("dialect").asText(),
                            trial.path("bytes").asInt(),
                            trial.path("sender").asText(),
                            accepted
                                    ? coloured(
                                            incomplete ? Style.fg_yellow : Style.fg_green,
                                            incomplete ? "accepted, the urgent core only" : "accepted")
                                    : coloured(Style.fg_red, "refused")));
            findings(trial.path("findings"));
            if (!accepted) {
                return;
            }
            stage();
            out.println(pretty(trial.path("canonical")));
            stage();
            if (!trial.has("recipients")) {
                out.println("That depends on where the referral stands: ./hub track shows it.");
                return;
            }
            for (JsonNode recipient : trial.path("recipients")) {
                out.println("%s  %s  by the rule %s"
                        .formatted(
                                recipient.path("agency").asText(),
                                recipient.at("/name/mn").asText(),
                                coloured(Style.bold, recipient.path("rule").asText())));
            }
            if (trial.path("recipients").isEmpty()) {
                out.println(coloured(Style.fg_red, "Nobody: it would wait at the dead-letter desk."));
            }
            stage();
            trial.path("recipients").forEach(this::recipient);
        }

        private void stage() {
            Text title = stages.next();
            number++;
            out.println(
                    (number > 1 ? "\n" : "") + coloured(Style.bold, number + ". " + title.mn() + " / " + title.en()));
        }

        private void findings(JsonNode findings) {
            for (JsonNode finding : findings) {
                String severity = finding.path("severity").asText();
                boolean refuses = severity.equals("error") || severity.equals("fatal");
                out.println("  %s %s  %s (line %d, column %d)"
                        .formatted(
                                coloured(refuses ? Style.fg_red : Style.fg_yellow, "%-11s".formatted(severity)),
                                finding.path("code").asText(),
                                Print.printable(finding.path("pointer").asText()),
                                finding.path("line").asInt(),
                                finding.path("column").asInt()));
                out.println("      " + Print.printable(finding.path("mn").asText()));
                out.println("      " + Print.printable(finding.path("en").asText()));
            }
        }

        private void recipient(JsonNode recipient) {
            out.println("%s (%s), on the basis %s"
                    .formatted(
                            coloured(Style.bold, recipient.path("agency").asText()),
                            recipient.path("dialect").asText(),
                            recipient.path("basis").asText()));
            for (JsonNode difference : recipient.path("differences")) {
                String pointer = Print.printable(difference.path("pointer").asText());
                String before = Print.printable(difference.path("before").toString());
                String after = Print.printable(difference.path("after").toString());
                out.println(
                        switch (difference.path("change").asText()) {
                            case "left-out" -> coloured(Style.fg_red, "  - " + pointer + "  " + before);
                            case "added" -> coloured(Style.fg_green, "  + " + pointer + "  " + after);
                            default -> coloured(Style.fg_yellow, "  ~ " + pointer + "  " + before + " -> " + after);
                        });
            }
            findings(recipient.path("findings"));
            recipient.path("document").asText().lines().forEach(line -> out.println("    " + Print.printable(line)));
            out.println();
        }

        private static String coloured(Style style, String text) {
            return Ansi.AUTO.enabled() ? style.on() + text + style.off() : text;
        }
    }
}
