package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.WithholdList;
import org.referralhub.message.Envelope;
import org.referralhub.message.Finding;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Severity;
import org.referralhub.message.Withheld;
import org.referralhub.recipient.Choice;
import org.referralhub.validation.Findings;

/** A REQUEST opens a referral: who gets it, and by when each must answer. */
final class Opening {
    private final ObjectMapper mapper;
    private final BiFunction<JsonNode, Instant, List<Choice>> recipients;
    private final AgencyRegistry agencies;
    private final ResponseTimes responseTimes;
    private final Receipts receipts;
    private final SameChild sameChild;
    private final Views views;

    Opening(
            ObjectMapper mapper,
            BiFunction<JsonNode, Instant, List<Choice>> recipients,
            AgencyRegistry agencies,
            ResponseTimes responseTimes,
            Receipts receipts,
            SameChild sameChild,
            Views views) {
        this.mapper = mapper;
        this.recipients = recipients;
        this.agencies = agencies;
        this.responseTimes = responseTimes;
        this.receipts = receipts;
        this.sameChild = sameChild;
        this.views = views;
    }

    /** Takes the REQUEST, which is new. False when nobody can be found for it. */
    boolean open(Arrival arrival, Batch batch) throws SQLException {
        Envelope envelope = arrival.envelope();
        JsonNode body = arrival.message().path("body");
        List<Choice> choices = recipients.apply(arrival.message(), arrival.arrivedAt());
        if (choices.isEmpty()) {
            // Only when no other agency takes part at all. Nobody would act: the operators must.
            MessageEntry.toDesk(arrival, "no-recipient", "permanent", batch);
            return false;
        }
        boolean incomplete = arrival.message().path("incomplete").asBoolean();
        Referral referral = new Referral(
                envelope.referralId(),
                Identifiers.reference(envelope.referralId()),
                arrival.sender(),
                arrival.key(),
                Referral.Facts.of(body),
                envelope.version(),
                incomplete,
                0);
        JsonNode consent = body.path("consent");
        List<Finding> findings = new ArrayList<>();
        if (incomplete) {
            findings.add(Findings.of(Severity.WARNING, "message.incomplete", ""));
        }
        byte[] canonical = WithholdList.addIds(consent, agencies)
                ? MessageEntry.bytes(mapper, arrival.message())
                : arrival.parcel().canonical();
        batch.insert(arrival, StoredMessage.Status.ACCEPTED, canonical);
        batch.insert(referral);
        batch.child(referral, body);
        Function<Agency, Withheld> withheld = views.withheld(arrival.message());
        List<Receipts.Told> told = new ArrayList<>();
        for (Choice choice : choices) {
            ResponseTimes.Deadlines deadlines = responseTimes.deadlines(
                    referral.facts.urgency(), choice.agency().hours(), batch.now());
            String recipient = choice.agency().id();
            batch.insert(
                    referral,
                    new Referral.Assignment(recipient, choice.rule(), Lifecycle.State.REQUESTED, null, null),
                    deadlines);
            batch.owe(Delivery.of(arrival, canonical, recipient, referral, referral.facts.urgency()));
            told.add(new Receipts.Told(
                    choice, deadlines.acknowledgeBy(), deadlines.acceptBy(), withheld.apply(choice.agency())));
        }
        sameChild.look(arrival, referral, Set.of(), batch);
        batch.owe(
                receipts.answer(arrival, referral, Receipts.Status.ACCEPTED, incomplete, told, findings, batch.now()));
        return true;
    }
}
