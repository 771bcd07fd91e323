package org.referralhub.counts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CubeTest {
    private static final int ENOUGH = 5;
    private static final int[] FLAT = {-1, -1};

    private static void count(Cube cube, int times, long first, String... key) {
        for (int i = 0; i < times; i++) {
            cube.add(List.of(key), first + i, false, -1);
        }
    }

    private static Set<String> hidden(Cube cube) {
        Set<String> hidden = new TreeSet<>();
        cube.keys().forEach(key -> {
            if (cube.cell(key).hidden()) {
                hidden.add(String.join("/", key));
            }
        });
        return hidden;
    }

    @Test
    void aSmallFigureIsHiddenAndSoIsTheSmallestThatItWouldFollowFrom() {
        Cube cube = new Cube(new int[] {-1}, -1);
        count(cube, 3, 0, "65");
        count(cube, 9, 100, "11");
        count(cube, 7, 200, "62");

        cube.hide(ENOUGH);

        assertThat(hidden(cube)).containsExactly("62", "65");
        assertThat(cube.cell(List.of(Cube.ALL)).count()).isEqualTo(19);
        assertThat(cube.cell(List.of("11")).hidden()).isFalse();
    }

    @Test
    void fewReferralsAreFewHoweverManyAgenciesWereAskedForEach() {
        Cube cube = new Cube(new int[] {-1}, -1);
        for (int agency = 0; agency < 8; agency++) {
            cube.add(List.of("65"), 1, false, -1);
        }
        count(cube, 6, 10, "11");
        count(cube, 6, 20, "62");

        cube.hide(ENOUGH);

        assertThat(cube.cell(List.of("65")).count()).isEqualTo(8);
        assertThat(cube.cell(List.of("65")).hidden()).isTrue();
    }

    @Test
    void whenNothingElseIsThereAnEmptyFigureIsHiddenToo() {
        Cube cube = new Cube(FLAT, -1);
        count(cube, 3, 0, "11", "2026-10");
        count(cube, 20, 10, "11", "2026-11");
        count(cube, 7, 40, "65", "2026-10");

        cube.hide(ENOUGH);

        // The aimag had all of its seven in October: it would be known if November's nought were shown.
        assertThat(hidden(cube)).containsExactly("11/2026-10", "11/2026-11", "65/2026-10", "65/2026-11");
        assertSafe(cube, FLAT);
    }

    @Test
    void aTotalThatIsTooSmallIsHiddenAndTheWholeTableWithIt() {
        Cube cube = new Cube(FLAT, -1);
        count(cube, 2, 0, "11", "2026-10");
        count(cube, 2, 10, "65", "2026-10");

        cube.hide(ENOUGH);

        assertThat(hidden(cube)).contains("*/*", "11/2026-10", "65/2026-10", "11/*", "65/*", "*/2026-10");
    }

    @Test
    void soumsAddUpWithinTheirAimagOnly() {
        int[] soums = {-1, 0};
        Cube cube = new Cube(soums, -1);
        count(cube, 3, 0, "65", "6501");
        count(cube, 9, 10, "65", "6504");
        count(cube, 6, 30, "65", "6507");
        count(cube, 6, 50, "11", "1101");

        cube.hide(ENOUGH);

        assertThat(hidden(cube)).containsExactly("65/6501", "65/6507");
        assertSafe(cube, soums);
    }

    @Test
    void aReferralWithTwoConcernsCountsOnceInTotal() {
        Cube cube = new Cube(FLAT, 1);
        cube.add(List.of("11", "NEGLECT"), 1, false, -1);
        cube.add(List.of("11", "STREET_CHILD"), 1, true, -1);

        assertThat(cube.cell(List.of("11", "NEGLECT")).count()).isEqualTo(1);
        assertThat(cube.cell(List.of("11", "STREET_CHILD")).count()).isEqualTo(1);
        assertThat(cube.cell(List.of("*", "STREET_CHILD")).count()).isEqualTo(1);
        assertThat(cube.cell(List.of("11", "*")).count()).isEqualTo(1);
        assertThat(cube.cell(List.of("*", "*")).count()).isEqualTo(1);
    }

    @Test
    void percentilesAreTimesThatOccurred() {
        Cube cube = new Cube(new int[] {-1}, -1);
        for (int seconds = 1; seconds <= 10; seconds++) {
            cube.add(List.of("11"), seconds, false, seconds * 60);
        }
        cube.add(List.of("11"), 11, false, -1);

        assertThat(cube.cell(List.of("11")).percentile(0.5)).isEqualTo(300);
        assertThat(cube.cell(List.of("*")).percentile(0.9)).isEqualTo(540);
    }

    record Shape(int seed, int[] sizes, int[] within, int most) {
        @Override
        public String toString() {
            return "seed " + seed + " " + java.util.Arrays.toString(sizes);
        }
    }

    static List<Shape> shapes() {
        return IntStream.range(0, 40)
                .boxed()
                .flatMap(seed -> List.of(
                        new Shape(seed, new int[] {6, 5}, FLAT, 12),
                        new Shape(seed, new int[] {9, 8}, FLAT, 25),
                        new Shape(seed, new int[] {3, 3, 3}, new int[] {-1, -1, -1}, 14),
                        new Shape(seed, new int[] {2, 4, 4}, new int[] {-1, 0, -1}, 14))
                        .stream())
                .toList();
    }

    /** The attacker has the table, all its totals, and knows that what is not listed is nothing. */
    @ParameterizedTest
    @Timeout(20)
    @MethodSource("shapes")
    void nothingThatIsHiddenFollowsFromWhatIsShown(Shape shape) {
        Random random = new Random(shape.seed());
        Cube cube = new Cube(shape.within(), -1);
        Map<Integer, Cube> alone = new HashMap<>();
        for (int dimension = 0; dimension < shape.sizes().length; dimension++) {
            if (shape.within()[dimension] < 0) {
                alone.put(dimension, new Cube(new int[] {-1}, -1));
            }
        }
        long referral = 0;
        for (List<String> key : keys(shape)) {
            // Many empty, many small, some large.
            int times = random.nextInt(3) == 0 ? 0 : random.nextInt(2 + random.nextInt(shape.most()));
            for (int i = 0; i < times; i++) {
                referral++;
                cube.add(key, referral, false, -1);
                for (Map.Entry<Integer, Cube> one : alone.entrySet()) {
                    one.getValue().add(List.of(key.get(one.getKey())), referral, false, -1);
                }
            }
        }
        try {
            cube.hide(ENOUGH);
        } catch (TooFineException e) {
            // Refusing is safe. Two ways of telling apart must not come to that.
            assertThat(shape.within()).hasSize(3);
            return;
        }

        assertSafe(cube, shape.within());
        // Asked for by one dimension alone, the same figures are hidden: two tables don't add up to more than one.
        alone.forEach((dimension, single) -> {
            single.hide(ENOUGH);
            for (List<String> key : single.keys()) {
                List<String> whole = new ArrayList<>(java.util.Collections.nCopies(shape.sizes().length, Cube.ALL));
                whole.set(dimension, key.get(0));
                assertThat(cube.cell(whole) != null && cube.cell(whole).hidden())
                        .as("%s in both tables", whole)
                        .isEqualTo(single.cell(key).hidden());
            }
        });
    }

    private static List<List<String>> keys(Shape shape) {
        List<List<String>> keys = List.of(List.of());
        for (int dimension = 0; dimension < shape.sizes().length; dimension++) {
            List<List<String>> longer = new ArrayList<>();
            for (List<String> key : keys) {
                for (int value = 0; value < shape.sizes()[dimension]; value++) {
                    List<String> next = new ArrayList<>(key);
                    int outer = shape.within()[dimension];
                    next.add((outer < 0 ? "v" : key.get(outer)) + value);
                    longer.add(next);
                }
            }
            keys = longer;
        }
        return keys;
    }

    private static void assertSafe(Cube cube, int[] within) {
        Map<String, Integer> unknowns = new TreeMap<>();
        cube.keys().forEach(key -> {
            if (cube.cell(key).hidden()) {
                unknowns.put(String.join("/", key), unknowns.size());
            }
        });
        cube.keys().forEach(key -> {
            long count = cube.cell(key).count();
            if (count > 0 && count < ENOUGH) {
                assertThat(cube.cell(key).hidden()).as("%s is small", key).isTrue();
            }
        });
        List<BigInteger[]> equations = new ArrayList<>();
        Set<String> done = new HashSet<>();
        for (List<String> key : cube.keys()) {
            for (int dimension = 0; dimension < key.size(); dimension++) {
                int inner = dimension;
                boolean rolls = !key.get(dimension).equals(Cube.ALL)
                        && IntStream.range(0, key.size())
                                .noneMatch(other -> within[other] == inner
                                        && !key.get(other).equals(Cube.ALL));
                if (!rolls) {
                    continue;
                }
                List<String> total = new ArrayList<>(key);
                total.set(dimension, Cube.ALL);
                if (!done.add(dimension + "=" + total)) {
                    continue;
                }
                BigInteger[] equation = new BigInteger[unknowns.size()];
                java.util.Arrays.fill(equation, BigInteger.ZERO);
                long hiddenSum = 0;
                int hiddenCells = 0;
                for (List<String> member : cube.keys()) {
                    List<String> rolled = new ArrayList<>(member);
                    rolled.set(dimension, Cube.ALL);
                    if (rolled.equals(total)
                            && !member.get(dimension).equals(Cube.ALL)
                            && cube.cell(member).hidden()) {
                        equation[unknowns.get(String.join("/", member))] = BigInteger.ONE;
                        hiddenSum += cube.cell(member).count();
                        hiddenCells++;
                    }
                }
                Integer sum = unknowns.get(String.join("/", total));
                if (sum != null) {
                    equation[sum] = BigInteger.ONE.negate();
                } else if (hiddenCells > 0) {
                    assertThat(hiddenSum)
                            .as("what is hidden along %d of %s together", dimension, total)
                            .isGreaterThanOrEqualTo(ENOUGH);
                }
                equations.add(equation);
            }
        }
        assertThat(solved(equations, unknowns))
                .filteredOn(name -> {
                    long count = cube.cell(List.of(name.split("/"))).count();
                    return count > 0 && count < ENOUGH;
                })
                .as("follow from what is shown")
                .isEmpty();
    }

    /** Exact elimination; the unknowns that stand alone in an equation at the end. */
    private static List<String> solved(List<BigInteger[]> rows, Map<String, Integer> unknowns) {
        int rank = 0;
        for (int column = 0; column < unknowns.size() && rank < rows.size(); column++) {
            int pivot = rank;
            while (pivot < rows.size() && rows.get(pivot)[column].signum() == 0) {
                pivot++;
            }
            if (pivot == rows.size()) {
                continue;
            }
            java.util.Collections.swap(rows, rank, pivot);
            for (int row = 0; row < rows.size(); row++) {
                if (row != rank && rows.get(row)[column].signum() != 0) {
                    BigInteger mine = rows.get(rank)[column];
                    BigInteger other = rows.get(row)[column];
                    BigInteger divisor = mine.gcd(other);
                    for (int i = 0; i < unknowns.size(); i++) {
                        rows.get(row)[i] = rows.get(row)[i]
                                .multiply(mine.divide(divisor))
                                .subtract(rows.get(rank)[i].multiply(other.divide(divisor)));
                    }
                }
            }
            rank++;
        }
        List<String> names = unknowns.entrySet().stream()
                .sorted(Comparator.comparingInt(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .toList();
        List<String> solved = new ArrayList<>();
        // What is hidden for the sake of others may follow; what few stand behind may not.
        for (BigInteger[] row : rows) {
            int[] left = IntStream.range(0, row.length)
                    .filter(i -> row[i].signum() != 0)
                    .toArray();
            if (left.length == 1) {
                solved.add(names.get(left[0]));
            }
        }
        return solved;
    }

    /** Seven were asked and seven accepted, so seven must have acknowledged: then two of the other place have. */
    @Test
    void whatIsTheLeastThatAHiddenFigureCanBeIsHiddenToo() {
        Cube acknowledged = new Cube(new int[] {-1}, -1);
        count(acknowledged, 7, 0, "X");
        count(acknowledged, 2, 100, "Y");
        Cube accepted = new Cube(new int[] {-1}, -1);
        count(accepted, 7, 0, "X");
        Cube rejected = new Cube(new int[] {-1, -1}, -1);
        count(rejected, 6, 0, "X", "OTHER");
        acknowledged.hide(5);
        accepted.hide(5);
        rejected.hide(5);
        assertThat(acknowledged.cell(List.of("X")).hidden()).isTrue();
        assertThat(accepted.cell(List.of("X")).hidden()).isFalse();

        accepted.hideBelow(acknowledged, 1);
        rejected.hideBelow(acknowledged, 1);

        assertThat(accepted.cell(List.of("X")).hidden()).isTrue();
        assertThat(accepted.cell(List.of("Y")).hidden())
                .as("a nought that would tell as much")
                .isTrue();
        assertThat(accepted.cell(List.of(Cube.ALL)).hidden()).isFalse();
        assertThat(rejected.cell(List.of("X", "OTHER")).hidden()).isTrue();
        assertThat(rejected.cell(List.of("X", Cube.ALL)).hidden()).isTrue();
        assertThat(rejected.cell(List.of(Cube.ALL, "OTHER")).hidden()).isFalse();
    }

    @Test
    void aTableThatNobodyCouldReadIsNotGathered() {
        Cube cube = new Cube(new int[] {-1}, -1);
        assertThatThrownBy(() -> {
                    for (int i = 0; i <= Cube.MOST_CELLS; i++) {
                        cube.add(List.of("value-" + i), i, false, -1);
                    }
                })
                .isInstanceOf(TooFineException.class);
    }
}
