package org.referralhub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.referralhub.Setup;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.dialect.Samples;
import org.referralhub.flow.RouteCheck;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads everything that people have written, without starting anything. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Check configuration, routes, schemas and mappings, and run every sample both ways. Starts and changes nothing.",
            "Prints file:line:column, the problem and its remedy, one fault a line."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:no fault", "1:at least one fault", "2:wrong usage"})
final class CheckCommand implements Callable<Integer> {
    /** What these say is said better, and with its place, by the faults. */
    private static final Map<String, LogLevel> QUIET = Map.of(
            "org.apache.camel", LogLevel.ERROR, "com.networknt.schema", LogLevel.OFF, "ca.uhn.fhir", LogLevel.ERROR);

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
        QUIET.forEach((logger, level) ->
                LoggingSystem.get(CheckCommand.class.getClassLoader()).setLogLevel(logger, level));
        Faults faults = new Faults();
        Counts counts = new Counts(0, 0, 0);
        try {
            counts = check(new HubHome(home), faults);
        } catch (ConfigurationException e) {
            e.faults().forEach(faults::add);
        }
        print(faults, counts);
        return faults.isEmpty() ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    /** What was looked at. */
    private record Counts(int agencies, int dialects, int samples) {}

    private Counts check(HubHome folders, Faults faults) throws IOException {
        Setup setup = Setup.load(folders, demo, faults);
        checkRoutes(setup, faults);
        // A dialect with a fault would only repeat it with every sample.
        int samples = faults.isEmpty() ? runSamples(setup, faults) : 0;
        return new Counts(setup.agencies().all().size(), setup.dialects().all().size(), samples);
    }

    private static void checkRoutes(Setup setup, Faults faults) {
        try {
            new RouteCheck(setup.home(), setup.agencies(), setup.disclosure(), setup.dialects()).run(faults);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the routes could not be checked", e);
        }
    }

    private void print(Faults faults, Counts counts) throws IOException {
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

    private int runSamples(Setup setup, Faults faults) throws IOException {
        Samples samples = new Samples(setup.home(), setup.dialects());
        List<Samples.Sample> all = samples.all();
        samples.checkThatNoneStandsAlone(all, faults);
        ProgressBarBuilder bar = new ProgressBarBuilder()
                .setTaskName("Samples")
                .setInitialMax(all.size())
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish();
        // On a terminal only; a log wants no moving line.
        try (ProgressBar progress = System.console() == null || json ? null : bar.build()) {
            for (Samples.Sample sample : all) {
                samples.run(sample, faults);
                if (progress != null) {
                    progress.step();
                }
            }
        }
        return all.size();
    }
}
