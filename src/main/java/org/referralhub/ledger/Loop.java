package org.referralhub.ledger;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread of its own for work that goes on from a start to a stop. May be started again. Work that dies of an error ends the
 * process: a hub without its ledger or its clocks takes messages in and looks alive, but nothing comes of them.
 */
public final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    /** As when the broker is lost: whoever watches the process starts it again. */
    private static final int EXIT_STATUS = 70;

    private final String name;
    private final Duration patience;
    private final Runnable work;
    private final Consumer<Throwable> fatal;
    private volatile CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    /**
     * A loop that does not run yet.
     *
     * @param name of the thread
     * @param patience how long a stop waits for the work to end
     * @param work ends soon after {@link #isStopped} is true
     */
    public Loop(String name, Duration patience, Runnable work) {
        this(name, patience, work, Loop::halt);
    }

    Loop(String name, Duration patience, Runnable work, Consumer<Throwable> fatal) {
        this.name = name;
        this.patience = patience;
        this.work = work;
        this.fatal = fatal;
    }

    /** Its class only: what it says may quote a message. */
    private static void halt(Throwable error) {
        LOG.error(
                "ending the process, because {} died of {}",
                Thread.currentThread().getName(),
                error.getClass().getName());
        // Not exit(): shutdown hooks may wait for this very thread. What was accepted is on the disk.
        Runtime.getRuntime().halt(EXIT_STATUS);
    }

    private void run() {
        try {
            work.run();
        } catch (Throwable error) {
            fatal.accept(error);
        }
    }

    /** Begins; harmless when it has begun. */
    public synchronized void start() {
        if (thread == null) {
            stopped = new CountDownLatch(1);
            Thread started = new Thread(this::run, name);
            thread = started;
            started.start();
        }
    }

    /** Asks the work to end and waits for that. */
    public synchronized void stop() {
        Thread running = thread;
        stopped.countDown();
        if (running != null) {
            try {
                running.join(patience.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        thread = null;
    }

    /** True between a start and a stop. */
    public boolean isRunning() {
        return thread != null;
    }

    /** True when the work should end. */
    public boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /**
     * Lets the work pause; a stop ends the pause.
     *
     * @return whether to go on
     */
    public boolean pause(Duration pause) {
        try {
            return !stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopped.countDown();
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
