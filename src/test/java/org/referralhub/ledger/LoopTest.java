package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LoopTest {
    private final AtomicInteger rounds = new AtomicInteger();
    private final AtomicInteger threads = new AtomicInteger();
    private final Loop loop = new Loop("test", Duration.ofSeconds(30), this::work);

    private void work() {
        threads.incrementAndGet();
        do {
            rounds.incrementAndGet();
        } while (loop.pause(Duration.ofHours(1)));
    }

    @Test
    @Timeout(30)
    void aStopEndsThePauseAndAStartBeginsAgain() {
        assertThat(loop.isRunning()).isFalse();
        loop.start();
        loop.start();
        await().until(() -> rounds.get() == 1);
        assertThat(loop.isRunning()).isTrue();

        loop.stop();
        loop.stop();
        assertThat(loop.isRunning()).isFalse();
        assertThat(loop.isStopped()).isTrue();

        loop.start();
        await().until(() -> rounds.get() == 2);
        loop.stop();
        assertThat(threads.get()).isEqualTo(2);
    }

    @Test
    @Timeout(30)
    void anInterruptEndsTheWork() {
        AtomicInteger went = new AtomicInteger();
        Loop interrupted = new Loop("test", Duration.ofSeconds(30), () -> {});
        interrupted.start();
        Thread.currentThread().interrupt();
        if (interrupted.pause(Duration.ofHours(1))) {
            went.incrementAndGet();
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(went.get()).isZero();
        assertThat(interrupted.isStopped()).isTrue();
    }

    @Test
    @Timeout(30)
    void anErrorThatEndsTheWorkEndsMoreThanItsThread() throws Exception {
        CompletableFuture<Throwable> fatal = new CompletableFuture<>();
        Loop dying = new Loop(
                "test",
                Duration.ofSeconds(30),
                () -> {
                    throw new StackOverflowError();
                },
                fatal::complete);
        dying.start();
        assertThat(fatal.get()).isInstanceOf(StackOverflowError.class);
    }
}
