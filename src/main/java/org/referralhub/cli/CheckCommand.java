package org.referralhub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads everything that people have written, without starting anything. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Check configuration, routes, schemas and mappings, and run every sample both ways.",
            "Starts and changes nothing. Prints file:line:column, the problem and its remedy, one fault a line."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:no fault", "1:at least one fault", "2:wrong usage"})
final class CheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = "--home", paramLabel = "DIR", description = "The hub's folder (default: the working directory).")
    private Path home = Path.of("");

    @Option(names = "--demo", description = "Check the demo's invented agencies instead of the real ones.")
    private boolean demo;

    @Option(
            names = "--json",
            description = "Print the faults as a JSON array of {file, line, column, problem, remedy}; empty: no fault.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Faults faults = new Faults();
        HomeCheck.Counts counts = new HomeCheck.Counts(0, 0, 0);
        try (Bar bar = new Bar()) {
            counts = new HomeCheck(Home.at(home), demo).run(faults, bar::over);
        } catch (ConfigurationException e) {
            e.faults().forEach(faults::add);
        }
        print(faults, counts);
        return faults.isEmpty() ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    private void print(Faults faults, HomeCheck.Counts counts) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(faults.all()));
        } else if (faults.isEmpty()) {
            out.println("No faults. %d agencies, %d dialects, %d samples."
                    .formatted(counts.agencies(), counts.dialects(), counts.samples()));
        } else {
            for (ConfigurationFault fault : faults.all()) {
                out.println(fault);
            }
            int count = faults.all().size();
            out.println(count + (count == 1 ? " fault." : " faults."));
        }
    }

    /** Moves with the samples. On a terminal only; a log wants no moving line. */
    private final class Bar implements AutoCloseable {
        private @Nullable ProgressBar shown;

        Runnable over(int samples) {
            if (System.console() == null || json) {
                return () -> {};
            }
            ProgressBar bar = new ProgressBarBuilder()
                    .setTaskName("Samples")
                    .setInitialMax(samples)
                    .setStyle(ProgressBarStyle.ASCII)
                    .clearDisplayOnFinish()
                    .build();
            shown = bar;
            return bar::step;
        }

        @Override
        public void close() {
            if (shown != null) {
                shown.close();
            }
        }
    }
}
