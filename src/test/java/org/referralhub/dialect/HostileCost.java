package org.referralhub.dialect;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Prints what each hostile document costs when Java is warm, in milliseconds of processor time, dearest first. A main to run by
 * hand: {@code HostileCost [rounds [part of a name]]}; the figure is the median of the second half of the rounds.
 */
final class HostileCost {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Instant NOW = Instant.parse("2026-11-20T15:40:00Z");

    private HostileCost() {}

    private record Cost(String what, double first, double warm, int findings) {}

    public static void main(String[] arguments) {
        int rounds = arguments.length == 0 ? 6 : Integer.parseInt(arguments[0]);
        String only = arguments.length < 2 ? "" : arguments[1];
        Translator translator = new Translator(SamplesTest.load());
        List<HostileDocuments.Hostile> documents = HostileDocuments.all()
                .filter(hostile -> hostile.toString().contains(only))
                .toList();
        List<Cost> costs = new ArrayList<>();
        double[][] spent = new double[documents.size()][rounds];
        int[] findings = new int[documents.size()];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < documents.size(); i++) {
                HostileDocuments.Hostile hostile = documents.get(i);
                long before = THREADS.getCurrentThreadCpuTime();
                List<Received> answers = translator.inboundEach(hostile.dialect(), "agency-1", hostile.document(), NOW);
                spent[i][round] = (THREADS.getCurrentThreadCpuTime() - before) / 1e6;
                findings[i] = answers.stream()
                        .mapToInt(answer -> answer.inbound().report().findings().size())
                        .sum();
            }
        }
        for (int i = 0; i < documents.size(); i++) {
            costs.add(new Cost(documents.get(i).toString(), spent[i][0], median(spent[i]), findings[i]));
        }
        costs.sort(Comparator.comparingDouble(Cost::warm).reversed());
        costs.forEach(cost -> System.out.printf(
                "%-50s %7.0f ms warm %7.0f ms first, %d findings%n",
                cost.what(), cost.warm(), cost.first(), cost.findings()));
    }

    private static double median(double[] spent) {
        double[] late = java.util.Arrays.copyOfRange(spent, spent.length / 2, spent.length);
        java.util.Arrays.sort(late);
        return late[late.length / 2];
    }
}
