package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.referralhub.bench.MixDocuments;
import org.referralhub.validation.CanonicalRules;

/**
 * What a message costs to validate and to translate, in microseconds, by dialect and stage: the bench's police reports, written
 * in each dialect. {@link #main} prints the table of {@code docs/benchmark.md}, which tells how to run it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class TranslationBenchmark {
    private static final Instant NOW = MixDocuments.NOW;
    private static final String SENDER = "police-capital";
    /** Read once in each process. */
    private static final Dialects DIALECTS = SamplesTest.load();

    /** The same referrals as they look between the stages of one dialect. One thread goes round them. */
    @State(Scope.Thread)
    public static class Referrals {
        /** The dialect; filled in by {@link #main} with all there are. */
        @Param("canonical")
        public String dialect;

        private Translator translator;
        private Dialect format;
        private CanonicalSchemas schemas;
        private final List<byte[]> documents = new ArrayList<>();
        private final List<JsonNode> trees = new ArrayList<>();
        private final List<ObjectNode> canonical = new ArrayList<>();
        private final List<JsonNode> outgoing = new ArrayList<>();
        private int turn;

        /** Writes the referrals in the dialect and takes them through each stage once. */
        @Setup
        public void prepare() {
            translator = new Translator(DIALECTS);
            format = DIALECTS.find(dialect).orElseThrow();
            schemas = DIALECTS.canonical();
            for (byte[] report : MixDocuments.of("police")) {
                byte[] document =
                        translator.outbound(dialect, accepted("police", report)).bytes();
                documents.add(document);
                trees.add(format.codec().read(document).tree());
                ObjectNode message = accepted(dialect, document);
                canonical.add(message);
                outgoing.add(format.fromCanonical().apply(message));
            }
        }

        private ObjectNode accepted(String from, byte[] document) {
            return ((Inbound.Accepted) translator.inbound(from, SENDER, document, NOW)).canonical();
        }

        private <T> T next(List<T> all) {
            turn = turn + 1 == all.size() ? 0 : turn + 1;
            return all.get(turn);
        }
    }

    @Benchmark
    public Object readAndNativeSchema(Referrals referrals) {
        return referrals.format.codec().read(referrals.next(referrals.documents));
    }

    @Benchmark
    public Object toCanonical(Referrals referrals) {
        return referrals.format.toCanonical().apply(referrals.next(referrals.trees));
    }

    @Benchmark
    public Object canonicalSchema(Referrals referrals) {
        return referrals.schemas.checkSchema(referrals.next(referrals.canonical));
    }

    @Benchmark
    public Object rules(Referrals referrals) {
        return CanonicalRules.check(referrals.next(referrals.canonical), NOW);
    }

    @Benchmark
    public Object codesAndPlaces(Referrals referrals) {
        return referrals.schemas.checkCodes(referrals.next(referrals.canonical));
    }

    @Benchmark
    public Object inbound(Referrals referrals) {
        return referrals.translator.inbound(referrals.dialect, SENDER, referrals.next(referrals.documents), NOW);
    }

    @Benchmark
    public Object fromCanonical(Referrals referrals) {
        return referrals.format.fromCanonical().apply(referrals.next(referrals.canonical));
    }

    @Benchmark
    public Object writeAndNativeSchema(Referrals referrals) {
        return referrals.format.codec().write(referrals.next(referrals.outgoing));
    }

    @Benchmark
    public Object outbound(Referrals referrals) {
        return referrals.translator.outbound(referrals.dialect, referrals.next(referrals.canonical));
    }

    private static final List<String> INBOUND =
            List.of("readAndNativeSchema", "toCanonical", "canonicalSchema", "rules", "codesAndPlaces");
    private static final List<String> OUTBOUND = List.of("fromCanonical", "writeAndNativeSchema");
    /** These look at the canonical message alone, whatever it was made of. */
    private static final String ALIKE = "canonicalSchema|rules|codesAndPlaces";

    /**
     * Runs everything, or what JMH's own options say, and prints it as a table.
     *
     * @throws RunnerException when JMH can't run
     * @throws CommandLineOptionException when an option is none of JMH's
     */
    public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
        String own = "TranslationBenchmark\\.";
        String[] dialects = DIALECTS.all().stream().map(Dialect::name).sorted().toArray(String[]::new);
        CommandLineOptions options = new CommandLineOptions(arguments);
        Map<String, Map<String, Double>> costs = new LinkedHashMap<>();
        keep(
                costs,
                new Runner(new OptionsBuilder()
                        .parent(options)
                        .include(
                                own
                                        + "(readAndNativeSchema|toCanonical|inbound|fromCanonical|writeAndNativeSchema|outbound)$")
                        .param("dialect", dialects)
                        .build()));
        keep(
                costs,
                new Runner(new OptionsBuilder()
                        .parent(options)
                        .include(own + "(" + ALIKE + ")$")
                        .build()));
        print(costs);
    }

    private static void keep(Map<String, Map<String, Double>> costs, Runner runner) throws RunnerException {
        for (RunResult result : runner.run()) {
            String stage = result.getPrimaryResult().getLabel();
            costs.computeIfAbsent(result.getParams().getParam("dialect"), dialect -> new LinkedHashMap<>())
                    .put(stage, result.getPrimaryResult().getScore());
        }
    }

    private static void print(Map<String, Map<String, Double>> costs) {
        Map<String, Double> alike = costs.getOrDefault("canonical", Map.of());
        System.out.println();
        System.out.println(
                "| dialect | in | read, native schema | to canonical | canonical schema | rules | codes, places"
                        + " | out | from canonical | written, native schema |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        costs.forEach((dialect, stages) -> {
            StringBuilder row = new StringBuilder("| " + dialect);
            double in = stages.getOrDefault("inbound", Double.NaN);
            double out = stages.getOrDefault("outbound", Double.NaN);
            row.append(cell(in, Double.NaN));
            INBOUND.forEach(
                    stage -> row.append(cell(stages.getOrDefault(stage, alike.getOrDefault(stage, Double.NaN)), in)));
            row.append(cell(out, Double.NaN));
            OUTBOUND.forEach(stage -> row.append(cell(stages.getOrDefault(stage, Double.NaN), out)));
            System.out.println(row + " |");
        });
    }

    /** Microseconds, and the share of the whole where there is one. */
    private static String cell(double cost, double whole) {
        return Double.isNaN(whole)
                ? String.format(Locale.ROOT, " | %.0f", cost)
                : String.format(Locale.ROOT, " | %.1f (%.0f %%)", cost, 100 * cost / whole);
    }
}
