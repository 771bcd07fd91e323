package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.referralhub.bench.MixDocuments;
import org.referralhub.validation.CanonicalRules;

/**
 * Prints what each stage of a translation costs, in microseconds of processor time a message and as a share, over the bench's
 * police reports, written in each dialect. A main to run by hand: {@code TranslationCost [seconds for each figure [dialect]]}.
 */
final class TranslationCost {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Instant NOW = MixDocuments.NOW;
    private static final String SENDER = "police-capital";

    private final Dialects dialects = SamplesTest.load();
    private final Translator translator = new Translator(dialects);
    private final double seconds;
    private int seen;

    private TranslationCost(double seconds) {
        this.seconds = seconds;
    }

    public static void main(String[] arguments) {
        TranslationCost cost = new TranslationCost(arguments.length == 0 ? 2 : Double.parseDouble(arguments[0]));
        for (Dialect dialect : cost.dialects.all()) {
            if (arguments.length < 2 || arguments[1].equals(dialect.name())) {
                cost.of(dialect.name());
            }
        }
    }

    /** The same referrals in every dialect. */
    private List<byte[]> documents(String dialect) {
        return MixDocuments.of("police").stream()
                .map(report -> (Inbound.Accepted) translator.inbound("police", SENDER, report, NOW))
                .map(accepted ->
                        translator.outbound(dialect, accepted.canonical()).bytes())
                .toList();
    }

    private void of(String name) {
        String sender = SENDER;
        Dialect dialect = dialects.find(name).orElseThrow();
        CanonicalSchemas schemas = dialects.canonical();
        List<byte[]> documents = documents(name);
        List<JsonNode> trees = new ArrayList<>();
        List<JsonNode> mapped = new ArrayList<>();
        List<ObjectNode> canonical = new ArrayList<>();
        List<JsonNode> outgoing = new ArrayList<>();
        int withFindings = 0;
        for (byte[] document : documents) {
            Inbound.Accepted accepted = (Inbound.Accepted) translator.inbound(name, sender, document, NOW);
            withFindings += accepted.report().findings().isEmpty() ? 0 : 1;
            JsonNode tree = dialect.codec().read(document).tree();
            trees.add(tree);
            mapped.add(dialect.toCanonical().apply(tree));
            canonical.add(accepted.canonical());
            outgoing.add(dialect.fromCanonical().apply(accepted.canonical()));
        }
        Map<String, Runnable> stages = new LinkedHashMap<>();
        stages.put(
                "  read and native schema",
                each(documents, d -> dialect.codec().read(d).findings().size()));
        stages.put(
                "  to-canonical mapping",
                each(trees, t -> dialect.toCanonical().apply(t).size()));
        stages.put("  canonical schema", each(canonical, c -> schemas.checkSchema(c)
                .size()));
        stages.put("  rules", each(canonical, c -> CanonicalRules.check(c, NOW).size()));
        stages.put(
                "  codes and places", each(canonical, c -> schemas.checkCodes(c).size()));
        stages.put("inbound", each(documents, d -> translator
                .inbound(name, sender, d, NOW)
                .report()
                .findings()
                .size()));
        stages.put(
                "  from-canonical mapping",
                each(canonical, c -> dialect.fromCanonical().apply(c).size()));
        stages.put(
                "  write and native schema",
                each(outgoing, t -> dialect.codec().write(t).bytes().length));
        stages.put("outbound", each(canonical, c -> translator.outbound(name, c).bytes().length));
        System.out.printf(
                "%s: %d documents of %d bytes, %d with findings%n",
                name,
                documents.size(),
                documents.stream().mapToInt(d -> d.length).sum() / documents.size(),
                withFindings);
        stages.values().forEach(stage -> measure(stage, documents.size()));
        Map<String, Double> costs = new LinkedHashMap<>();
        stages.forEach((stage, work) -> costs.put(stage, measure(work, documents.size())));
        costs.forEach((stage, cost) -> System.out.printf(
                "%-28s %7.1f µs %3.0f %%%n",
                stage, cost, 100 * cost / costs.getOrDefault(isInbound(stage) ? "inbound" : "outbound", cost)));
    }

    private static boolean isInbound(String stage) {
        return !stage.contains("from-canonical") && !stage.contains("write") && !stage.equals("outbound");
    }

    private <T> Runnable each(List<T> inputs, ToIntFunction<T> work) {
        return () -> {
            for (T input : inputs) {
                seen += work.applyAsInt(input);
            }
        };
    }

    /** Microseconds of this thread's processor time for one message. */
    private double measure(Runnable round, int messages) {
        long start = THREADS.getCurrentThreadCpuTime();
        long end = start;
        int rounds = 0;
        while (end - start < seconds * 1e9) {
            round.run();
            rounds++;
            end = THREADS.getCurrentThreadCpuTime();
        }
        return (end - start) / 1e3 / rounds / messages;
    }
}
