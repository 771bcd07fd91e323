package org.referralhub.ledger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What the ledger tells of itself: counts and times, nothing of any message. */
final class LedgerMeters {
    private final DistributionSummary size;
    private final Timer time;
    private final Counter accepted;
    private final Counter refused;
    private final Counter duplicate;

    LedgerMeters(MeterRegistry registry) {
        size = DistributionSummary.builder("hub.ledger.batch.size")
                .description("Messages in one batch of the ledger")
                .register(registry);
        time = Timer.builder("hub.ledger.batch")
                .description("Time for one batch in the ledger's database")
                .register(registry);
        accepted = counter(registry, "accepted");
        refused = counter(registry, "refused");
        duplicate = counter(registry, "duplicate");
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return Counter.builder("hub.ledger.messages")
                .description("Messages from agencies, by what became of them")
                .tag("result", result)
                .register(registry);
    }

    void batch(int inputs, Batch.Tally tally, Duration duration) {
        size.record(inputs);
        time.record(duration);
        accepted.increment(tally.accepted);
        refused.increment(tally.refused);
        duplicate.increment(tally.duplicates);
    }

    /** Shows the books: open letters, and 1 while they balance. */
    static void books(MeterRegistry registry, Books books) {
        Supplier<Books.BooksView> recent = new Recent(books);
        Gauge.builder("hub.books.balanced", recent, view -> view.get().balanced() ? 1 : 0)
                .description("1 while everything that was accepted is accounted for")
                .strongReference(true)
                .register(registry);
        deliveries(registry, "delivered", recent, Books.Account::delivered);
        deliveries(registry, "waiting", recent, Books.Account::waiting);
        deliveries(registry, "desk", recent, Books.Account::desk);
        deliveries(registry, "withdrawn", recent, Books.Account::withdrawn);
        Gauge.builder("hub.books.owed", recent, view -> view.get().total().owed())
                .description("Deliveries that ever became owed to agencies")
                .strongReference(true)
                .register(registry);
        Gauge.builder("hub.letters.open", recent, view -> view.get().openLetters())
                .description("Dead letters that wait for an operator")
                .strongReference(true)
                .register(registry);
    }

    private static void deliveries(
            MeterRegistry registry,
            String state,
            Supplier<Books.BooksView> recent,
            ToDoubleFunction<Books.Account> count) {
        Gauge.builder(
                        "hub.books.deliveries",
                        recent,
                        view -> count.applyAsDouble(view.get().total()))
                .description("Where what is owed to agencies is; the sum is hub.books.owed")
                .tag("state", state)
                .strongReference(true)
                .register(registry);
    }

    /**
     * The books as they were at most some seconds ago, so that several gauges and scrapers cost one reading. A reading that
     * failed counts too: each gauge that asked again would wait for the database once more, and the scrape would get nothing.
     */
    private static final class Recent implements Supplier<Books.BooksView> {
        private static final long KEPT = Duration.ofSeconds(10).toNanos();

        private final Books books;
        private Books.@Nullable BooksView view;
        private @Nullable LedgerUnavailableException failure;
        private long readAt;

        Recent(Books books) {
            this.books = books;
        }

        @Override
        public synchronized Books.BooksView get() {
            boolean read = view != null || failure != null;
            if (!read || System.nanoTime() - readAt > KEPT) {
                view = null;
                failure = null;
                try {
                    view = books.books();
                } catch (LedgerUnavailableException e) {
                    failure = e;
                }
                readAt = System.nanoTime();
            }
            Books.BooksView known = view;
            if (known == null) {
                // The gauge shows no number then.
                throw Objects.requireNonNull(failure);
            }
            return known;
        }
    }
}
