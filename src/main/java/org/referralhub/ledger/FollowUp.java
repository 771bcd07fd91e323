package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.WithholdList;
import org.referralhub.message.Finding;
import org.referralhub.message.MessageType;
import org.referralhub.message.Severity;
import org.referralhub.message.Urgency;
import org.referralhub.message.Withheld;
import org.referralhub.recipient.Choice;
import org.referralhub.validation.Findings;

/** Every message but the REQUEST: what it does to its referral, whom it reaches, or why it is refused. */
final class FollowUp {
    /** Where an AMEND says it. */
    private static final String CONSENT = "/body/changes/consent";

    /** The rule of those who get an answer because they are parties to the referral. */
    static final String PARTY = "party-to-referral";

    private final ObjectMapper mapper;
    private final AgencyRegistry agencies;
    private final ResponseTimes responseTimes;
    private final Receipts receipts;
    private final Obligations obligations;
    private final StandingRequest standing;
    private final Views views;
    private final SameChild sameChild;
    private final Steps steps;

    FollowUp(
            ObjectMapper mapper,
            AgencyRegistry agencies,
            ResponseTimes responseTimes,
            Receipts receipts,
            Obligations obligations,
            StandingRequest standing,
            Views views,
            SameChild sameChild) {
        this.mapper = mapper;
        this.agencies = agencies;
        this.responseTimes = responseTimes;
        this.receipts = receipts;
        this.obligations = obligations;
        this.standing = standing;
        this.views = views;
        this.sameChild = sameChild;
        this.steps = new Steps(agencies, standing);
    }

    /**
     * Takes the message, which is new, refuses it, or lets it wait for the one that it follows.
     *
     * @return whether it was taken
     */
    boolean record(Arrival arrival, Batch batch) throws SQLException {
        Referral referral = batch.referral(arrival.envelope().referralId());
        Steps.Step step = steps.step(arrival, referral, batch);
        if (!step.early()) {
            return decide(arrival, referral, step, batch);
        }
        if (batch.early().keep(arrival)) {
            return false;
        }
        return decide(arrival, referral, Steps.Step.refused(tooManyWait()), batch);
    }

    /**
     * Something about this referral was taken: decides on those that waited for it, in order, as far as that can be done now.
     * Each is looked at again when another was taken, and one at a time is read.
     */
    void catchUp(String referralId, String cause, Batch batch) throws SQLException {
        boolean again = batch.early().any();
        while (again) {
            again = false;
            for (String key : batch.early().of(referralId)) {
                EarlyMessages.Early early = batch.early().find(key);
                if (early == null) {
                    continue;
                }
                if (batch.corrections().isOver(early.input())) {
                    batch.early().decide(key, cause);
                    continue;
                }
                Arrival arrival = Arrival.of(early.input(), mapper, batch.now());
                Referral referral = batch.referral(referralId);
                Steps.Step step = steps.step(arrival, referral, batch);
                if (!step.early()) {
                    batch.early().decide(key, cause);
                    if (decide(arrival, referral, step, batch)) {
                        again = true;
                        break;
                    }
                }
            }
        }
    }

    /** Decides on one that has waited long enough. */
    void timeUp(LedgerInput input, String cause, Batch batch) throws SQLException {
        Arrival arrival = Arrival.of(input, mapper, batch.now());
        String referralId = arrival.envelope().referralId();
        Referral referral = batch.referral(referralId);
        batch.early().decide(arrival.key(), cause);
        if (batch.corrections().isOver(input)) {
            return;
        }
        if (decide(arrival, referral, steps.step(arrival, referral, batch), batch)) {
            catchUp(referralId, cause, batch);
        }
    }

    /** Takes or refuses it; whether it was taken. */
    private boolean decide(Arrival arrival, @Nullable Referral referral, Steps.Step step, Batch batch)
            throws SQLException {
        if (referral == null || !step.findings().isEmpty()) {
            batch.insert(arrival, StoredMessage.Status.REFUSED, arrival.parcel().canonical());
            batch.owe(receipts.answer(
                    arrival, referral, Receipts.Status.REFUSED, false, List.of(), step.findings(), batch.now()));
            Replays.refused(arrival, step.findings(), batch);
            return false;
        }
        take(arrival, referral, step, batch);
        Replays.taken(arrival, batch);
        return true;
    }

    private static Finding tooManyWait() {
        return Findings.of(
                Severity.ERROR,
                "lifecycle.too-many-wait",
                "/referralId",
                Map.of("limit", String.valueOf(EarlyMessages.MOST)));
    }

    private void take(Arrival arrival, Referral referral, Steps.Step step, Batch batch) throws SQLException {
        MessageType type = arrival.envelope().messageType();
        boolean bySender = arrival.sender().equals(referral.sender);
        boolean calledOff = bySender && (type == MessageType.RECALL || type == MessageType.VOID);
        Urgency before = referral.facts.urgency();
        String riskBefore = referral.facts.risk();
        JsonNode childBefore = null;
        byte[] canonical = arrival.parcel().canonical();
        Set<String> tell = new LinkedHashSet<>(step.tell());
        List<Finding> findings = new ArrayList<>(beforeRequest(arrival, referral, batch));
        // Before the list that stands is put in for one that was not given.
        if (type == MessageType.AMEND) {
            WithholdList.addIds(arrival.message().at(CONSENT), agencies);
            StandingRequest.Amendment amendment = standing.amend(arrival, referral, batch);
            canonical = amendment.canonical();
            childBefore = amendment.bodyBefore();
            if (amendment.withdrawn()) {
                calledOff = true;
                tell.addAll(referral.assignments.keySet());
            } else {
                tell.removeIf(recipient -> agencies.find(recipient)
                        .map(agency -> !amendment.changes(agency, views))
                        .orElse(false));
            }
            unsent(referral, tell, batch);
        } else if (bySender) {
            canonical = standing.withhold(arrival, referral, batch);
        }
        // Counted even when no fact changes: two nodes must not both move the assignments of one referral.
        referral.changed = true;
        batch.insert(arrival, StoredMessage.Status.ACCEPTED, canonical);
        if (childBefore != null) {
            sameChild.look(arrival, referral, batch.hashes(childBefore), batch);
        }
        for (Steps.Move move : step.moves()) {
            // One that must not be told any more has ended by now, and an amendment does not begin it again.
            if (move.assignment().state.isOpen() || !move.state().isOpen()) {
                batch.apply(referral, move);
            }
        }
        Map<String, Instant> knownBy = null;
        if (calledOff) {
            if (type != MessageType.AMEND) {
                for (String recipient : tell) {
                    obligations.withdraw(batch, referral.id, recipient);
                }
            }
            spare(referral, tell, batch);
            knownBy = Recalls.tell(arrival, referral, tell, knownBy(referral, batch), batch);
        }
        Map<String, Batch.Sooner> sooner =
                referral.facts.urgency().compareTo(before) < 0 ? hurry(referral, batch) : Map.of();
        if (referral.facts.urgency().compareTo(before) < 0 || !Objects.equals(referral.facts.risk(), riskBefore)) {
            Obligations.hasten(batch, referral, arrival.stamp());
        }
        if (!bySender && type == MessageType.RECALL) {
            // The child's referral is with the sender again, who must say that it knows.
            knownBy = Recalls.tell(arrival, referral, tell, knownBy(referral, batch), batch);
        }
        if (!step.acknowledges().isEmpty()) {
            Recalls.acknowledge(referral, arrival.sender(), step.acknowledges(), batch);
        }
        // A withdrawal of consent says nothing of the child, so it must not be read before the REQUEST.
        Urgency urgency = calledOff ? before : referral.facts.urgency();
        Function<Agency, Withheld> withheld = views.withheld(arrival.message());
        List<Receipts.Told> told = new ArrayList<>();
        for (String recipient : tell) {
            batch.owe(Delivery.of(arrival, canonical, recipient, referral, urgency));
            Agency agency = agencies.find(recipient).orElse(null);
            if (agency != null) {
                Batch.Sooner due = sooner.getOrDefault(recipient, Batch.Sooner.NOTHING);
                told.add(new Receipts.Told(
                        new Choice(agency, PARTY),
                        knownBy == null ? due.acknowledgeBy() : knownBy.get(recipient),
                        due.acceptBy(),
                        withheld.apply(agency)));
            }
        }
        if (step.added() != null) {
            told.add(add(arrival, step.added(), referral, batch));
        }
        batch.owe(receipts.answer(arrival, referral, Receipts.Status.ACCEPTED, false, told, findings, batch.now()));
    }

    /** An answer that was written before what it answers, by the clocks of the two. It counts: the child does not wait for clocks. */
    private List<Finding> beforeRequest(Arrival arrival, Referral referral, Batch batch) throws SQLException {
        Instant written = instant(arrival.message());
        // What was written after the referral came needs no look at the REQUEST.
        if (written == null
                || written.toEpochMilli() >= referral.openedAt
                || arrival.sender().equals(referral.sender)) {
            return List.of();
        }
        Instant asked = instant(standing.standing(referral, batch));
        return asked != null && written.isBefore(asked)
                ? List.of(Findings.of(Severity.WARNING, "answer.before-request", ""))
                : List.of();
    }

    private static @Nullable Instant instant(JsonNode message) {
        try {
            return OffsetDateTime.parse(message.path("sentAt").asText()).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** When those who are told now that it is called off must have said that they know; whether their office is open or not. */
    private Instant knownBy(Referral referral, Batch batch) {
        return responseTimes
                .deadlines(referral.facts.urgency(), OpeningHours.ALWAYS, batch.now())
                .acknowledgeBy();
    }

    /** The referral has become more urgent: whoever still owes an answer owes it sooner. No deadline moves back. */
    private Map<String, Batch.Sooner> hurry(Referral referral, Batch batch) throws SQLException {
        Map<String, Batch.Sooner> sooner = new HashMap<>();
        for (String recipient : referral.assignments.keySet()) {
            OpeningHours hours = agencies.find(recipient).map(Agency::hours).orElse(OpeningHours.ALWAYS);
            sooner.put(
                    recipient,
                    batch.shorten(
                            referral.id,
                            recipient,
                            responseTimes.deadlines(referral.facts.urgency(), hours, batch.now())));
            batch.clocks().shorten(referral.id, recipient, Clocks.Kind.RECALL, knownBy(referral, batch));
        }
        return sooner;
    }

    /** What has not left leaves as it stands now; a REQUEST not at all for one who must not be told any more. */
    private void unsent(Referral referral, Set<String> tell, Batch batch) throws SQLException {
        for (String recipient : List.copyOf(referral.assignments.keySet())) {
            if (obligations.isRequestAtDesk(batch, referral.id, recipient)
                    && !standing.mayBeTold(agencies.find(recipient), referral, batch)) {
                if (!obligations.callOff(batch, referral, recipient)) {
                    tell.remove(recipient);
                }
            } else {
                obligations.refresh(batch, referral, recipient);
                obligations.renewKeptBack(batch, referral, recipient);
            }
        }
    }

    /** Who has heard of nothing need not hear that it is over, nor say that it knows of what was to tell it so before. */
    private void spare(Referral referral, Set<String> tell, Batch batch) throws SQLException {
        for (String recipient : List.copyOf(tell)) {
            if (!obligations.told(batch, referral.id, recipient)) {
                tell.remove(recipient);
                Recalls.moot(referral, recipient, batch);
            }
        }
    }

    /** A new recipient gets the referral's own REQUEST, with what was amended since. */
    private Receipts.Told add(Arrival arrival, Steps.Added added, Referral referral, Batch batch) throws SQLException {
        Choice choice = added.choice();
        String recipient = choice.agency().id();
        ResponseTimes.Deadlines deadlines = responseTimes.deadlines(
                referral.facts.urgency(), choice.agency().hours(), batch.now());
        batch.insert(
                referral,
                new Referral.Assignment(recipient, choice.rule(), Lifecycle.State.REQUESTED, null, added.predecessor()),
                deadlines);
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
        return new Receipts.Told(
                choice,
                deadlines.acknowledgeBy(),
                deadlines.acceptBy(),
                withheld(choice.agency(), arrival.sender(), referral, batch));
    }

    /** What the new one is not shown of the REQUEST; of what its author is not shown either it does not even learn that it is there. */
    private Withheld withheld(Agency added, String author, Referral referral, Batch batch) throws SQLException {
        Function<Agency, Withheld> withheld = views.withheld(standing.standing(referral, batch));
        Withheld own = author.equals(referral.sender)
                ? Withheld.NOTHING
                : agencies.find(author).map(withheld).orElse(Withheld.NOTHING);
        return withheld.apply(added).without(own);
    }
}
