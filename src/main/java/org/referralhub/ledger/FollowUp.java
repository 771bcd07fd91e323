package org.referralhub.ledger;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.MessageType;
import org.referralhub.recipient.Choice;

/** Every message but the REQUEST: what it does to its referral, whom it reaches, or why it is refused. */
final class FollowUp {
    /** The rule of those who get an answer because they are parties to the referral. */
    static final String PARTY = "party-to-referral";

    private final AgencyRegistry agencies;
    private final ResponseTimes responseTimes;
    private final Receipts receipts;
    private final StandingRequest standing;
    private final Steps steps;

    FollowUp(AgencyRegistry agencies, ResponseTimes responseTimes, Receipts receipts, StandingRequest standing) {
        this.agencies = agencies;
        this.responseTimes = responseTimes;
        this.receipts = receipts;
        this.standing = standing;
        this.steps = new Steps(agencies, standing);
    }

    /** Takes the message, which is new. */
    void record(Arrival arrival, Batch batch) throws SQLException {
        Referral referral = batch.referral(arrival.envelope().referralId());
        Steps.Step step =
                referral == null ? Steps.Step.refused(Steps.unknownReferral()) : steps.step(arrival, referral, batch);
        if (referral == null || !step.findings().isEmpty()) {
            batch.insert(arrival, StoredMessage.Status.REFUSED, arrival.parcel().canonical());
            batch.owe(receipts.answer(
                    arrival, referral, Receipts.Status.REFUSED, false, List.of(), step.findings(), batch.now()));
            return;
        }
        byte[] canonical = arrival.parcel().canonical();
        if (arrival.envelope().messageType() == MessageType.AMEND) {
            canonical = standing.amend(arrival, referral, batch);
        } else if (arrival.sender().equals(referral.sender)) {
            canonical = standing.withhold(arrival, referral, batch);
        }
        // Counted even when no fact changes: two nodes must not both move the assignments of one referral.
        referral.changed = true;
        batch.insert(arrival, StoredMessage.Status.ACCEPTED, canonical);
        for (Steps.Move move : step.moves()) {
            move.assignment().state = move.state();
            move.assignment().pending = move.pending();
            batch.update(referral, move.assignment());
        }
        List<Choice> told = new ArrayList<>();
        for (String recipient : step.tell()) {
            batch.owe(Delivery.of(arrival, canonical, recipient, referral));
            agencies.find(recipient).ifPresent(agency -> told.add(new Choice(agency, PARTY)));
        }
        if (step.added() != null) {
            told.add(add(arrival, step.added(), referral, batch));
        }
        batch.owe(receipts.answer(arrival, referral, Receipts.Status.ACCEPTED, false, told, List.of(), batch.now()));
    }

    /** A new recipient gets the referral's own REQUEST, with what was amended since. */
    private Choice add(Arrival arrival, Choice added, Referral referral, Batch batch) throws SQLException {
        boolean transfer = arrival.envelope().messageType() == MessageType.TRANSFER;
        String recipient = added.agency().id();
        batch.insert(
                referral,
                new Referral.Assignment(
                        recipient, added.rule(), Lifecycle.State.REQUESTED, null, transfer ? arrival.sender() : null),
                responseTimes.deadlines(referral.facts.urgency(), added.agency().hours(), batch.now()));
        Batch.Standing request = batch.standing(referral);
        batch.owe(new Delivery(
                Delivery.id(arrival.key(), recipient, referral.request),
                arrival.key(),
                // A later amendment must not change what this recipient was sent.
                request.amended() ? null : referral.request,
                request.canonical(),
                recipient,
                MessageType.REQUEST,
                referral.id,
                request.messageId(),
                referral.facts.urgency()));
        return added;
    }
}
