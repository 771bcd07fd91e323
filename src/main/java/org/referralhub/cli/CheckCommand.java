package org.referralhub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.referralhub.Setup;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.dialect.Dialect;
import org.referralhub.dialect.Inbound;
import org.referralhub.dialect.Translator;
import org.referralhub.message.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads everything that people have written, without starting anything. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Check configuration, schemas and mappings, and run every sample through the checks.",
            "Prints file:line:column, the problem and its remedy; exit code 1 when there is a fault."
        })
final class CheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = "--home", paramLabel = "DIR", description = "The hub's folder (default: the working directory).")
    private Path home = Path.of("");

    @Option(names = "--demo", description = "Check the demo's invented agencies instead of the real ones.")
    private boolean demo;

    @Option(names = "--json", description = "Print the faults as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        HubHome folders = new HubHome(home);
        Faults faults = new Faults();
        int samples = 0;
        Setup setup = Setup.load(folders, demo, faults);
        int agencies = setup.agencies().all().size();
        // A dialect with a fault would only repeat it with every sample.
        if (faults.isEmpty()) {
            samples = runSamples(setup, faults);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(faults.all()));
        } else if (faults.isEmpty()) {
            out.println("No faults. %d agencies, %d dialects, %d samples."
                    .formatted(agencies, setup.dialects().all().size(), samples));
        } else {
            for (ConfigurationFault fault : faults.all()) {
                out.println(fault);
            }
            int count = faults.all().size();
            out.println(count + (count == 1 ? " fault." : " faults."));
        }
        return faults.isEmpty() ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    /** A sample of one dialect, and whether it is meant to pass. */
    private record Sample(Dialect dialect, Path file, boolean accepted) {}

    private int runSamples(Setup setup, Faults faults) throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (Dialect dialect : setup.dialects().all()) {
            for (boolean accepted : new boolean[] {true, false}) {
                Path folder = dialect.folder().resolve("samples").resolve(accepted ? "accepted" : "refused");
                if (Files.isDirectory(folder)) {
                    try (Stream<Path> files = Files.list(folder)) {
                        files.filter(file -> isDocument(file))
                                .sorted()
                                .forEach(file -> samples.add(new Sample(dialect, file, accepted)));
                    }
                }
            }
        }
        Translator translator = new Translator(setup.dialects());
        ProgressBarBuilder bar = new ProgressBarBuilder()
                .setTaskName("Samples")
                .setInitialMax(samples.size())
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish();
        // On a terminal only; a log wants no moving line.
        try (ProgressBar progress = System.console() == null || json ? null : bar.build()) {
            for (Sample sample : samples) {
                run(translator, sample, setup.home(), faults);
                if (progress != null) {
                    progress.step();
                }
            }
        }
        return samples.size();
    }

    private static boolean isDocument(Path file) {
        String name = String.valueOf(file.getFileName());
        return Files.isRegularFile(file)
                && !name.contains(".canonical.")
                && !name.contains(".findings.")
                && !name.endsWith(".md");
    }

    private static void run(Translator translator, Sample sample, HubHome home, Faults faults) throws IOException {
        Inbound inbound = translator.inbound(
                sample.dialect().name(),
                sample.dialect().samplesSender(),
                Files.readAllBytes(sample.file()),
                sample.dialect().samplesNow());
        String file = home.shown(sample.file());
        boolean accepted = inbound instanceof Inbound.Accepted;
        if (sample.accepted() && !accepted) {
            for (Finding finding : inbound.report().findings()) {
                if (finding.refuses()) {
                    faults.add(
                            file,
                            finding.line(),
                            finding.column(),
                            "%s at %s: %s"
                                    .formatted(
                                            finding.code(),
                                            finding.pointer().isEmpty() ? "/" : finding.pointer(),
                                            finding.message().en().replaceFirst("\\.$", "")),
                            "Correct the sample, or the schema or mapping that refuses it");
                }
            }
        } else if (!sample.accepted() && accepted) {
            faults.add(
                    file,
                    0,
                    0,
                    "this sample is meant to be refused and passes",
                    "Correct the schema or mapping that lets it pass, or move the sample to accepted/");
        }
    }
}
