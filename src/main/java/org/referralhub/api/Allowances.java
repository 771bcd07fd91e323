package org.referralhub.api;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A bucket of tokens for each key, for as many keys as were used lately. The number of keys is bounded, so that nobody can
 * fill the memory by inventing user names; the one unused for longest goes first, and a full bucket is what it would have
 * been again.
 */
final class Allowances {
    private static final int MOST_KEYS = 20_000;

    private final Supplier<Bucket> fresh;

    private final Map<String, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MOST_KEYS;
        }
    };

    /**
     * Buckets that hold so many tokens and get {@code tokens} back in each {@code period}.
     *
     * @param capacity tokens in a full bucket
     */
    Allowances(long capacity, long tokens, Duration period) {
        this.fresh = () -> Bucket.builder()
                .addLimit(limit -> limit.capacity(capacity).refillGreedy(tokens, period))
                .build();
    }

    Bucket of(String key) {
        synchronized (buckets) {
            return buckets.computeIfAbsent(key, ignored -> fresh.get());
        }
    }
}
