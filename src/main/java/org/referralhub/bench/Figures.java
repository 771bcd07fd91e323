package org.referralhub.bench;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What one run of one course came to.
 *
 * @param referralsPerSecond complete referrals in a second, first send to last arrival
 * @param p50 milliseconds from send to last arrival, median
 * @param p95 milliseconds, 95 of 100 referrals are faster
 * @param p99 milliseconds, 99 of 100 referrals are faster
 * @param cpuMicros processor time of the whole process for each referral, senders and readers included, in microseconds
 * @param ledgerMicros the part of it that is used at the ledger's place: its own thread, not the broker's work for it
 * @param compilerMicros how long the compiler was at work for each referral; a hub that has run for an hour no longer pays it
 */
record Figures(
        double referralsPerSecond,
        double p50,
        double p95,
        double p99,
        double cpuMicros,
        double ledgerMicros,
        double compilerMicros) {
    /** Below this share of the processor time, what the compiler takes is lost among what else varies. */
    private static final double QUIET = 0.03;

    static Figures of(long[] nanos, long wallNanos, long cpuNanos, long ledgerNanos, long compilerNanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Figures(
                sorted.length * 1e9 / wallNanos,
                percentile(sorted, 50),
                percentile(sorted, 95),
                percentile(sorted, 99),
                cpuNanos / 1e3 / sorted.length,
                ledgerNanos / 1e3 / sorted.length,
                compilerNanos / 1e3 / sorted.length);
    }

    /** The compiler has done its work, so this is how the course goes on. */
    boolean warm() {
        return compilerMicros < QUIET * cpuMicros;
    }

    /** The run in the middle by pace: one that a neighbour on the machine disturbed is left aside whole, not mixed in. */
    static Figures median(List<Figures> rounds) {
        return rounds.stream()
                .sorted(Comparator.comparingDouble(Figures::referralsPerSecond))
                .toList()
                .get(rounds.size() / 2);
    }

    private static double percentile(long[] sorted, int percent) {
        int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
        return sorted[Math.max(0, rank - 1)] / 1e6;
    }
}
