package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Notice;
import org.referralhub.message.Urgency;

/**
 * One transaction: what it has read, what it will write, what it will send. Writes are collected and go to the database
 * together, parents before children; referrals that the batch touches are read once and kept.
 */
final class Batch implements LedgerTransaction {
    private static final int LOOKUP = 16;

    private static final String INSERT_REFERRAL =
            "insert into referral (id, reference, sender, request, urgency, concerns, risk, place, version, incomplete,"
                    + " revision, opened_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)";
    private static final String UPDATE_REFERRAL =
            "update referral set urgency = ?, concerns = ?, risk = ?, place = ?, version = ?, incomplete = ?,"
                    + " revision = revision + 1 where id = ? and revision = ?";
    private static final String INSERT_MESSAGE =
            "insert into message (id, sender, message_id, type, referral_id, status, dialect, original_digest,"
                    + " canonical_digest, original, canonical, report, stamp, arrived_at, recorded_at, checked_by,"
                    + " decided_by) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String INSERT_ASSIGNMENT =
            "insert into assignment (referral_id, recipient, state, rule, pending, predecessor, since, acknowledge_by,"
                    + " accept_by) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (referral_id, recipient) do update set"
                    + " state = excluded.state, rule = excluded.rule, pending = excluded.pending,"
                    + " predecessor = excluded.predecessor, since = excluded.since,"
                    + " acknowledge_by = excluded.acknowledge_by, accept_by = excluded.accept_by";
    private static final String UPDATE_ASSIGNMENT =
            "update assignment set state = ?, pending = ?, since = ? where referral_id = ? and recipient = ?";
    private static final String SHORTEN_ASSIGNMENT =
            "update assignment set acknowledge_by = coalesce(?, acknowledge_by), accept_by = coalesce(?, accept_by)"
                    + " where referral_id = ? and recipient = ?";
    private static final String INSERT_PROGRESS =
            "insert into progress (opened_at, referral_id, recipient, cause, state, at, seq) values (?, ?, ?, ?, ?, ?, ?)"
                    + " on conflict do nothing";
    private static final String INSERT_DELIVERY =
            "insert into delivery (id, cause, content, body, recipient, type, referral_id, message_id, urgency, state,"
                    + " created_at, held_by) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'WAITING', ?, ?)";
    private static final String SETTLE_DELIVERY =
            "update delivery set state = 'DELIVERED', settled_at = ?, basis = ?, attempts = ?, digest = ?, written_by = ?,"
                    + " shown = ?, held_by = null where id = ? and recipient = ?"
                    + " and state = 'WAITING' and created_at >= ? and created_at < ? and sending = coalesce(?, sending)";
    /** It was there, though something later has become of it. */
    private static final String NOTE_DELIVERY =
            "update delivery set basis = ?, attempts = ?, digest = ?, written_by = ?, shown = ? where id = ? and recipient = ?";

    private static final String SELECT_MESSAGES =
            "select id, referral_id, stamp, original_digest, canonical_digest, status from message where id in (?"
                    + ", ?".repeat(LOOKUP - 1)
                    + ")";
    private static final String SELECT_REFERRAL =
            "select id, reference, sender, request, urgency, concerns, risk, place, version, incomplete, revision,"
                    + " opened_at, (select count(*) from recall r where r.referral_id = referral.id"
                    + " and r.acknowledged_at is null) from referral where id = ?";
    private static final String SELECT_ASSIGNMENTS =
            "select recipient, rule, state, pending, predecessor from assignment where referral_id = ?"
                    + " order by since, recipient";
    private static final String SELECT_STANDING =
            "select m.message_id, m.canonical, a.canonical from message m left join amended a on a.referral_id = ?"
                    + " where m.id = ?";
    private static final String AMEND =
            "insert into amended (referral_id, canonical) values (?, ?) on conflict (referral_id)"
                    + " do update set canonical = excluded.canonical";

    private final Connection connection;
    private final Map<String, PreparedStatement> statements;
    private final Instant now;
    private final Recorder recorder;
    private final SearchIndex index;
    private final Postings postings;
    private final Versions versions;
    private final String version;
    private final List<Emission> emissions = new ArrayList<>();
    private final List<Collected> collected;
    private final Map<String, StoredMessage> messages = new HashMap<>();
    private final Map<String, Referral> referrals = new HashMap<>();
    private final Accounts accounts;
    private final Clocks clocks = new Clocks(this, this::openedAt);
    private final Order order = new Order(this);
    private final EarlyMessages early;
    private final Corrections corrections = new Corrections(this);
    private final Tally tally = new Tally();
    /** What is collected in {@link #settledDeliveries}, in order. */
    private final List<Settled> settled = new ArrayList<>();

    private final Collected newReferrals;
    private final Collected newMessages;
    private final Collected newAssignments;
    private final Collected changedAssignments;
    private final Collected newProgress;
    private final Collected newDeliveries;
    private final Collected settledDeliveries;

    /** What the input being recorded is, for the rows that follow from it. */
    private String cause = "";

    /** Trace context of the input being recorded, for the messages that follow from it; null when it has none. */
    private @Nullable String trace;

    private int steps;

    /** Hands an input to its entry. */
    interface Recorder {
        void record(LedgerInput input, LedgerTransaction transaction) throws SQLException;
    }

    /** What became of the messages from agencies. */
    static final class Tally {
        int accepted;
        int refused;
        int duplicates;
    }

    /** The deadlines of a recipient that still owes an answer; null where it does not. */
    record Sooner(@Nullable Instant acknowledgeBy, @Nullable Instant acceptBy) {
        static final Sooner NOTHING = new Sooner(null, null);
    }

    /** A delivery that has arrived. */
    private record Settled(
            String delivery,
            String recipient,
            @Nullable String basis,
            int attempts,
            @Nullable String digest,
            @Nullable String version,
            @Nullable String shown,
            @Nullable List<String> fields,
            @Nullable Integer sending) {}

    /** A REQUEST's id as its sender gave it, and its canonical bytes. */
    record Standing(String messageId, byte[] canonical, boolean amended) {}

    /** @param version of the configuration that decides it */
    Batch(
            Connection connection,
            Map<String, PreparedStatement> statements,
            Instant now,
            SearchIndex index,
            Postings postings,
            Duration patience,
            Versions versions,
            String version,
            Recorder recorder)
            throws SQLException {
        this.early = new EarlyMessages(this, patience);
        this.connection = connection;
        this.statements = statements;
        this.now = now;
        this.accounts = new Accounts(now);
        this.recorder = recorder;
        this.index = index;
        this.postings = postings;
        this.versions = versions;
        this.version = version;
        newReferrals = new Collected(statement(INSERT_REFERRAL));
        newMessages = new Collected(statement(INSERT_MESSAGE));
        newAssignments = new Collected(statement(INSERT_ASSIGNMENT));
        changedAssignments = new Collected(statement(UPDATE_ASSIGNMENT));
        newProgress = new Collected(statement(INSERT_PROGRESS));
        newDeliveries = new Collected(statement(INSERT_DELIVERY));
        settledDeliveries = new Collected(statement(SETTLE_DELIVERY));
        collected = List.of(newReferrals, newMessages, newAssignments, changedAssignments, newProgress, newDeliveries);
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    @Override
    public void flush() throws SQLException {
        for (Collected writes : collected) {
            writes.execute();
        }
        clocks.flush();
        int[] counts = settledDeliveries.execute();
        for (int i = 0; i < counts.length; i++) {
            Settled one = settled.get(i);
            if (counts[i] != 0) {
                accounts.moved(one.recipient(), accounts.thisHour(), DeliveryState.WAITING, DeliveryState.DELIVERED);
            } else {
                settleEarlierOne(one);
            }
        }
        order.release(settled.stream().map(Settled::delivery).toList());
        settled.clear();
        for (Referral referral : referrals.values()) {
            if (referral.changed) {
                update(referral);
            }
        }
    }

    @Override
    public void emit(Emission emission) {
        emissions.add(trace == null ? emission : emission.tracedBy(trace));
    }

    @Override
    public void record(LedgerInput input) throws SQLException {
        recorder.record(input, this);
    }

    /** What is recorded from now on follows from this input. */
    void begin(LedgerInput input) {
        cause = input.kind() == LedgerKind.MESSAGE ? Arrival.key(input) : input.property(Headers.STAMP, input.token());
        trace = input.property(Headers.TRACE);
    }

    List<Emission> emissions() {
        return emissions;
    }

    /** Reads the messages with these keys in few round trips. */
    void look(Collection<String> keys) throws SQLException {
        PreparedStatement select = statement(SELECT_MESSAGES);
        Iterator<String> rest = keys.iterator();
        while (rest.hasNext()) {
            String last = rest.next();
            for (int i = 1; i <= LOOKUP; i++) {
                select.setString(i, last);
                if (rest.hasNext() && i < LOOKUP) {
                    last = rest.next();
                }
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    StoredMessage message = new StoredMessage(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getString(3),
                            rows.getString(4),
                            rows.getString(5),
                            StoredMessage.Status.of(rows.getString(6)));
                    messages.put(message.id(), message);
                }
            }
        }
    }

    /** Letters at the desk whose message may yet be sent again by its sender. */
    Corrections corrections() {
        return corrections;
    }

    /** The message with this key, if {@link #look} found it or this batch recorded it. */
    @Nullable
    StoredMessage message(String key) {
        return messages.get(key);
    }

    /** Records the message, with the canonical form that its recipients' messages are made from. */
    void insert(Arrival arrival, StoredMessage.Status status, byte[] canonical) throws SQLException {
        StoredMessage message = new StoredMessage(
                arrival.key(),
                arrival.envelope().referralId(),
                arrival.stamp(),
                arrival.originalDigest(),
                arrival.canonicalDigest(),
                status);
        PreparedStatement row = newMessages.row();
        row.setString(1, message.id());
        row.setString(2, arrival.sender());
        row.setString(3, arrival.envelope().messageId());
        row.setString(4, arrival.envelope().messageType().name());
        row.setString(5, message.referralId());
        row.setString(6, status.code());
        row.setString(7, arrival.input().property(Headers.DIALECT));
        row.setString(8, message.originalDigest());
        row.setString(9, message.canonicalDigest());
        row.setBytes(10, arrival.parcel().original());
        row.setBytes(11, canonical);
        row.setBytes(12, arrival.parcel().report());
        row.setString(13, message.stamp());
        row.setLong(14, arrival.arrivedAt().toEpochMilli());
        row.setLong(15, now.toEpochMilli());
        versions.set(row, 16, arrival.input().property(Headers.CONFIGURATION), this);
        versions.set(row, 17, version, this);
        newMessages.add();
        accounts.taken(arrival.sender(), status);
        if (status == StoredMessage.Status.ACCEPTED) {
            tally.accepted++;
        } else {
            tally.refused++;
        }
        messages.put(message.id(), message);
    }

    void insert(Referral referral) throws SQLException {
        PreparedStatement row = newReferrals.row();
        row.setString(1, referral.id);
        row.setString(2, referral.reference);
        row.setString(3, referral.sender);
        row.setString(4, referral.request);
        row.setString(5, referral.facts.urgency().name());
        row.setString(6, referral.facts.concerns());
        row.setString(7, referral.facts.risk());
        row.setString(8, referral.facts.place());
        row.setInt(9, referral.version);
        row.setInt(10, referral.incomplete ? 1 : 0);
        row.setLong(11, now.toEpochMilli());
        newReferrals.add();
        referral.openedAt = now.toEpochMilli();
        referrals.put(referral.id, referral);
    }

    /** Notes in the index who the child is, from the REQUEST's body as it stands now. */
    void child(Referral referral, JsonNode body) {
        index.child(postings, referral, body);
    }

    /**
     * Ids of the other referrals that are about the same child, the latest first; those of this batch too.
     *
     * @param known keyed hashes; what is found by these is left out
     */
    List<String> sameChild(Referral referral, Set<String> known) throws SQLException {
        return index.sameChild(this, postings, referral, known);
    }

    /** Keyed hashes of the child that a REQUEST's body speaks of. */
    Set<String> hashes(JsonNode body) {
        return index.hashes(body);
    }

    private void update(Referral referral) throws SQLException {
        PreparedStatement row = statement(UPDATE_REFERRAL);
        row.setString(1, referral.facts.urgency().name());
        row.setString(2, referral.facts.concerns());
        row.setString(3, referral.facts.risk());
        row.setString(4, referral.facts.place());
        row.setInt(5, referral.version);
        row.setInt(6, referral.incomplete ? 1 : 0);
        row.setString(7, referral.id);
        row.setInt(8, referral.revision);
        if (row.executeUpdate() != 1) {
            throw new SQLTransientException("another node changed the referral", "40001");
        }
        referral.revision++;
        referral.changed = false;
    }

    /** Adds the assignment to the referral, or begins it again when the recipient had one that has ended. */
    void insert(Referral referral, Referral.Assignment assignment, ResponseTimes.Deadlines deadlines)
            throws SQLException {
        if (referral.assignments.containsKey(assignment.recipient)) {
            // What was collected about the one that has ended goes first.
            flush();
        }
        PreparedStatement row = newAssignments.row();
        row.setString(1, referral.id);
        row.setString(2, assignment.recipient);
        row.setString(3, assignment.state.code());
        row.setString(4, assignment.rule);
        row.setString(5, assignment.pending == null ? null : assignment.pending.code());
        row.setString(6, assignment.predecessor);
        row.setLong(7, now.toEpochMilli());
        row.setLong(8, deadlines.acknowledgeBy().toEpochMilli());
        row.setLong(9, deadlines.acceptBy().toEpochMilli());
        newAssignments.add();
        clocks.begin(referral.id, assignment.recipient, deadlines);
        progress(referral, assignment);
        referral.assignments.put(assignment.recipient, assignment);
    }

    void update(Referral referral, Referral.Assignment assignment) throws SQLException {
        PreparedStatement row = changedAssignments.row();
        row.setString(1, assignment.state.code());
        row.setString(2, assignment.pending == null ? null : assignment.pending.code());
        row.setLong(3, now.toEpochMilli());
        row.setString(4, referral.id);
        row.setString(5, assignment.recipient);
        changedAssignments.add();
        clocks.follow(referral.id, assignment.recipient, assignment.state);
        progress(referral, assignment);
    }

    /**
     * The referral has become more urgent: what this agency still owes is due sooner, if it is.
     *
     * @param deadlines as they are for what begins now
     * @return when it must answer now; a moment is null when nothing is waited for
     */
    Sooner shorten(String referralId, String recipient, ResponseTimes.Deadlines deadlines) throws SQLException {
        Instant acknowledgeBy =
                clocks.shorten(referralId, recipient, Clocks.Kind.ACKNOWLEDGE, deadlines.acknowledgeBy());
        Instant acceptBy = clocks.shorten(referralId, recipient, Clocks.Kind.ACCEPT, deadlines.acceptBy());
        if (acknowledgeBy != null || acceptBy != null) {
            PreparedStatement row = statement(SHORTEN_ASSIGNMENT);
            setMoment(row, 1, acknowledgeBy);
            setMoment(row, 2, acceptBy);
            row.setString(3, referralId);
            row.setString(4, recipient);
            row.executeUpdate();
        }
        return new Sooner(acknowledgeBy, acceptBy);
    }

    private static void setMoment(PreparedStatement row, int index, @Nullable Instant at) throws SQLException {
        if (at == null) {
            row.setNull(index, Types.BIGINT);
        } else {
            row.setLong(index, at.toEpochMilli());
        }
    }

    /** Does to an assignment what was decided. */
    void apply(Referral referral, Steps.Move move) throws SQLException {
        move.assignment().state = move.state();
        move.assignment().pending = move.pending();
        update(referral, move.assignment());
    }

    private void progress(Referral referral, Referral.Assignment assignment) throws SQLException {
        PreparedStatement row = newProgress.row();
        row.setLong(1, referral.openedAt);
        row.setString(2, referral.id);
        row.setString(3, assignment.recipient);
        row.setString(4, cause);
        row.setString(5, assignment.state.code());
        row.setLong(6, now.toEpochMilli());
        row.setInt(7, steps++);
        newProgress.add();
    }

    /** The referral as this batch has it by now; null when there is none. */
    @Nullable
    Referral referral(String id) throws SQLException {
        Referral known = referrals.get(id);
        if (known != null) {
            return known;
        }
        Referral referral;
        PreparedStatement select = statement(SELECT_REFERRAL);
        select.setString(1, id);
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return null;
            }
            referral = new Referral(
                    rows.getString(1),
                    rows.getString(2),
                    rows.getString(3),
                    rows.getString(4),
                    new Referral.Facts(
                            Urgency.valueOf(rows.getString(5)),
                            rows.getString(6),
                            rows.getString(7),
                            rows.getString(8)),
                    rows.getInt(9),
                    rows.getInt(10) != 0,
                    rows.getInt(11));
            referral.openedAt = rows.getLong(12);
            referral.recallOpen = rows.getLong(13) > 0;
        }
        PreparedStatement parts = statement(SELECT_ASSIGNMENTS);
        parts.setString(1, id);
        try (ResultSet rows = parts.executeQuery()) {
            while (rows.next()) {
                String pending = rows.getString(4);
                Referral.Assignment assignment = new Referral.Assignment(
                        rows.getString(1),
                        rows.getString(2),
                        Lifecycle.State.of(rows.getString(3)),
                        pending == null ? null : Lifecycle.State.of(pending),
                        rows.getString(5));
                referral.assignments.put(assignment.recipient, assignment);
            }
        }
        referral.indexed = index.terms(referral);
        referrals.put(id, referral);
        return referral;
    }

    private long openedAt(String referralId) throws SQLException {
        Referral referral = referral(referralId);
        if (referral == null) {
            throw new IllegalStateException("a deadline without its referral");
        }
        return referral.openedAt;
    }

    /** The REQUEST as it stands with every amendment so far. */
    Standing standing(Referral referral) throws SQLException {
        flush();
        PreparedStatement select = statement(SELECT_STANDING);
        select.setString(1, referral.id);
        select.setString(2, referral.request);
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                throw new IllegalStateException("a referral without its request");
            }
            byte[] amended = rows.getBytes(3);
            return amended == null
                    ? new Standing(rows.getString(1), rows.getBytes(2), false)
                    : new Standing(rows.getString(1), amended, true);
        }
    }

    /** The REQUEST as it came first. */
    byte[] first(Referral referral) throws SQLException {
        flush();
        PreparedStatement select = statement("select canonical from message where id = ?");
        select.setString(1, referral.request);
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                throw new IllegalStateException("a referral without its request");
            }
            return rows.getBytes(1);
        }
    }

    /** Keeps the REQUEST as it stands now. */
    void amend(Referral referral, byte[] canonical) throws SQLException {
        flush();
        PreparedStatement row = statement(AMEND);
        row.setString(1, referral.id);
        row.setBytes(2, canonical);
        row.executeUpdate();
    }

    /**
     * Notes that the delivery is owed, and sends it after the commit, or when what its recipient must have before it has
     * arrived.
     */
    void owe(Delivery delivery) throws SQLException {
        String before = order.before(delivery);
        PreparedStatement row = newDeliveries.row();
        row.setString(1, delivery.id());
        row.setString(2, delivery.cause());
        row.setString(3, delivery.content());
        if (delivery.content() == null) {
            row.setBytes(4, delivery.body());
        } else {
            row.setNull(4, Types.BINARY);
        }
        row.setString(5, delivery.recipient());
        row.setString(6, delivery.type().name());
        row.setString(7, delivery.referralId());
        row.setString(8, delivery.messageId());
        row.setString(9, delivery.urgency().name());
        row.setLong(10, now.toEpochMilli());
        row.setString(11, before);
        newDeliveries.add();
        accounts.owed(delivery.recipient());
        if (before == null) {
            emit(delivery.emission(null));
        }
    }

    /**
     * Most deliveries arrive within the hour in which they became owed; only for others is it looked up, for the books.
     * A notice that comes again finds nothing to settle. Of what has come to the desk since, or has left it again, it says
     * what the agency could read, and no more.
     */
    private void settleEarlierOne(Settled one) throws SQLException {
        Accounts.Entry entry = Accounts.find(this, one.delivery());
        if (entry == null
                || entry.state() == DeliveryState.DELIVERED
                || !entry.recipient().equals(one.recipient())) {
            return;
        }
        if (entry.state() == DeliveryState.WAITING && (one.sending() == null || one.sending() == entry.sending())) {
            PreparedStatement row = settledDeliveries.row();
            settle(row, one, entry.hour());
            if (row.executeUpdate() != 0) {
                accounts.moved(entry.recipient(), entry.hour(), DeliveryState.WAITING, DeliveryState.DELIVERED);
            }
            return;
        }
        PreparedStatement row = statement(NOTE_DELIVERY);
        told(row, 1, one);
        row.executeUpdate();
    }

    private void settle(PreparedStatement row, Settled one, long hour) throws SQLException {
        row.setLong(1, now.toEpochMilli());
        int i = told(row, 2, one);
        row.setLong(i++, hour);
        row.setLong(i++, hour + Accounts.HOUR);
        if (one.sending() == null) {
            row.setNull(i, Types.INTEGER);
        } else {
            row.setInt(i, one.sending());
        }
    }

    /** What the notice says of its delivery, and which that is; the next parameter. */
    private int told(PreparedStatement row, int first, Settled one) throws SQLException {
        int i = first;
        row.setString(i++, one.basis());
        row.setInt(i++, one.attempts());
        row.setString(i++, one.digest());
        versions.set(row, i++, one.version(), this);
        versions.setFields(row, i++, one.shown(), one.fields(), this);
        row.setString(i++, one.delivery());
        row.setString(i++, one.recipient());
        return i;
    }

    /** The agency has it. */
    void settle(Notice notice) throws SQLException {
        String owedTo = notice.recipient();
        if (owedTo == null) {
            flush();
            Accounts.Entry entry = Accounts.find(this, notice.delivery());
            if (entry == null) {
                return;
            }
            owedTo = entry.recipient();
        }
        Settled one = new Settled(
                notice.delivery(),
                owedTo,
                notice.basis(),
                notice.attempts(),
                notice.digest(),
                notice.version(),
                notice.shown(),
                notice.fields(),
                notice.sending());
        settle(settledDeliveries.row(), one, accounts.thisHour());
        settledDeliveries.add();
        settled.add(one);
    }

    Tally tally() {
        return tally;
    }

    Accounts accounts() {
        return accounts;
    }

    /** Messages that came before the one they follow. */
    EarlyMessages early() {
        return early;
    }

    /** In which order deliveries leave. */
    Order order() {
        return order;
    }

    /** Deadlines that this batch starts and stops. */
    Clocks clocks() {
        return clocks;
    }

    /**
     * Everything is in the database, ready for the commit.
     *
     * @param messages in the batch
     */
    void finish(int messages) throws SQLException {
        flush();
        index.write(postings, referrals.values());
        postings.write(this, messages);
        early.announce();
        accounts.post(this);
    }

    static String reference(String referralId) {
        return Identifiers.reference(referralId);
    }

    /** Rows for one statement that go to the database together. */
    private static final class Collected {
        private static final int[] NOTHING = {};

        private final PreparedStatement statement;
        private int rows;

        Collected(PreparedStatement statement) throws SQLException {
            this.statement = statement;
            statement.clearBatch();
        }

        PreparedStatement row() {
            return statement;
        }

        void add() throws SQLException {
            statement.addBatch();
            rows++;
        }

        int[] execute() throws SQLException {
            if (rows == 0) {
                return NOTHING;
            }
            rows = 0;
            return statement.executeBatch();
        }
    }
}
