package org.referralhub.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Parcel;
import org.referralhub.message.Queues;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;

/** A valid message from an agency: whether it is new, and which part of the ledger it is for. */
final class MessageEntry implements LedgerEntry {
    private final ObjectMapper mapper;
    private final Predicate<String> exercise;
    private final Opening opening;
    private final FollowUp followUp;
    private final Receipts receipts;
    private final Obligations obligations;

    /** @param exercise whether all that an agency sends is an exercise */
    MessageEntry(
            ObjectMapper mapper,
            Predicate<String> exercise,
            Opening opening,
            FollowUp followUp,
            Receipts receipts,
            Obligations obligations) {
        this.mapper = mapper;
        this.exercise = exercise;
        this.opening = opening;
        this.followUp = followUp;
        this.receipts = receipts;
        this.obligations = obligations;
    }

    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.MESSAGE);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        Batch batch = (Batch) transaction;
        if (batch.corrections().isOver(input)) {
            return;
        }
        Arrival arrival = Arrival.of(input, mapper, batch.now());
        StoredMessage earlier = batch.message(arrival.key());
        EarlyMessages.Early waits =
                earlier == null && batch.early().any() ? batch.early().find(arrival.key()) : null;
        if (waits != null) {
            stillWaits(arrival, Arrival.of(waits.input(), mapper, batch.now()), batch);
        } else if (earlier == null) {
            boolean taken;
            if (arrival.envelope().messageType() == MessageType.REQUEST) {
                taken = opening.open(arrival, batch);
                if (taken) {
                    Replays.taken(arrival, batch);
                }
            } else {
                taken = followUp.record(arrival, batch);
            }
            if (taken) {
                followUp.catchUp(arrival.envelope().referralId(), arrival.key(), batch);
            }
        } else if (earlier.stamp().equals(arrival.stamp())) {
            emitAgain(earlier.id(), batch);
            Replays.known(arrival, earlier, batch);
        } else if (StoredMessage.isRepeat(
                earlier.originalDigest(),
                earlier.canonicalDigest(),
                arrival.originalDigest(),
                arrival.canonicalDigest())) {
            repeat(arrival, earlier, batch);
            Replays.known(arrival, earlier, batch);
        } else {
            conflict(arrival, batch);
        }
    }

    /** The same message once more gets its receipt when it is decided; other content under its id is refused. */
    private void stillWaits(Arrival arrival, Arrival kept, Batch batch) throws SQLException {
        if (!kept.originalDigest().equals(arrival.originalDigest())
                && !kept.canonicalDigest().equals(arrival.canonicalDigest())) {
            conflict(arrival, batch);
        } else {
            Replays.overtaken(arrival, kept, batch);
        }
    }

    /** What followed from the message, and from those that had waited for it. */
    private void emitAgain(String key, Batch batch) throws SQLException {
        EarlyMessages.Early early = batch.early().find(key);
        if (early == null) {
            obligations.emitAgain(batch, key);
        }
        // One that has waited was sent with what decided it, and is sent again with that.
        for (String other : batch.early().decidedWith(key)) {
            obligations.emitAgain(batch, other);
        }
    }

    /** A sender's repeat: the first receipt once more, and nothing else but in an exercise. */
    private void repeat(Arrival arrival, StoredMessage earlier, Batch batch) throws SQLException {
        Delivery first = obligations.receipt(batch, earlier.id(), arrival.sender());
        if (first == null) {
            throw new IllegalStateException("a recorded message without its receipt");
        }
        batch.tally().duplicates++;
        if (exercise.test(arrival.sender()) && obligations.receipt(batch, arrival.stamp(), arrival.sender()) == null) {
            deliverAgain(arrival, batch);
        }
        oweOnce(
                new Delivery(
                        Receipts.deliveryId(arrival.stamp(), arrival.sender()),
                        arrival.stamp(),
                        null,
                        first.body(),
                        first.recipient(),
                        first.type(),
                        first.referralId(),
                        first.messageId(),
                        first.urgency()),
                batch);
    }

    /**
     * An exercise that is repeated reaches its recipient twice, as a message in earnest would after a crash on the way into the
     * office: so that it can be seen whether the office notices.
     */
    private void deliverAgain(Arrival arrival, Batch batch) throws SQLException {
        Referral referral = batch.referral(arrival.envelope().referralId());
        String recipient = arrival.message().path("recipient").asText();
        if (referral == null || !referral.assignments.containsKey(recipient)) {
            return;
        }
        batch.owe(new Delivery(
                Delivery.id(arrival.key(), recipient, arrival.stamp()),
                arrival.key(),
                arrival.key(),
                arrival.parcel().canonical(),
                recipient,
                arrival.envelope().messageType(),
                referral.id,
                arrival.envelope().messageId(),
                referral.facts.urgency()));
    }

    /** Other content under an id that is taken: refused, and kept for the desk. */
    private void conflict(Arrival arrival, Batch batch) throws SQLException {
        batch.tally().refused++;
        Receipts.About about = new Receipts.About(
                Identifiers.derive("conflict", arrival.key(), arrival.originalDigest()),
                arrival.sender(),
                arrival.envelope().messageId(),
                null,
                arrival.urgency());
        oweOnce(
                receipts.receipt(
                        about,
                        arrival.stamp(),
                        Receipts.Status.CONFLICT,
                        false,
                        List.of(),
                        new byte[0],
                        List.of(Findings.of(Severity.ERROR, "message.conflict", "/messageId")),
                        batch.now()),
                batch);
        toDesk(arrival, "conflict", "refused", batch);
    }

    static void toDesk(Arrival arrival, String cause, String failure, Batch batch) throws SQLException {
        toDesk(
                arrival,
                cause,
                failure,
                arrival.parcel().report(),
                arrival.input().token(),
                batch);
    }

    /**
     * To the operators.
     *
     * @param report what was found, as a parcel has it
     * @param token the same again is the same failure
     */
    static void toDesk(Arrival arrival, String cause, String failure, byte[] report, String token, Batch batch)
            throws SQLException {
        Map<String, String> properties = new HashMap<>(arrival.input().properties());
        properties.put(Headers.KIND, LedgerKind.DEAD.name());
        properties.put(Headers.DEAD_ORIGIN, Queues.LEDGER);
        properties.put(Headers.DEAD_STAGE, "ledger");
        properties.put(Headers.DEAD_CAUSE, cause);
        properties.put(Headers.DEAD_CLASS, failure);
        Parcel parcel = arrival.parcel();
        batch.record(new LedgerInput(
                token,
                LedgerKind.DEAD,
                properties,
                new Parcel(parcel.canonical(), parcel.original(), report).toBytes()));
    }

    /** A delivery whose cause is this arrival alone: when it is there already, the batch is being repeated. */
    private void oweOnce(Delivery delivery, Batch batch) throws SQLException {
        if (obligations.receipt(batch, delivery.cause(), delivery.recipient()) == null) {
            batch.owe(delivery);
        } else {
            obligations.emitAgain(batch, delivery.cause());
        }
    }

    static ObjectNode object(ObjectMapper mapper, byte[] json) {
        if (tree(mapper, json) instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("a canonical message is not an object");
    }

    static byte[] bytes(ObjectMapper mapper, ObjectNode message) {
        try {
            return mapper.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private static JsonNode tree(ObjectMapper mapper, byte[] json) {
        try {
            return mapper.readTree(json);
        } catch (IOException e) {
            // Jackson's text may quote the document, so it is not kept as the cause.
            throw new IllegalArgumentException("a canonical message is not JSON");
        }
    }
}
