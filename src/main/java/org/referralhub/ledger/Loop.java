package org.referralhub.ledger;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A thread of its own for work that goes on from a start to a stop. May be started again. */
public final class Loop {
    private final String name;
    private final Duration patience;
    private final Runnable work;
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
        this.name = name;
        this.patience = patience;
        this.work = work;
    }

    /** Begins; harmless when it has begun. */
    public synchronized void start() {
        if (thread == null) {
            stopped = new CountDownLatch(1);
            Thread started = new Thread(work, name);
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
