package org.referralhub.counts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One figure in all combinations of some dimensions, with all their totals, and which of them may be shown.
 *
 * <p>A cell is hidden when there is something in it, but fewer referrals stand behind it than are enough. More are hidden until
 * nothing that is hidden follows from what is shown: in a line (the values of one dimension, the others held) with a total that
 * is shown, at least two cells with enough referrals together, and after that as many as it takes that the system of all sums
 * leaves each hidden cell open. Totals are settled before what they are the totals of, and are never hidden for its sake: so
 * a total looks the same in every table that has it.
 */
final class Cube {
    /** In a key: the total over this dimension. */
    static final String ALL = "*";

    /** Cells that can be hidden at most; beyond it the table has nothing to tell. */
    private static final int MOST_HIDDEN = 10_000;
    /** Cells of one cube, totals included; nobody reads a table with more, and they are all in memory. */
    static final int MOST_CELLS = 100_000;

    private static final Comparator<List<String>> BY_KEY = (one, other) -> {
        for (int i = 0; i < one.size(); i++) {
            int order = one.get(i).compareTo(other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    };

    /** One figure. */
    static final class Cell {
        private long count;
        private int referrals;
        private long last = -1;
        private boolean hidden;
        private int[] times = {};
        private int timed;

        /** What is counted. */
        long count() {
            return count;
        }

        /** True when it must not be shown. */
        boolean hidden() {
            return hidden;
        }

        /** The time that this share of all times does not exceed; null when there is none. */
        @Nullable
        Integer percentile(double share) {
            if (timed == 0) {
                return null;
            }
            int[] sorted = Arrays.copyOf(times, timed);
            Arrays.sort(sorted);
            return sorted[Math.max(0, (int) Math.ceil(share * timed) - 1)];
        }

        private void add(long referral, int seconds) {
            count++;
            if (last != referral) {
                last = referral;
                referrals++;
            }
            if (seconds >= 0) {
                if (timed == times.length) {
                    times = Arrays.copyOf(times, Math.max(4, 2 * timed));
                }
                times[timed++] = seconds;
            }
        }
    }

    private final int[] within;
    private final int overlapping;
    private final Map<List<String>, Cell> cells = new HashMap<>();
    /** Where a key at the finest level counts, without and with the totals over the dimension that overlaps. */
    private final Map<List<String>, List<Cell>> ways = new HashMap<>();

    private final Map<List<String>, List<Cell>> narrowWays = new HashMap<>();

    /**
     * A cube without anything in it.
     *
     * @param within for each dimension the index of the one that its values lie in, for example the aimag of soums; -1 for
     *     none
     * @param overlapping index of the dimension of which one referral may have several values; -1 for none
     */
    Cube(int[] within, int overlapping) {
        this.within = within.clone();
        this.overlapping = overlapping;
    }

    /**
     * Counts one at the finest level and in all totals.
     *
     * @param referral number of the referral that it belongs to; those of one come one after the other
     * @param again true when it was counted under another value of the overlapping dimension before, so that it must not
     *     count in totals over that again
     * @param seconds a time to keep; negative for none
     * @throws TooFineException when there are too many cells
     */
    void add(List<String> key, long referral, boolean again, int seconds) {
        List<Cell> way = (again ? narrowWays : ways).computeIfAbsent(key, absent -> way(key, again));
        for (Cell cell : way) {
            cell.add(referral, seconds);
        }
    }

    private List<Cell> way(List<String> key, boolean again) {
        List<Cell> way = new ArrayList<>();
        for (int mask = 0; mask < 1 << within.length; mask++) {
            if (possible(mask) && !(again && (mask & 1 << overlapping) == 0)) {
                way.add(cells.computeIfAbsent(total(key, mask), absent -> new Cell()));
            }
        }
        if (cells.size() > MOST_CELLS) {
            throw new TooFineException();
        }
        return way;
    }

    private boolean possible(int mask) {
        for (int i = 0; i < within.length; i++) {
            if ((mask & 1 << i) != 0 && within[i] >= 0 && (mask & 1 << within[i]) == 0) {
                return false;
            }
        }
        return true;
    }

    /** The key with totals over every dimension that is not in the mask. */
    private static List<String> total(List<String> key, int mask) {
        List<String> total = new ArrayList<>(key);
        for (int i = 0; i < total.size(); i++) {
            if ((mask & 1 << i) == 0) {
                total.set(i, ALL);
            }
        }
        return List.copyOf(total);
    }

    private static List<String> with(List<String> key, int dimension, String value) {
        List<String> other = new ArrayList<>(key);
        other.set(dimension, value);
        return List.copyOf(other);
    }

    private static int mask(List<String> key) {
        int mask = 0;
        for (int i = 0; i < key.size(); i++) {
            if (!ALL.equals(key.get(i))) {
                mask |= 1 << i;
            }
        }
        return mask;
    }

    /** The cell; null when nothing was counted in it and nothing is hidden. */
    @Nullable
    Cell cell(List<String> key) {
        return cells.get(key);
    }

    /** Keys of all cells in which something is counted or hidden. */
    Collection<List<String>> keys() {
        return cells.keySet();
    }

    /** Hides, too, what the other cube hides, for two figures of which one tells the other. */
    void hideAsIn(Cube other) {
        other.cells.forEach((key, cell) -> {
            if (cell.hidden) {
                cells.computeIfAbsent(key, absent -> new Cell()).hidden = true;
            }
        });
    }

    /**
     * Hides, too, what the other cube hides, for a figure that counts some of those that the other counts: it would be the
     * least that the other can be.
     *
     * @param dimensions how many dimensions the two have in common; what this one tells apart beside them is hidden whole
     */
    void hideBelow(Cube other, int dimensions) {
        Set<List<String>> above = new HashSet<>();
        other.cells.forEach((key, cell) -> {
            if (cell.hidden) {
                above.add(key.subList(0, dimensions));
            }
        });
        cells.forEach((key, cell) -> cell.hidden |= above.contains(key.subList(0, dimensions)));
        if (within.length == dimensions) {
            above.forEach(key -> cells.computeIfAbsent(List.copyOf(key), absent -> new Cell()).hidden = true);
        }
    }

    /**
     * Hides what must not be shown.
     *
     * @param enough referrals that must stand behind a cell
     * @throws TooFineException when there is more to hide than is of use
     */
    void hide(int enough) {
        Map<Integer, TreeMap<List<String>, Cell>> levels = new HashMap<>();
        cells.forEach((key, cell) -> {
            cell.hidden = cell.referrals > 0 && cell.referrals < enough;
            levels.computeIfAbsent(mask(key), mask -> new TreeMap<>(BY_KEY)).put(key, cell);
        });
        levels.keySet().stream()
                .sorted(Comparator.<Integer>comparingInt(Integer::bitCount).thenComparing(Comparator.naturalOrder()))
                .forEach(mask -> new Level(mask, levels, enough).protect());
    }

    /** The cells of one set of dimensions while they are protected; everything above is settled. */
    private final class Level {
        private final int mask;
        private final Map<Integer, TreeMap<List<String>, Cell>> levels;
        private final TreeMap<List<String>, Cell> own;
        private final int enough;
        /** For each dimension, and for the value it lies in, the values that were seen. */
        private final Map<List<String>, TreeSet<String>> seen = new HashMap<>();

        private final List<Integer> dimensions = new ArrayList<>();

        Level(int mask, Map<Integer, TreeMap<List<String>, Cell>> levels, int enough) {
            this.mask = mask;
            this.levels = levels;
            this.own = levels.getOrDefault(mask, new TreeMap<>(BY_KEY));
            this.enough = enough;
            for (int i = 0; i < within.length; i++) {
                if ((mask & 1 << i) != 0 && possible(mask & ~(1 << i))) {
                    dimensions.add(i);
                }
            }
            for (List<String> key : own.keySet()) {
                for (int dimension : dimensions) {
                    values(key, dimension).add(key.get(dimension));
                }
            }
        }

        /** The values of the dimension that lie where the key lies. */
        private TreeSet<String> values(List<String> key, int dimension) {
            String outer = within[dimension] < 0 ? ALL : key.get(within[dimension]);
            return seen.computeIfAbsent(List.of(Integer.toString(dimension), outer), absent -> new TreeSet<>());
        }

        void protect() {
            if (dimensions.isEmpty()) {
                return;
            }
            do {
                while (fillLines()) {
                    // What one line hides may leave another one open.
                }
            } while (hideWhatKeepsOpen());
        }

        /** Hides in every line what it lacks; true when something was hidden. */
        private boolean fillLines() {
            boolean changed = false;
            for (int dimension : dimensions) {
                for (Map.Entry<List<String>, List<List<String>>> line :
                        lines(mask, dimension).entrySet()) {
                    changed |= fill(line.getKey(), line.getValue(), dimension);
                }
            }
            return changed;
        }

        private boolean fill(List<String> totalKey, List<List<String>> members, int dimension) {
            Cell total = cells.get(totalKey);
            boolean totalHidden = total != null && total.hidden;
            int hidden = 0;
            int referrals = 0;
            for (List<String> member : members) {
                Cell cell = own.get(member);
                if (cell != null && cell.hidden) {
                    hidden++;
                    referrals += cell.referrals;
                }
            }
            boolean enoughHidden = totalHidden ? hidden > 0 : hidden == 0 || hidden > 1 && referrals >= enough;
            if (enoughHidden || hideOneMore(totalKey, members, dimension)) {
                return !enoughHidden;
            }
            if (totalHidden ? sensitive(totalKey) : members.stream().anyMatch(this::sensitive)) {
                throw new TooFineException();
            }
            return false;
        }

        /** True when few stand behind it, and not merely something else would follow from it. */
        private boolean sensitive(List<String> key) {
            Cell cell = cells.get(key);
            return cell != null && cell.referrals > 0 && cell.referrals < enough;
        }

        /** All lines along the dimension, by the key of their total; also those in which nothing but the total is hidden. */
        private Map<List<String>, List<List<String>>> lines(int level, int dimension) {
            Map<List<String>, List<List<String>>> lines = new TreeMap<>(BY_KEY);
            levels.getOrDefault(level, new TreeMap<>(BY_KEY)).keySet().forEach(key -> lines.computeIfAbsent(
                            with(key, dimension, ALL), total -> new ArrayList<>())
                    .add(key));
            levels.getOrDefault(level & ~(1 << dimension), new TreeMap<>(BY_KEY))
                    .forEach((key, cell) -> {
                        if (cell.hidden) {
                            lines.computeIfAbsent(key, total -> new ArrayList<>());
                        }
                    });
            return lines;
        }

        /** Hides the smallest cell of the line that can be hidden, or an empty one; false when there is none. */
        private boolean hideOneMore(List<String> totalKey, List<List<String>> members, int dimension) {
            List<String> chosen = smallest(members);
            for (String value : values(totalKey, dimension)) {
                List<String> empty = with(totalKey, dimension, value);
                if (chosen == null && shown(empty) && !known(empty)) {
                    chosen = empty;
                }
            }
            if (chosen == null) {
                return false;
            }
            hideCell(chosen);
            return true;
        }

        private boolean shown(List<String> key) {
            Cell cell = own.get(key);
            return cell == null || !cell.hidden;
        }

        private @Nullable List<String> smallest(Collection<List<String>> members) {
            return members.stream()
                    .filter(key -> {
                        Cell cell = own.get(key);
                        return cell != null && !cell.hidden && cell.referrals > 0 && !known(key);
                    })
                    .min(Comparator.<List<String>>comparingInt(key -> cells.getOrDefault(key, new Cell()).referrals)
                            .thenComparing(BY_KEY))
                    .orElse(null);
        }

        /**
         * True when its value is known from a total that is shown, so that hiding it hides nothing: the total is nothing, or
         * everything else that it is the total of is known to be nothing.
         */
        private boolean known(List<String> key) {
            if (isNothing(key)) {
                return true;
            }
            for (int dimension : dimensions) {
                Cell total = cells.get(with(key, dimension, ALL));
                if (total != null && total.hidden) {
                    continue;
                }
                int line = dimension;
                if (values(key, dimension).stream()
                        .allMatch(value -> value.equals(key.get(line)) || isNothing(with(key, line, value)))) {
                    return true;
                }
            }
            return false;
        }

        /** True when a total that is shown says that there is nothing in it. */
        private boolean isNothing(List<String> key) {
            return dimensions.stream().anyMatch(dimension -> {
                Cell total = cells.get(with(key, dimension, ALL));
                return total == null || !total.hidden && total.referrals == 0;
            });
        }

        private void hideCell(List<String> key) {
            Cell cell = cells.computeIfAbsent(key, absent -> new Cell());
            cell.hidden = true;
            own.put(key, cell);
        }

        /** Asks the system of all sums; true when something followed from it and more was hidden. */
        private boolean hideWhatKeepsOpen() {
            Map<List<String>, Integer> unknowns = new HashMap<>();
            List<List<String>> keys = new ArrayList<>();
            for (Map.Entry<Integer, TreeMap<List<String>, Cell>> level : levels.entrySet()) {
                if ((level.getKey() & mask) == level.getKey()) {
                    level.getValue().forEach((key, cell) -> {
                        if (cell.hidden) {
                            unknowns.put(key, keys.size());
                            keys.add(key);
                        }
                    });
                }
            }
            if (keys.size() > MOST_HIDDEN) {
                throw new TooFineException();
            }
            BitSet determined = equations(unknowns).determined();
            boolean changed = false;
            Set<List<String>> helped = new HashSet<>();
            for (int i = determined.nextSetBit(0); i >= 0; i = determined.nextSetBit(i + 1)) {
                List<String> found = keys.get(i);
                // One more cell of a line may keep several open; the system is asked again after it.
                if (sensitive(found) && helped.add(with(found, dimensions.get(0), ALL))) {
                    keepOpen(found);
                    changed = true;
                }
            }
            return changed;
        }

        private Equations equations(Map<List<String>, Integer> unknowns) {
            Equations equations = new Equations();
            for (int level : levels.keySet()) {
                if ((level & mask) != level) {
                    continue;
                }
                for (int dimension = 0; dimension < within.length; dimension++) {
                    if ((level & 1 << dimension) == 0 || !possible(level & ~(1 << dimension))) {
                        continue;
                    }
                    for (Map.Entry<List<String>, List<List<String>>> line :
                            lines(level, dimension).entrySet()) {
                        List<Integer> summands = line.getValue().stream()
                                .filter(unknowns::containsKey)
                                .map(unknowns::get)
                                .toList();
                        equations.add(summands, unknowns.getOrDefault(line.getKey(), -1));
                    }
                }
            }
            return equations;
        }

        /** Hides the smallest cell that shares a line with the one that would follow, or that is a part of it. */
        private void keepOpen(List<String> found) {
            Set<List<String>> near = new TreeSet<>(BY_KEY);
            if (mask(found) == mask) {
                for (int dimension : dimensions) {
                    values(found, dimension).forEach(value -> near.add(with(found, dimension, value)));
                }
            } else {
                own.keySet().stream()
                        .filter(key -> total(key, mask(found)).equals(found))
                        .forEach(near::add);
            }
            List<String> chosen = smallest(near);
            if (chosen == null) {
                chosen = near.stream()
                        .filter(key -> shown(key) && !known(key))
                        .findFirst()
                        .orElseThrow(TooFineException::new);
            }
            hideCell(chosen);
        }
    }
}
