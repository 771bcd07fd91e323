package org.referralhub.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.junit.jupiter.api.function.Executable;

/** Bounds on work by what it costs the processor, since the clock on the wall also counts the neighbours of a busy machine. */
public final class CpuTime {
    /** After this long something hangs, however busy the machine is. */
    private static final Duration HANGS = Duration.ofSeconds(120);

    private CpuTime() {}

    /**
     * Fails when the work takes this thread more processor time than that; ends it when it hangs.
     *
     * @return what it took
     */
    public static Duration assertWithin(Duration bound, String what, Executable work) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Duration spent = assertTimeoutPreemptively(
                HANGS,
                () -> {
                    long before = threads.getCurrentThreadCpuTime();
                    work.execute();
                    return Duration.ofNanos(threads.getCurrentThreadCpuTime() - before);
                },
                what);
        assertThat(spent).as(what).isLessThan(bound);
        return spent;
    }
}
