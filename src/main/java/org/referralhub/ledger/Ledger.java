package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.recipient.Choice;

/**
 * Turns messages into rows and into the messages that follow from them. Keeps one connection and its prepared statements;
 * after an error it begins with a new one. For one thread at a time.
 */
public final class Ledger implements AutoCloseable {
    private static final Set<LedgerKind> DECIDED_ELSEWHERE =
            EnumSet.of(LedgerKind.DEAD, LedgerKind.REPLAY, LedgerKind.MESSAGE);
    private static final Duration TIDY = Duration.ofDays(1);

    private final LedgerDatabase database;
    private final Clock clock;
    private final Supplier<Rulebook> rules;
    private final ObjectMapper mapper = new ObjectMapper();
    private final Receipts receipts = new Receipts(mapper);
    private final StandingRequest requests = new StandingRequest(mapper, this::isExercise);
    private final Obligations obligations = new Obligations(receipts, requests);
    private final List<LedgerRoom> rooms = new ArrayList<>();

    /** The rules that the entries were made for; null before the first batch. */
    private @Nullable Rulebook current;

    private Map<LedgerKind, LedgerEntry> entries = Map.of();
    private SearchIndex index;
    private ChildKeys keys = ChildKeys.OFF;
    private Duration patience = EarlyMessages.PATIENCE;
    private @Nullable Instant tidied;
    private @Nullable LedgerMeters meters;
    private @Nullable Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private final Versions versions = new Versions();
    /** What the connection has still to write to the search index. */
    private @Nullable Postings postings;

    /**
     * A ledger on this database.
     *
     * @param recipients who gets a REQUEST that arrived at this moment
     * @param views what a recipient may see of it
     */
    public Ledger(
            LedgerDatabase database,
            BiFunction<JsonNode, Instant, List<Choice>> recipients,
            Views views,
            AgencyRegistry agencies,
            ResponseTimes responseTimes,
            Clock clock) {
        this(database, always(new Rulebook("", recipients, views, agencies, responseTimes, Ladder.NONE)), clock);
    }

    /**
     * A ledger on this database.
     *
     * @param rules asked once for each batch
     */
    public Ledger(LedgerDatabase database, Supplier<Rulebook> rules, Clock clock) {
        this.database = database;
        this.rules = rules;
        this.clock = clock;
        this.index = new SearchIndex(place -> List.of(), keys);
    }

    private static Supplier<Rulebook> always(Rulebook rules) {
        return () -> rules;
    }

    /** Lets another room handle its kinds of message. Before the first batch. */
    public Ledger add(LedgerEntry entry) {
        return add(rules -> entry);
    }

    /** Lets another room handle its kinds of message by the rules of the day. Before the first batch. */
    public Ledger add(LedgerRoom room) {
        rooms.add(room);
        current = null;
        return this;
    }

    /** Lets children be found again by these keys. Before the first batch. */
    public Ledger recognise(ChildKeys known) {
        keys = known;
        return this;
    }

    /** Makes the entries anew when the rules have changed, so that none of them ever has two versions in hand. */
    private void goBy(Rulebook now) {
        if (now == current) {
            return;
        }
        index = new SearchIndex(now.agencies()::upward, keys);
        SameChild sameChild = new SameChild(now.agencies(), requests, mapper);
        FollowUp followUp = new FollowUp(
                mapper, now.agencies(), now.responseTimes(), receipts, obligations, requests, now.views(), sameChild);
        Map<LedgerKind, LedgerEntry> made = new EnumMap<>(LedgerKind.class);
        Stream.concat(
                        Stream.of(
                                new MessageEntry(
                                        mapper,
                                        now.agencies()::isExercise,
                                        new Opening(
                                                mapper,
                                                now.recipients(),
                                                now.agencies(),
                                                now.responseTimes(),
                                                receipts,
                                                sameChild,
                                                now.views()),
                                        followUp,
                                        receipts,
                                        obligations),
                                new AccessEntry(),
                                new ConfigurationEntry(),
                                new EarlyEntry(followUp, obligations),
                                new DeliveredEntry()),
                        rooms.stream().map(room -> room.entry(now)))
                .forEach(entry -> entry.kinds().forEach(kind -> made.put(kind, entry)));
        entries = made;
        current = now;
    }

    private boolean isExercise(String agency) {
        Rulebook now = current;
        return now != null && now.agencies().isExercise(agency);
    }

    /** How long a message waits for the one it follows. Before the first batch. */
    public Ledger patience(Duration time) {
        patience = time;
        return this;
    }

    /** Counts batches and messages there. Before the first batch. */
    public Ledger measure(MeterRegistry registry) {
        meters = new LedgerMeters(registry);
        return this;
    }

    /** What is owed to agencies, for other rooms' entries. */
    public Obligations obligations() {
        return obligations;
    }

    /**
     * Takes a batch: one transaction in the database, committed when this returns. An empty one only looks for messages that
     * have waited long enough.
     *
     * @return what to send now; the same again when the batch is repeated before it was sent
     * @throws SQLException when the database fails; nothing was recorded then, or it fails the commit itself, and repeating
     *     the batch tells
     */
    public List<Emission> process(List<LedgerInput> inputs) throws SQLException {
        Rulebook now = rules.get();
        goBy(now);
        Set<String> arrivals = new LinkedHashSet<>();
        for (LedgerInput input : inputs) {
            if (input.kind() == LedgerKind.MESSAGE) {
                arrivals.add(Arrival.key(input));
            }
        }
        long began = System.nanoTime();
        boolean done = false;
        try {
            Connection open = connect();
            Batch batch = new Batch(
                    open,
                    statements,
                    clock.instant(),
                    index,
                    postings(open),
                    patience,
                    versions,
                    now.version(),
                    this::record);
            batch.look(arrivals);
            for (LedgerInput input : inputs) {
                batch.begin(input);
                record(input, batch);
                if (input.property(Headers.REPLAY_OF) != null) {
                    arrived(input, batch);
                }
            }
            tidy(batch);
            batch.finish(inputs.size());
            open.commit();
            done = true;
            if (meters != null && !inputs.isEmpty()) {
                meters.batch(inputs.size(), batch.tally(), Duration.ofNanos(System.nanoTime() - began));
            }
            return new ArrayList<>(batch.emissions());
        } finally {
            if (!done) {
                close();
            }
        }
    }

    /**
     * What the desk sent again to the ledger's own queue has come through; what failed again is back at the desk by now. Of a
     * message from an agency only its entry knows what became of it.
     */
    private static void arrived(LedgerInput input, Batch batch) throws SQLException {
        String letter = input.property(Headers.REPLAY_OF);
        if (letter != null && !DECIDED_ELSEWHERE.contains(input.kind())) {
            DeskNote.tell(batch, "resolve", letter, input.token());
        }
    }

    /** Once a day, and after a start. */
    private void tidy(Batch batch) throws SQLException {
        Instant last = tidied;
        if (last == null || Duration.between(last, batch.now()).abs().compareTo(TIDY) > 0) {
            batch.early().forget();
            tidied = batch.now();
        }
    }

    private void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        LedgerKind kind = input.kind();
        LedgerEntry entry = kind == null ? null : entries.get(kind);
        if (entry == null) {
            throw new IllegalArgumentException("nothing here handles a message of this kind");
        }
        entry.record(input, transaction);
    }

    private Connection connect() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = database.writer();
            open.setAutoCommit(false);
            connection = open;
        }
        return open;
    }

    private Postings postings(Connection open) throws SQLException {
        Postings known = postings;
        if (known == null) {
            // Nodes that share a database must find at once what another one has written.
            known = Postings.open(open, database.isEmbedded());
            postings = known;
        }
        return known;
    }

    /** Gives the connection back; what was not committed is undone. */
    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        postings = null;
        statements.clear();
        versions.forget();
        if (open != null) {
            try {
                // Rolls back what is open, also on a connection that is broken half way.
                open.rollback();
            } catch (SQLException e) {
                // The connection is gone, and with it the transaction.
            }
            try {
                open.close();
            } catch (SQLException e) {
                // Already gone.
            }
        }
    }
}
