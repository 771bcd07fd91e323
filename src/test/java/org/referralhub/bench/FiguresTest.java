package org.referralhub.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void percentiles_are_by_rank_and_cpu_is_for_each_referral() {
        long[] nanos = LongStream.rangeClosed(1, 200).map(n -> n * 1_000_000).toArray();
        Figures figures = Figures.of(nanos, 2_000_000_000L, 400_000_000L, 100_000_000L, 20_000_000L);
        assertThat(figures).isEqualTo(new Figures(100, 100, 190, 198, 2000, 500, 100));
    }

    @Test
    void the_median_round_is_one_whole_round() {
        Figures slow = new Figures(10, 9, 9, 9, 9, 9, 9);
        Figures middle = new Figures(20, 5, 5, 5, 5, 5, 5);
        Figures fast = new Figures(30, 1, 1, 1, 1, 1, 1);
        assertThat(Figures.median(List.of(fast, slow, middle))).isEqualTo(middle);
    }

    @Test
    void a_course_is_warm_once_the_compiler_takes_next_to_nothing() {
        assertThat(new Figures(100, 1, 1, 1, 2000, 500, 59).warm()).isTrue();
        assertThat(new Figures(100, 1, 1, 1, 2000, 500, 60).warm()).isFalse();
    }
}
