package org.referralhub.counts;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which unknowns follow from a system of sums. Only whether a value follows is asked, not the value, so the known sides do not
 * matter. Elimination modulo a prime.
 */
final class Equations {
    private static final long PRIME = 2_147_483_647L;

    /** For each equation the factor of each unknown in it. */
    private final List<Map<Integer, Long>> rows = new ArrayList<>();

    /** Adds: the sum of these, less one of them, is known. */
    void add(List<Integer> summands, int sum) {
        Map<Integer, Long> row = new HashMap<>();
        summands.forEach(unknown -> row.put(unknown, 1L));
        if (sum >= 0) {
            row.put(sum, PRIME - 1);
        }
        if (!row.isEmpty()) {
            rows.add(row);
        }
    }

    /** The unknowns that follow from the equations. */
    BitSet determined() {
        Map<Integer, BitSet> holders = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            for (Integer unknown : rows.get(i).keySet()) {
                holders.computeIfAbsent(unknown, absent -> new BitSet()).set(i);
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            eliminate(i, holders);
        }
        BitSet determined = new BitSet();
        for (Map<Integer, Long> row : rows) {
            if (row.size() == 1) {
                determined.set(row.keySet().iterator().next());
            }
        }
        return determined;
    }

    /** Takes one unknown of this row, the one that stands in the fewest others, out of all others. */
    private void eliminate(int pivotRow, Map<Integer, BitSet> holders) {
        Map<Integer, Long> pivot = rows.get(pivotRow);
        int chosen = -1;
        int fewest = Integer.MAX_VALUE;
        for (Integer unknown : pivot.keySet()) {
            int count = holders(holders, unknown).cardinality();
            if (count < fewest || count == fewest && unknown < chosen) {
                fewest = count;
                chosen = unknown;
            }
        }
        if (chosen < 0) {
            return;
        }
        long inverse = inverse(pivot.getOrDefault(chosen, 1L));
        BitSet others = (BitSet) holders(holders, chosen).clone();
        others.clear(pivotRow);
        for (int i = others.nextSetBit(0); i >= 0; i = others.nextSetBit(i + 1)) {
            Map<Integer, Long> row = rows.get(i);
            long factor = PRIME - row.getOrDefault(chosen, 0L) * inverse % PRIME;
            for (Map.Entry<Integer, Long> entry : pivot.entrySet()) {
                long value = (row.getOrDefault(entry.getKey(), 0L) + factor * entry.getValue()) % PRIME;
                if (value == 0) {
                    row.remove(entry.getKey());
                    holders(holders, entry.getKey()).clear(i);
                } else {
                    row.put(entry.getKey(), value);
                    holders(holders, entry.getKey()).set(i);
                }
            }
        }
    }

    private static BitSet holders(Map<Integer, BitSet> holders, Integer unknown) {
        return holders.computeIfAbsent(unknown, absent -> new BitSet());
    }

    private static long inverse(long value) {
        long result = 1;
        long base = value;
        for (long exponent = PRIME - 2; exponent > 0; exponent >>= 1) {
            if ((exponent & 1) == 1) {
                result = result * base % PRIME;
            }
            base = base * base % PRIME;
        }
        return result;
    }
}
