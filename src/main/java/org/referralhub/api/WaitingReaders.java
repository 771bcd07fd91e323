package org.referralhub.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.referralhub.agency.Agency;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Readers of an empty inbox who wait for a message. None of them holds a servlet thread, and however many they are, the broker
 * is asked once for all: to one outside every question is a round trip. Only inboxes that hold something are looked at.
 */
final class WaitingReaders implements AutoCloseable {
    private static final int MOST_FOR_ONE_AGENCY = 8;
    private static final ThreadFactory DAEMONS = task -> {
        Thread thread = new Thread(task, "inbox-lookout");
        thread.setDaemon(true);
        return thread;
    };

    private final Inboxes inboxes;
    private final Supplier<Map<String, Long>> depths;
    private final Map<String, AtomicInteger> numbers = new ConcurrentHashMap<>();
    private final Set<Reader> waiting = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor(DAEMONS);
    private final ExecutorService looks = Executors.newFixedThreadPool(2, DAEMONS);

    /** @param until when the reader has waited long enough, as {@link System#nanoTime} tells it */
    private record Reader(Agency agency, int most, long until, DeferredResult<List<InboxMessage>> answer) {
        boolean isAnswered() {
            return answer.isSetOrExpired();
        }

        boolean isOver() {
            return System.nanoTime() - until >= 0;
        }
    }

    /** @param depths number of messages in every queue, by its name */
    WaitingReaders(Inboxes inboxes, Supplier<Map<String, Long>> depths, Duration lookEvery) {
        this.inboxes = inboxes;
        this.depths = depths;
        rounds.scheduleWithFixedDelay(this::round, lookEvery.toMillis(), lookEvery.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What is in the inbox now, or as soon as something comes, or nothing when the time is over. */
    DeferredResult<List<InboxMessage>> read(Agency agency, int most, Duration wait) {
        DeferredResult<List<InboxMessage>> answer = new DeferredResult<>(wait.toMillis() + 5_000, List.of());
        List<InboxMessage> now = inboxes.look(agency, most);
        if (!now.isEmpty() || wait.isZero()) {
            answer.setResult(now);
            return answer;
        }
        AtomicInteger readers = numbers.computeIfAbsent(agency.id(), id -> new AtomicInteger());
        if (readers.incrementAndGet() > MOST_FOR_ONE_AGENCY) {
            readers.decrementAndGet();
            throw ProblemException.retry(
                    Problem.TOO_MANY_REQUESTS,
                    "An agency may have %d readers waiting.".formatted(MOST_FOR_ONE_AGENCY),
                    1,
                    null);
        }
        Reader reader = new Reader(agency, most, System.nanoTime() + wait.toNanos(), answer);
        answer.onCompletion(() -> {
            waiting.remove(reader);
            readers.decrementAndGet();
        });
        waiting.add(reader);
        return answer;
    }

    private void round() {
        waiting.removeIf(Reader::isAnswered);
        if (waiting.isEmpty()) {
            return;
        }
        List<Reader> all = List.copyOf(waiting);
        try {
            Map<String, Long> now = depths.get();
            List<Callable<Void>> full = all.stream()
                    .filter(reader -> now.getOrDefault(reader.agency().inbox(), 0L) > 0)
                    .<Callable<Void>>map(reader -> () -> look(reader))
                    .toList();
            looks.invokeAll(full);
            all.stream().filter(Reader::isOver).forEach(reader -> reader.answer()
                    .setResult(List.of()));
        } catch (RuntimeException failure) {
            all.forEach(reader -> reader.answer().setErrorResult(failure));
        } catch (InterruptedException e) {
            // The hub stops.
            Thread.currentThread().interrupt();
        }
    }

    private Void look(Reader reader) {
        try {
            List<InboxMessage> now = inboxes.look(reader.agency(), reader.most());
            if (!now.isEmpty()) {
                reader.answer().setResult(now);
            }
        } catch (RuntimeException failure) {
            reader.answer().setErrorResult(failure);
        }
        return null;
    }

    @Override
    public void close() {
        rounds.shutdownNow();
        looks.shutdownNow();
    }
}
