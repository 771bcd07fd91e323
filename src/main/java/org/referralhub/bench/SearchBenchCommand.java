package org.referralhub.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hub bench search}: how fast referrals are found in a full ledger. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        description = {
            "Fill a ledger through its own code, in a temporary folder and the embedded database, and measure every search.",
            "Each search is asked for again and again with other values; a page holds 50 referrals."
        })
final class SearchBenchCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--messages",
            defaultValue = "100000",
            paramLabel = "N",
            description = "Messages from agencies in the ledger (default: ${DEFAULT-VALUE}).")
    private int messages;

    @Option(
            names = "--repeats",
            defaultValue = "200",
            paramLabel = "N",
            description = "How often each search is measured (default: ${DEFAULT-VALUE}).")
    private int repeats;

    @Option(
            names = "--seed",
            defaultValue = "108",
            paramLabel = "S",
            description = "Seed of the referrals' contents (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--home",
            defaultValue = "",
            paramLabel = "DIR",
            description = "Folder with schemas and config (default: the working directory).")
    private Path home = Path.of("");

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Path work = Files.createTempDirectory("hub-bench-search");
        try (SearchBench bench = new SearchBench(home.toAbsolutePath().normalize(), work.resolve("ledger.db"), seed)) {
            long began = System.nanoTime();
            SearchBench.Filled filled = bench.fill(messages);
            out.println(String.format(
                    Locale.ROOT,
                    "%,d messages in %,d referrals, %,d MiB, filled in %d s, seed %d, %d times each",
                    filled.messages(),
                    filled.referrals(),
                    filled.bytes() >> 20,
                    (System.nanoTime() - began) / 1_000_000_000,
                    seed,
                    repeats));
            out.println();
            out.println(String.format(Locale.ROOT, "%-44s%10s%10s%10s", "search", "p50 ms", "p95 ms", "worst ms"));
            for (SearchBench.Measured measured : bench.measure(repeats)) {
                out.println(String.format(
                        Locale.ROOT,
                        "%-44s%10.2f%10.2f%10.2f",
                        measured.search(),
                        measured.p50(),
                        measured.p95(),
                        measured.worst()));
                out.flush();
            }
        } finally {
            delete(work);
        }
        return 0;
    }

    private static void delete(Path folder) throws IOException {
        FileSystemUtils.deleteRecursively(folder);
    }
}
