package org.referralhub.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;

/** Knows of every referral of one run when it was sent and when its last message arrived. */
final class Arrivals {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final AtomicIntegerArray missing;
    private final long[] sentAt;
    private final long[] nanos;
    private final CountDownLatch open;
    private final Semaphore inFlight;
    private final AtomicInteger surplus = new AtomicInteger();
    private final IntConsumer whenDone;

    /**
     * @param expected messages that make a referral complete
     * @param inFlight referrals that may be under way at once; who sends faster waits
     * @param whenDone told the number of each referral that is complete
     */
    Arrivals(List<Sending> referrals, ToIntFunction<Sending> expected, int inFlight, IntConsumer whenDone) {
        this.missing = new AtomicIntegerArray(referrals.size());
        this.sentAt = new long[referrals.size()];
        this.nanos = new long[referrals.size()];
        this.open = new CountDownLatch(referrals.size());
        this.inFlight = new Semaphore(inFlight);
        this.whenDone = whenDone;
        for (int i = 0; i < referrals.size(); i++) {
            Sending referral = referrals.get(i);
            numbers.put(referral.referralId(), i);
            missing.set(i, expected.applyAsInt(referral));
        }
    }

    /** Called just before the referral at this place of the list is handed over; waits while too many are under way. */
    void leaving(int place) throws InterruptedException {
        inFlight.acquire();
        sentAt[place] = System.nanoTime();
    }

    /** One message of a referral is where it belongs. Messages of other runs are not counted. */
    void arrived(String referralId) {
        Integer place = numbers.get(referralId);
        if (place == null) {
            return;
        }
        int left = missing.decrementAndGet(place);
        if (left == 0) {
            nanos[place] = System.nanoTime() - sentAt[place];
            inFlight.release();
            whenDone.accept(place);
            open.countDown();
        } else if (left < 0) {
            surplus.incrementAndGet();
        }
    }

    /** Waits until every referral is complete; false when there is still one missing after so long without an end. */
    boolean await(Duration atMost) throws InterruptedException {
        return open.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Referrals that are not complete. */
    long incomplete() {
        return open.getCount();
    }

    /** Messages beyond what was expected: something was delivered twice. */
    int surplus() {
        return surplus.get();
    }

    /** Send to last arrival of each referral, in nanoseconds. */
    long[] nanos() {
        return nanos;
    }
}
