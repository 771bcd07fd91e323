package org.referralhub.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Envelope;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Parcel;
import org.referralhub.recipient.Choice;

/**
 * Tells what the ledger would do, by the decisions of the ledger itself, and does none of it: it reads on a connection that
 * cannot write. What it was asked about before counts as having come, so that it may be asked about one message after
 * another. For one thread.
 */
public final class Foresight implements AutoCloseable {
    private final Connection connection;
    private final Rulebook rules;
    private final Clock clock;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private final ObjectMapper mapper = new ObjectMapper();
    private final StandingRequest requests;
    private final Steps steps;
    private final Obligations obligations = new Obligations();
    private final SearchIndex index;
    private final Versions versions = new Versions();

    /** Messages that would have been taken by now, with the digests of their bytes and of what they mean. */
    private final Map<String, List<String>> taken = new HashMap<>();
    /** Referrals that would have been opened by now. */
    private final Set<String> opened = new HashSet<>();

    private Foresight(Connection connection, Rulebook rules, Clock clock) {
        this.connection = connection;
        this.rules = rules;
        this.clock = clock;
        this.requests = new StandingRequest(mapper, rules.agencies()::isExercise);
        this.steps = new Steps(rules.agencies(), requests);
        this.index = new SearchIndex(rules.agencies()::upward, ChildKeys.OFF);
    }

    /**
     * Takes a connection until it is closed.
     *
     * @param readers connections that cannot write
     * @param rules by which everything is decided
     */
    public static Foresight open(DataSource readers, Rulebook rules, Clock clock) throws SQLException {
        Connection connection = readers.getConnection();
        connection.setAutoCommit(false);
        return new Foresight(connection, rules, clock);
    }

    /**
     * What a message would come to that intake has accepted.
     *
     * @param dialect of the original
     * @param parcel as intake packs it
     */
    public Prospect arrival(String sender, String dialect, Parcel parcel) throws SQLException {
        Arrival arrival = arrive(sender, dialect, parcel);
        Batch batch = batch();
        batch.look(Set.of(arrival.key()));
        Optional<Prospect> before = known(arrival, batch.message(arrival.key()));
        if (before.isPresent()) {
            return before.get();
        }
        Prospect prospect =
                arrival.envelope().messageType() == MessageType.REQUEST ? request(arrival) : followUp(arrival, batch);
        if (prospect instanceof Prospect.Taken) {
            taken.put(arrival.key(), List.of(arrival.originalDigest(), arrival.canonicalDigest()));
        }
        return prospect;
    }

    private Arrival arrive(String sender, String dialect, Parcel parcel) {
        Envelope envelope = Envelope.of(MessageEntry.object(mapper, parcel.canonical()));
        Map<String, String> properties = new HashMap<>();
        properties.put(Headers.KIND, LedgerKind.MESSAGE.name());
        properties.put(Headers.STAMP, UUID.randomUUID().toString());
        properties.put(Headers.SENDER, sender);
        properties.put(Headers.DIALECT, dialect);
        properties.put(Headers.MESSAGE_ID, envelope.messageId());
        return Arrival.of(
                new LedgerInput("foreseen", LedgerKind.MESSAGE, properties, parcel.toBytes()), mapper, clock.instant());
    }

    private Optional<Prospect> known(Arrival arrival, @Nullable StoredMessage stored) {
        List<String> digests =
                stored == null ? taken.get(arrival.key()) : List.of(stored.originalDigest(), stored.canonicalDigest());
        if (digests == null) {
            return Optional.empty();
        }
        if (!StoredMessage.isRepeat(
                digests.get(0), digests.get(1), arrival.originalDigest(), arrival.canonicalDigest())) {
            return Optional.of(new Prospect.Conflict());
        }
        return Optional.of(
                stored != null && stored.status() == StoredMessage.Status.REFUSED
                        ? new Prospect.Refused(List.of(), false)
                        : new Prospect.Repeat());
    }

    private Prospect request(Arrival arrival) {
        List<Choice> choices = rules.recipients().apply(arrival.message(), arrival.arrivedAt());
        if (choices.isEmpty()) {
            return new Prospect.Nobody();
        }
        opened.add(arrival.envelope().referralId());
        byte[] canonical = arrival.parcel().canonical();
        return new Prospect.Taken(choices.stream()
                .map(choice -> new Prospect.Told(choice.agency().id(), choice.rule(), MessageType.REQUEST, canonical))
                .toList());
    }

    private Prospect followUp(Arrival arrival, Batch batch) throws SQLException {
        Referral referral = batch.referral(arrival.envelope().referralId());
        if (referral == null && opened.contains(arrival.envelope().referralId())) {
            return new Prospect.Taken(List.of());
        }
        Steps.Step step = steps.step(arrival, referral, batch);
        if (referral == null || !step.findings().isEmpty()) {
            return new Prospect.Refused(step.findings(), step.early());
        }
        MessageType type = arrival.envelope().messageType();
        Set<String> tell = new LinkedHashSet<>(step.tell());
        byte[] canonical = arrival.parcel().canonical();
        if (type == MessageType.AMEND) {
            StandingRequest.Amendment amendment = requests.weigh(arrival, referral, batch);
            canonical = amendment.canonical();
            if (amendment.withdrawn()) {
                tell.addAll(referral.assignments.keySet());
            } else {
                tell.removeIf(recipient -> rules.agencies()
                        .find(recipient)
                        .map(agency -> !amendment.changes(agency, rules.views()))
                        .orElse(false));
            }
        } else if (arrival.sender().equals(referral.sender)) {
            canonical = requests.withhold(arrival, referral, batch);
        }
        List<Prospect.Told> told = new ArrayList<>();
        for (String recipient : tell) {
            told.add(new Prospect.Told(recipient, FollowUp.PARTY, type, canonical));
        }
        if (step.added() != null) {
            Choice choice = step.added().choice();
            told.add(new Prospect.Told(
                    choice.agency().id(),
                    choice.rule(),
                    MessageType.REQUEST,
                    batch.standing(referral).canonical()));
        }
        return new Prospect.Taken(told);
    }

    /** What would leave if this delivery were sent again now. */
    public Departure departure(String deliveryId) throws SQLException {
        Batch batch = batch();
        Accounts.Entry entry = Accounts.find(batch, deliveryId);
        Delivery delivery = entry == null ? null : Obligations.find(batch, deliveryId);
        if (entry == null || delivery == null) {
            return new Departure.Unknown();
        }
        if (entry.state() != DeliveryState.DESK) {
            return new Departure.Elsewhere(entry.state());
        }
        return obligations
                .leaving(batch, delivery, rules.agencies())
                .<Departure>map(
                        leaving -> new Departure.Goes(delivery.recipient(), delivery.type(), leaving.canonical()))
                .orElseGet(Departure.CalledOff::new);
    }

    /** Knows nothing that was read before. */
    private Batch batch() throws SQLException {
        return new Batch(
                connection,
                statements,
                clock.instant(),
                index,
                Postings.open(connection, false),
                EarlyMessages.PATIENCE,
                versions,
                rules.version(),
                (input, transaction) -> {
                    throw new IllegalStateException("nothing is recorded here");
                });
    }

    /** Lets go of the moment that it has read, so that the ledger's log does not grow behind it. */
    public void rest() throws SQLException {
        connection.rollback();
    }

    @Override
    public void close() throws SQLException {
        try {
            connection.rollback();
        } finally {
            connection.close();
        }
    }
}
