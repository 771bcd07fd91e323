package org.referralhub.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the collector of an office that does not want to send by itself. */
@Command(
        name = "collector",
        description = {
            "Fetch what an agency leaves in a folder: writes collect: into its entry in config/agencies/, with "
                    + "comments, and makes the key that is needed.",
            "Asks for what no option says."
        },
        footer = {
            "",
            "Examples:",
            "  ./hub new collector school-1110 --way folder --path drop/school-1110 --create",
            "  ./hub new collector clinic-1110 --way sftp --host sftp.example.org --user hub --path /outgoing --every PT1M"
        })
final class NewCollectorCommand extends NewReach {
    @Option(names = "--every", paramLabel = "TIME", description = "How often it is looked at (default: PT5S).")
    private @Nullable String every;

    NewCollectorCommand() {
        this(NewOptions.terminal());
    }

    /** @param terminal shows a prompt and reads a line; null when nobody is there */
    NewCollectorCommand(@Nullable Function<String, @Nullable String> terminal) {
        super(terminal);
    }

    @Override
    String field() {
        return "collect";
    }

    @Override
    List<String> ways() {
        return List.of("sftp", "folder");
    }

    @Override
    List<String> lines(String agency, String way, Asked asked) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "# Fetched from it; without this it sends by itself. docs/couriers.md tells how to leave a file.",
                "collect:"));
        lines.addAll(way.equals("sftp") ? sftp(agency, asked) : folder(asked));
        String often = asked.ask(
                every,
                "--every",
                "How often it is looked at",
                "PT5S",
                value -> value.matches("PT([0-9]+H)?([0-9]+M)?([0-9]+S)?") ? null : "Write for example PT5S or PT1M.");
        lines.add("  # A file is whole when two looks find it alike.");
        lines.add("  every: " + often);
        return lines;
    }

    @Override
    List<String> steps(String agency, String way) {
        return List.of(
                "Leave a document there under a name that begins with a dot, and rename it; it is in done/ when it was taken.",
                "See how it goes, and when it last worked:\n./hub agencies --served --as OPERATOR");
    }
}
