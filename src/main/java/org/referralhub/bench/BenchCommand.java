package org.referralhub.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hub bench}: measures the hub against a bare broker and a bare pipeline in one run. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        subcommands = {SearchBenchCommand.class, PagesBenchCommand.class},
        description = {
            "Measure the hub against a bare broker and a bare pipeline, in one run and in temporary folders.",
            "Latency is from the send of a referral to its last inbox; processor time is the whole process's, the"
                    + " simulated agencies included."
        })
public final class BenchCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--referrals",
            defaultValue = "10000",
            paramLabel = "N",
            description = "Referrals in each round of each course (default: ${DEFAULT-VALUE}).")
    private int referrals;

    @Option(
            names = "--warm-up",
            defaultValue = "10000",
            paramLabel = "N",
            description =
                    "Referrals in each round of warming up; rounds follow until the compiler is quiet, at most eight"
                            + " (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            paramLabel = "R",
            description = "Rounds that each course is measured; the median counts (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--seed",
            defaultValue = "108",
            paramLabel = "S",
            description = "Seed of the referrals' contents (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--senders",
            defaultValue = "8",
            paramLabel = "K",
            description = "Connections that send at the same time (default: ${DEFAULT-VALUE}).")
    private int senders;

    @Option(
            names = "--in-flight",
            defaultValue = "256",
            paramLabel = "W",
            description =
                    "Referrals under way at most; more gives pace, fewer gives latency (default: ${DEFAULT-VALUE}).")
    private int inFlight;

    @Option(
            names = "--home",
            defaultValue = "",
            paramLabel = "DIR",
            description = "Folder with routes, schemas and config (default: the working directory).")
    private Path home = Path.of("");

    @Option(names = "--json", description = "Print one JSON object instead of the table.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Bench bench = new Bench(
                referrals,
                warmUp,
                rounds,
                seed,
                new Load(senders, inFlight),
                home.toAbsolutePath().normalize());
        Bench.Result result;
        try (Bars bars = new Bars(json || System.console() == null)) {
            result = bench.run(bars);
        }
        spec.commandLine().getOut().println(json ? asJson(result) : asTable(result));
        return 0;
    }

    private String asTable(Bench.Result result) {
        StringBuilder table = new StringBuilder();
        line(
                table,
                "%,d referrals a round after %d of %,d to warm up, seed %d, %d senders, at most %d under way, median of %d rounds",
                referrals,
                result.warmUps(),
                warmUp,
                seed,
                senders,
                inFlight,
                rounds);
        line(table, "%.1f messages into inboxes for each referral, its receipt included", result.copies());
        line(table, "%s", result.journal());
        line(table, "");
        line(
                table,
                "%-16s%14s%10s%10s%10s%14s%14s%14s",
                "",
                "referrals/s",
                "p50 ms",
                "p95 ms",
                "p99 ms",
                "CPU µs each",
                "of it ledger",
                "compiler");
        result.figures()
                .forEach((title, f) -> line(
                        table,
                        "%-16s%,14.0f%10.1f%10.1f%10.1f%,14.0f%,14.0f%,14.0f",
                        title,
                        f.referralsPerSecond(),
                        f.p50(),
                        f.p95(),
                        f.p99(),
                        f.cpuMicros(),
                        f.ledgerMicros(),
                        f.compilerMicros()));
        line(table, "");
        ratios(result).forEach((name, ratio) -> line(table, "%-34s%8.2f", name, ratio));
        return table.toString().stripTrailing();
    }

    private String asJson(Bench.Result result) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("referrals", referrals);
        root.put("warmUp", warmUp);
        root.put("warmUps", result.warmUps());
        root.put("rounds", rounds);
        root.put("seed", seed);
        root.put("senders", senders);
        root.put("inFlight", inFlight);
        root.put("messagesPerReferral", result.copies());
        root.put("journal", result.journal());
        result.figures().forEach((title, f) -> root.withObjectProperty("courses")
                .putObject(title)
                .put("referralsPerSecond", f.referralsPerSecond())
                .put("p50Millis", f.p50())
                .put("p95Millis", f.p95())
                .put("p99Millis", f.p99())
                .put("cpuMicros", f.cpuMicros())
                .put("ledgerMicros", f.ledgerMicros())
                .put("compilerMicros", f.compilerMicros()));
        ratios(result)
                .forEach((name, ratio) -> root.withObjectProperty("ratios").put(name, ratio));
        return root.toPrettyString();
    }

    private static Map<String, Double> ratios(Bench.Result result) {
        double hub = figures(result, "hub").referralsPerSecond();
        return new java.util.TreeMap<>(Map.of(
                "hub / bare pipeline", hub / figures(result, "bare pipeline").referralsPerSecond(),
                "hub / bare broker", hub / figures(result, "bare broker").referralsPerSecond()));
    }

    private static Figures figures(Bench.Result result, String course) {
        return java.util.Objects.requireNonNull(result.figures().get(course));
    }

    private static void line(StringBuilder table, String format, Object... values) {
        table.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** One bar a round, on the error output; none where nobody watches. */
    private static final class Bars implements Bench.Progress, AutoCloseable {
        private final boolean silent;
        private @Nullable ProgressBar bar;

        Bars(boolean silent) {
            this.silent = silent;
        }

        @Override
        public IntConsumer round(String course, int referrals) {
            close();
            if (silent) {
                return place -> {};
            }
            ProgressBar started = new ProgressBarBuilder()
                    .setTaskName("%-27s".formatted(course))
                    .setInitialMax(referrals)
                    .build();
            bar = started;
            return place -> started.step();
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
            }
        }
    }
}
