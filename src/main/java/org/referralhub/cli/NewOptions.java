package org.referralhub.cli;

import java.io.Console;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.HubHome;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The options of everything that {@code ./hub new} makes. */
final class NewOptions {
    @Option(names = "--home", paramLabel = "DIR", description = "The hub's folder (default: the working directory).")
    private Path home = Path.of("");

    @Option(names = "--demo", description = "Together with the demo's invented agencies.")
    private boolean demo;

    @Option(names = "--yes", description = "Ask nothing; what no option says is taken as proposed.")
    private boolean yes;

    HubHome home() {
        return Home.at(home);
    }

    boolean demo() {
        return demo;
    }

    Questions questions(CommandLine command, @Nullable Function<String, @Nullable String> terminal) {
        return new Questions(command, yes ? null : terminal);
    }

    /** The terminal, when there is one. */
    static @Nullable Function<String, @Nullable String> terminal() {
        Console console = System.console();
        return console == null ? null : prompt -> console.readLine("%s", prompt);
    }
}
