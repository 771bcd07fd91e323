package org.referralhub.deadletter;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.Foreseen.Outcome;
import org.referralhub.ledger.BusyException;
import org.referralhub.ledger.Foresight;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.LedgerUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries letters on today's routes, schemas, mappings, recipients and consent, one rehearsal after another in the background.
 * What came of it is kept in memory for an hour, on the node that was asked.
 */
public final class Rehearsals implements AutoCloseable {
    /** Letters of one rehearsal. */
    public static final int MOST = 20_000;
    /** How long the result of one that has ended is kept. */
    public static final Duration KEPT = Duration.ofHours(1);

    /** Rehearsals that are kept, those that wait among them: each may hold twenty thousand letters. */
    private static final int SLOTS = 8;

    /** Letters of a result that keep their findings and differences; of the rest their outcomes are kept. */
    public static final int IN_DETAIL = 500;

    private static final int CHUNK = 64;
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsals.class);
    private static final String SELECT =
            "select l.id, l.state, l.origin, l.sender, l.dialect, l.delivery_id, c.original,"
                    + " c.findings from letter l left join letter_content c on c.id = l.id where l.id in (?"
                    + ", ?".repeat(CHUNK - 1) + ")";
    private static final byte[] NOTHING = {};

    private final LedgerDatabase database;
    private final Supplier<Today> today;
    private final Clock clock;
    private final Map<String, Work> works = new LinkedHashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread made = new Thread(work, "rehearsal");
        made.setDaemon(true);
        return made;
    });

    public Rehearsals(LedgerDatabase database, Supplier<Today> today, Clock clock) {
        this.database = database;
        this.today = today;
        this.clock = clock;
    }

    /** More letters are meant than one rehearsal takes. */
    public static final class TooManyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyException() {
            super("more than " + MOST + " letters", null, false, false);
        }
    }

    /**
     * Begins a rehearsal; it goes on in the background.
     *
     * @param actor who asks
     * @throws TooManyException when more than {@value #MOST} letters are meant
     * @throws IllegalArgumentException when it is not clear which are meant
     * @throws BusyException while as many are kept and wait as may be
     * @throws LedgerUnavailableException when the database does not answer
     */
    public Rehearsal start(Selection selection, String actor) {
        List<String> listed = selection.letters();
        if (listed != null && listed.size() > MOST) {
            throw new TooManyException();
        }
        List<String> ids;
        try (Connection connection = database.readers().getConnection()) {
            ids = Selections.choose(connection::prepareStatement, selection, MOST).stream()
                    .map(Selections.Chosen::id)
                    .toList();
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
        if (ids.size() > MOST) {
            throw new TooManyException();
        }
        Work work = new Work(UUID.randomUUID().toString(), actor, ids, clock.instant());
        synchronized (works) {
            forget();
            // Who tries again has no need of what came out before.
            works.values().removeIf(kept -> kept.actor.equals(actor) && kept.isOver());
            if (works.size() >= SLOTS) {
                Optional<Work> oldest = works.values().stream()
                        .filter(kept -> kept.view().endedAt() != null)
                        .findFirst();
                works.remove(oldest.orElseThrow(BusyException::new).id);
            }
            works.put(work.id, work);
        }
        thread.execute(work::run);
        return work.view();
    }

    /** Where it stands; empty when there is none, or it has been forgotten. */
    public Optional<Rehearsal> find(String id) {
        return work(id).map(Work::view);
    }

    /** Every rehearsal that is kept, the latest first. */
    public List<Rehearsal> all() {
        synchronized (works) {
            forget();
            List<Rehearsal> all = new ArrayList<>();
            works.values().forEach(work -> all.add(0, work.view()));
            return all;
        }
    }

    /**
     * What was told of its letters, in the order of the desk.
     *
     * @param outcome only of these; null for all
     * @param after number of the last one of the page before; 0 for the first page
     * @param size the most of a page
     */
    public List<Foreseen> letters(String id, @Nullable Outcome outcome, int after, int size) {
        return work(id).map(work -> work.page(outcome, after, size)).orElse(List.of());
    }

    /**
     * Has it end before its time; harmless when it has ended.
     *
     * @return false when there is none
     */
    public boolean cancel(String id) {
        Optional<Work> work = work(id);
        work.ifPresent(Work::cancel);
        return work.isPresent();
    }

    private Optional<Work> work(String id) {
        synchronized (works) {
            forget();
            return Optional.ofNullable(works.get(id));
        }
    }

    private void forget() {
        Instant before = clock.instant().minus(KEPT);
        works.values().removeIf(work -> {
            Instant ended = work.view().endedAt();
            return ended != null && ended.isBefore(before);
        });
    }

    @Override
    public void close() {
        synchronized (works) {
            works.values().forEach(Work::cancel);
        }
        thread.shutdown();
        try {
            // It looks after each letter whether it should end.
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("A rehearsal has not ended in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One rehearsal. */
    private final class Work {
        private final String id;
        private final String actor;
        private final List<String> ids;
        private final Instant askedAt;
        private final List<Foreseen> foreseen = new ArrayList<>();
        private final Map<Reason, Integer> totals = new HashMap<>();
        private Rehearsal.State state = Rehearsal.State.WAITING;
        private @Nullable String version;
        private @Nullable Instant endedAt;

        /** What letters are counted by. */
        private record Reason(Outcome outcome, @Nullable String cause) {}

        Work(String id, String actor, List<String> ids, Instant askedAt) {
            this.id = id;
            this.actor = actor;
            this.ids = ids;
            this.askedAt = askedAt;
        }

        void run() {
            Today now = today.get();
            synchronized (this) {
                if (state != Rehearsal.State.WAITING) {
                    return;
                }
                state = Rehearsal.State.RUNNING;
                version = now.version();
            }
            try (Foresight ledger = Foresight.open(database.longReaders(), now.rules(), clock)) {
                tryAll(new Rehearser(now, ledger, clock), ledger);
                end(Rehearsal.State.DONE);
            } catch (SQLException | RuntimeException e) {
                // The class only: what it says may quote a letter.
                LOG.warn("A rehearsal has failed: {}", e.getClass().getName());
                end(Rehearsal.State.FAILED);
            }
        }

        private void tryAll(Rehearser rehearser, Foresight ledger) throws SQLException {
            for (int from = 0; from < ids.size(); from += CHUNK) {
                List<String> chunk = ids.subList(from, Math.min(from + CHUNK, ids.size()));
                Map<String, Rehearser.Material> letters = read(chunk);
                for (int i = 0; i < chunk.size(); i++) {
                    if (isOver()) {
                        return;
                    }
                    Rehearser.Material letter = letters.get(chunk.get(i));
                    int number = from + i + 1;
                    // One that retention has removed since it was chosen is gone.
                    add(letter == null ? Foreseen.gone(number, chunk.get(i)) : rehearser.foresee(number, letter));
                }
                ledger.rest();
            }
        }

        private Map<String, Rehearser.Material> read(List<String> chunk) throws SQLException {
            Map<String, Rehearser.Material> letters = new HashMap<>();
            // A connection of everybody's, for a moment: the long one holds what the ledger is asked.
            try (Connection connection = database.readers().getConnection();
                    PreparedStatement select = connection.prepareStatement(SELECT)) {
                for (int i = 0; i < CHUNK; i++) {
                    select.setString(i + 1, chunk.get(Math.min(i, chunk.size() - 1)));
                }
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        letters.put(
                                rows.getString(1),
                                new Rehearser.Material(
                                        rows.getString(1),
                                        LetterState.OPEN.name().equals(rows.getString(2)),
                                        rows.getString(3),
                                        rows.getString(4),
                                        rows.getString(5),
                                        rows.getString(6),
                                        Objects.requireNonNullElse(rows.getBytes(7), NOTHING),
                                        Objects.requireNonNullElse(rows.getBytes(8), NOTHING)));
                    }
                }
            }
            return letters;
        }

        private synchronized void add(Foreseen one) {
            foreseen.add(one.number() <= IN_DETAIL ? one : one.brief());
            totals.merge(new Reason(one.outcome(), one.cause()), 1, Integer::sum);
        }

        private synchronized boolean isOver() {
            return endedAt != null;
        }

        private synchronized void end(Rehearsal.State how) {
            if (endedAt == null) {
                state = how;
                endedAt = clock.instant();
            }
        }

        void cancel() {
            end(Rehearsal.State.CANCELLED);
        }

        synchronized List<Foreseen> page(@Nullable Outcome outcome, int after, int size) {
            return foreseen.stream()
                    .skip(Math.max(0, after))
                    .filter(one -> outcome == null || one.outcome() == outcome)
                    .limit(size)
                    .toList();
        }

        synchronized Rehearsal view() {
            return new Rehearsal(
                    id,
                    state,
                    actor,
                    version,
                    ids.size(),
                    foreseen.size(),
                    totals.entrySet().stream()
                            .map(total -> new Rehearsal.Total(
                                    total.getKey().outcome(), total.getKey().cause(), total.getValue()))
                            .sorted(Comparator.comparingInt((Rehearsal.Total total) -> -total.letters())
                                    .thenComparing(Rehearsal.Total::outcome)
                                    .thenComparing(total -> String.valueOf(total.cause())))
                            .toList(),
                    askedAt,
                    endedAt);
        }
    }
}
