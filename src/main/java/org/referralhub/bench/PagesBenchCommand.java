package org.referralhub.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.LetterGroup;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hub bench pages}: how fast the console is with a full desk and a full ledger. */
@Command(
        name = "pages",
        mixinStandardHelpOptions = true,
        description = {
            "Fill ledger and desk through their own code, in a temporary folder and the embedded database, start the hub on"
                    + " them and measure every page of the console over HTTP.",
            "Exit status 1 when a page takes more than 200 ms at p95."
        })
final class PagesBenchCommand implements Callable<Integer> {
    /** The most that a page may take at p95, in milliseconds. */
    private static final double LIMIT = 200;
    /** Messages of ten referrals as they are filled in: nine with three answers each, one without. */
    private static final int MESSAGES_OF_TEN = 37;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--letters",
            defaultValue = "100000",
            paramLabel = "N",
            description = "Open letters at the desk (default: ${DEFAULT-VALUE}).")
    private int letters;

    @Option(
            names = "--groups",
            defaultValue = "300",
            paramLabel = "N",
            description = "Causes that they share (default: ${DEFAULT-VALUE}).")
    private int groups;

    @Option(
            names = "--referrals",
            defaultValue = "1000000",
            paramLabel = "N",
            description = "Referrals in the ledger (default: ${DEFAULT-VALUE}).")
    private int referrals;

    @Option(
            names = "--requests",
            defaultValue = "100",
            paramLabel = "N",
            description = "How often each page is measured (default: ${DEFAULT-VALUE}).")
    private int requests;

    @Option(
            names = "--seed",
            defaultValue = "108",
            paramLabel = "S",
            description = "Seed of the contents (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--home",
            defaultValue = "",
            paramLabel = "DIR",
            description = "Folder with routes, schemas and config (default: the working directory).")
    private Path home = Path.of("");

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = {
                "Fill this empty folder and keep it; when it has been filled before, measure what is in it.",
                "Filling a million referrals takes twenty minutes to three quarters of an hour, and 15 GB."
            })
    private @Nullable Path keep;

    /**
     * What was filled in.
     *
     * @param some of its letters, its referrals and agencies, to ask for others each time
     */
    record Filled(String summary, List<String> some, List<String> referrals, List<String> agencies) {}

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Path work = keep == null ? Files.createTempDirectory("hub-bench-pages") : Files.createDirectories(keep);
        Path whole = home.toAbsolutePath().normalize();
        try (Bar bar = new Bar(System.console() == null)) {
            Filled filled = filled(whole, work, bar);
            out.println(filled.summary());
            out.flush();
            return verdict(out, measure(whole, work, filled, bar));
        } finally {
            if (keep == null) {
                delete(work);
            }
        }
    }

    private Filled filled(Path whole, Path work, Bar bar) throws Exception {
        ObjectMapper json = new ObjectMapper();
        Path contents = work.resolve("filled.json");
        if (Files.exists(contents)) {
            return json.readValue(contents.toFile(), Filled.class);
        }
        try (Stream<Path> there = Files.list(work)) {
            if (there.findAny().isPresent()) {
                throw new BenchException(
                        work + " is neither empty nor filled to the end: name another folder, or empty it");
            }
        }
        Filled filled = fill(whole, work.resolve("ledger.db"), bar);
        json.writeValue(contents.toFile(), filled);
        return filled;
    }

    private Filled fill(Path whole, Path file, Bar bar) throws Exception {
        long began = System.nanoTime();
        try (SearchBench bench = new SearchBench(whole, file, seed)) {
            int messages = Math.toIntExact((long) referrals * MESSAGES_OF_TEN / 10);
            SearchBench.Filled ledger = bench.fill(messages, bar.of("filling the ledger", messages));
            LetterFill.Filled desk = bench.fillDesk(letters, groups, bar.of("filling the desk", letters));
            return new Filled(
                    String.format(
                            Locale.ROOT,
                            "%,d referrals (%,d messages), %,d open letters of %,d causes, filled in %,d s, seed %d",
                            ledger.referrals(),
                            ledger.messages(),
                            desk.letters(),
                            groups,
                            (System.nanoTime() - began) / 1_000_000_000,
                            seed),
                    desk.some(),
                    List.copyOf(bench.referrals()),
                    bench.agencies());
        }
    }

    private List<PagesBench.Measured> measure(Path whole, Path data, Filled filled, Bar bar) throws Exception {
        try (ConfigurableApplicationContext hub = WholeHub.start(whole, data)) {
            String port = Objects.requireNonNull(hub.getEnvironment().getProperty("local.server.port"));
            List<String> fingerprints = hub.getBean(Desk.class).groups(false, Desk.LARGEST_PAGE).stream()
                    .map(LetterGroup::fingerprint)
                    .toList();
            PagesBench bench = new PagesBench(
                    URI.create("http://127.0.0.1:" + port),
                    new PagesBench.Content(filled.some(), fingerprints, filled.referrals(), filled.agencies()),
                    requests,
                    seed);
            IntConsumer pages = bar.of("pages", -1);
            int[] done = {0};
            return bench.measure(page -> pages.accept(++done[0]));
        }
    }

    private static int verdict(PrintWriter out, List<PagesBench.Measured> measured) {
        out.println();
        out.println(String.format(
                Locale.ROOT, "%-34s%10s%10s%10s%10s", "page", "requests", "p50 ms", "p95 ms", "worst ms"));
        for (PagesBench.Measured page : measured) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-34s%10d%10.1f%10.1f%10.1f%s",
                    page.page(),
                    page.requests(),
                    page.p50(),
                    page.p95(),
                    page.worst(),
                    !page.counted() ? "  (every row, not judged)" : page.p95() > LIMIT ? "  too slow" : ""));
        }
        List<String> slow = measured.stream()
                .filter(page -> page.counted() && page.p95() > LIMIT)
                .map(PagesBench.Measured::page)
                .toList();
        out.println();
        out.println(
                slow.isEmpty()
                        ? String.format(Locale.ROOT, "Every page is under %.0f ms at p95.", LIMIT)
                        : String.format(Locale.ROOT, "Over %.0f ms at p95: %s.", LIMIT, String.join("; ", slow)));
        out.flush();
        return slow.isEmpty() ? 0 : 1;
    }

    private static void delete(Path folder) throws IOException {
        FileSystemUtils.deleteRecursively(folder);
    }

    /** One bar for each part, on the error output; none where nobody watches. */
    private static final class Bar implements AutoCloseable {
        private final boolean silent;
        private @Nullable ProgressBar shown;

        Bar(boolean silent) {
            this.silent = silent;
        }

        /** @param most -1 when nobody knows */
        IntConsumer of(String part, int most) {
            close();
            if (silent) {
                return done -> {};
            }
            ProgressBar next = new ProgressBarBuilder()
                    .setTaskName(part)
                    .setInitialMax(most)
                    .build();
            shown = next;
            return next::stepTo;
        }

        @Override
        public void close() {
            if (shown != null) {
                shown.close();
                shown = null;
            }
        }
    }
}
