package org.referralhub.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.referralhub.agency.Agency;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Readers of an empty inbox who wait for a message. None of them holds a servlet thread: two threads look at the inboxes of
 * all, and only at those that hold something.
 */
final class WaitingReaders implements AutoCloseable {
    private static final int MOST_FOR_ONE_AGENCY = 8;

    private final Inboxes inboxes;
    private final ToLongFunction<String> depth;
    private final Duration lookEvery;
    private final Map<String, AtomicInteger> waiting = new ConcurrentHashMap<>();
    private final ScheduledExecutorService lookouts = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "inbox-lookout");
        thread.setDaemon(true);
        return thread;
    });

    /** @param depth number of messages in a queue */
    WaitingReaders(Inboxes inboxes, ToLongFunction<String> depth, Duration lookEvery) {
        this.inboxes = inboxes;
        this.depth = depth;
        this.lookEvery = lookEvery;
    }

    /** What is in the inbox now, or as soon as something comes, or nothing when the time is over. */
    DeferredResult<List<InboxMessage>> read(Agency agency, int most, Duration wait) {
        DeferredResult<List<InboxMessage>> answer = new DeferredResult<>(wait.toMillis() + 5_000, List.of());
        List<InboxMessage> now = inboxes.look(agency, most);
        if (!now.isEmpty() || wait.isZero()) {
            answer.setResult(now);
            return answer;
        }
        AtomicInteger readers = waiting.computeIfAbsent(agency.id(), id -> new AtomicInteger());
        if (readers.incrementAndGet() > MOST_FOR_ONE_AGENCY) {
            readers.decrementAndGet();
            throw ProblemException.retry(
                    Problem.TOO_MANY_REQUESTS,
                    "An agency may have %d readers waiting.".formatted(MOST_FOR_ONE_AGENCY),
                    1,
                    null);
        }
        long until = System.nanoTime() + wait.toNanos();
        ScheduledFuture<?> look = lookouts.scheduleWithFixedDelay(
                () -> look(agency, most, until, answer),
                lookEvery.toMillis(),
                lookEvery.toMillis(),
                TimeUnit.MILLISECONDS);
        answer.onCompletion(() -> {
            look.cancel(false);
            readers.decrementAndGet();
        });
        return answer;
    }

    private void look(Agency agency, int most, long until, DeferredResult<List<InboxMessage>> answer) {
        try {
            List<InboxMessage> now = depth.applyAsLong(agency.inbox()) > 0 ? inboxes.look(agency, most) : List.of();
            if (!now.isEmpty() || System.nanoTime() >= until) {
                answer.setResult(now);
            }
        } catch (RuntimeException failure) {
            answer.setErrorResult(failure);
        }
    }

    @Override
    public void close() {
        lookouts.shutdownNow();
    }
}
