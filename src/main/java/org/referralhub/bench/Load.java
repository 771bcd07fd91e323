package org.referralhub.bench;

import com.sun.management.OperatingSystemMXBean;
import jakarta.jms.JMSException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.referralhub.broker.Broker;

/**
 * Sends referrals through a course from several threads at once, and measures.
 *
 * @param senders connections that send at the same time
 * @param inFlight referrals under way at most; without a bound the figures would show the length of the queue
 */
record Load(int senders, int inFlight) {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final long LOOK_NANOS = 1_000_000;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /**
     * @param listener where the course's readers report to; holds this run's arrivals while it lasts
     * @throws BenchException when a referral gets lost, arrives twice or can't be sent
     */
    Figures drive(Course course, List<Sending> referrals, CurrentRun listener, IntConsumer progress)
            throws InterruptedException {
        Arrivals arrivals = new Arrivals(referrals, course::expected, inFlight, progress);
        listener.begins(arrivals);
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(senders);
        try {
            long cpu = SYSTEM.getProcessCpuTime();
            long ledger = used(course.ledgerThreads());
            long compiler = COMPILER.getTotalCompilationTime();
            long start = System.nanoTime();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                running.add(threads.submit(() -> {
                    send(course, referrals, arrivals, next);
                    return null;
                }));
            }
            for (Future<?> sender : running) {
                sender.get();
            }
            boolean complete = arrivals.await(PATIENCE) && settled(course.broker(), start + PATIENCE.toNanos());
            long wall = System.nanoTime() - start;
            long used = SYSTEM.getProcessCpuTime() - cpu;
            long ledgerUsed = used(course.ledgerThreads()) - ledger;
            long compiled = TimeUnit.MILLISECONDS.toNanos(COMPILER.getTotalCompilationTime() - compiler);
            if (!complete || arrivals.surplus() > 0) {
                throw new BenchException("%s: %d of %d referrals did not arrive whole, %d messages too many"
                        .formatted(course.title(), arrivals.incomplete(), referrals.size(), arrivals.surplus()));
            }
            return Figures.of(arrivals.nanos(), wall, used, ledgerUsed, compiled);
        } catch (ExecutionException e) {
            throw new BenchException(course.title() + ": a sender failed", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    /** Processor time so far of the threads whose names begin like this, in nanoseconds. */
    private static long used(String threads) {
        long used = 0;
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith(threads)) {
                used += Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return used;
    }

    /** What is still under way behind the last arrival, notices for the ledger above all, is work of this run too. */
    private static boolean settled(Broker broker, long until) {
        while (System.nanoTime() < until) {
            boolean empty = broker.depths().values().stream().allMatch(depth -> depth == 0);
            if (empty) {
                return true;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return false;
    }

    private static void send(Course course, List<Sending> referrals, Arrivals arrivals, AtomicInteger next)
            throws JMSException, InterruptedException {
        try (Course.Door door = course.door()) {
            for (int place = next.getAndIncrement(); place < referrals.size(); place = next.getAndIncrement()) {
                arrivals.leaving(place);
                door.send(referrals.get(place));
            }
        }
    }
}
