package org.referralhub.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on the terminal's error stream for what takes a while; none where nobody looks. */
final class Progress implements AutoCloseable {
    private final @Nullable ProgressBar bar;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /**
     * Draws a bar, when there is a terminal.
     *
     * @param quiet whether a program reads the answer
     */
    static Progress of(String task, long most, boolean quiet) {
        return new Progress(
                quiet || System.console() == null
                        ? null
                        : new ProgressBarBuilder()
                                .setTaskName(task)
                                .setInitialMax(most)
                                .setStyle(ProgressBarStyle.ASCII)
                                .build());
    }

    /** So many are done. */
    void to(long done) {
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    /** Waits before the hub is asked again; true, so that it can stand in a condition. */
    static boolean pause(Duration pause) throws InterruptedException {
        // Nobody counts it down: a wait that a test or a terminal can interrupt.
        return !new CountDownLatch(1).await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
