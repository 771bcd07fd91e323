package org.referralhub.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.referralhub.agency.Agency;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;
import org.referralhub.message.Severity;
import org.referralhub.recipient.Choice;
import org.referralhub.validation.Findings;

/**
 * A REQUEST that can't reach one agency goes to another instead. Responsibility goes with it: the new one has an assignment
 * with its clocks, in the place of the first one's, which ends. Only before the first has read it: who has read a referral
 * must be told that it is no longer his, which is a recall.
 */
final class Redirects {
    /** Rule of those who were asked by an operator. */
    static final String RULE = "redirected-by-operator";

    private static final String READ = "select 1 from message m cross join delivery d where m.referral_id = ? and "
            + Delivery.OF_MESSAGE + " and d.recipient = ? and d.type = 'REQUEST' and d.basis is not null limit 1";

    private final Obligations obligations;
    private final Receipts receipts;
    private final ObjectMapper mapper = new ObjectMapper();

    Redirects(Obligations obligations, Receipts receipts) {
        this.obligations = obligations;
        this.receipts = receipts;
    }

    /** The other agency gets it, or a code of why it does not. */
    Obligations.Redirection redirect(Batch batch, String deliveryId, String to, String order, Rulebook rules)
            throws SQLException {
        Accounts.Entry entry = Accounts.find(batch, deliveryId);
        Delivery delivery = entry == null ? null : Obligations.find(batch, deliveryId);
        if (entry == null || delivery == null || entry.state() != DeliveryState.DESK) {
            return Obligations.Redirection.refused("not-at-the-desk");
        }
        Referral referral = delivery.referralId() == null ? null : batch.referral(delivery.referralId());
        if (delivery.type() != MessageType.REQUEST || referral == null) {
            return Obligations.Redirection.refused("only-a-request");
        }
        Referral.Assignment part = referral.assignments.get(delivery.recipient());
        if (part == null || !part.state.isOpen()) {
            return Obligations.Redirection.refused("part-is-over");
        }
        if (hasRead(batch, referral, delivery.recipient())) {
            return Obligations.Redirection.refused("recipient-has-read-it");
        }
        Optional<Agency> agency = rules.agencies().find(to);
        if (agency.isEmpty() || !mayBeAsked(agency.get(), referral, batch, rules)) {
            return Obligations.Redirection.refused("agency-not-possible");
        }
        return Obligations.Redirection.to(move(batch, referral, part, agency.get(), order, rules));
    }

    private static boolean hasRead(Batch batch, Referral referral, String recipient) throws SQLException {
        batch.flush();
        PreparedStatement select = batch.statement(READ);
        select.setString(1, referral.id);
        select.setString(2, recipient);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next();
        }
    }

    /**
     * One answer for all reasons, as for a TRANSFER: what the child consents to, and whom it withholds it from, is not for an
     * operator to learn by trying.
     */
    private boolean mayBeAsked(Agency agency, Referral referral, Batch batch, Rulebook rules) throws SQLException {
        Referral.Assignment has = referral.assignments.get(agency.id());
        return !agency.id().equals(referral.sender)
                && (has == null || !has.state.isOpen())
                && new StandingRequest(mapper, rules.agencies()::isExercise)
                        .mayBeTold(Optional.of(agency), referral, batch);
    }

    private String move(
            Batch batch, Referral referral, Referral.Assignment part, Agency to, String order, Rulebook rules)
            throws SQLException {
        ResponseTimes.Deadlines deadlines =
                rules.responseTimes().deadlines(referral.facts.urgency(), to.hours(), batch.now());
        referral.changed = true;
        // Before the first one's part ends, or whoever had handed the referral on to it would have it back.
        batch.insert(
                referral,
                new Referral.Assignment(to.id(), RULE, Lifecycle.State.REQUESTED, null, part.predecessor),
                deadlines);
        obligations.callOff(batch, referral, part.recipient);
        Batch.Standing request = batch.standing(referral);
        Delivery delivery = new Delivery(
                Delivery.id(referral.request, to.id(), order),
                referral.request,
                // A later amendment must not change what this recipient was sent.
                request.amended() ? null : referral.request,
                request.canonical(),
                to.id(),
                MessageType.REQUEST,
                referral.id,
                request.messageId(),
                referral.facts.urgency());
        batch.owe(delivery);
        tellSender(batch, referral, part.recipient, new Choice(to, RULE), deadlines, delivery.id(), request, rules);
        return delivery.id();
    }

    private void tellSender(
            Batch batch,
            Referral referral,
            String from,
            Choice to,
            ResponseTimes.Deadlines deadlines,
            String delivery,
            Batch.Standing request,
            Rulebook rules)
            throws SQLException {
        String cause = told(delivery);
        batch.owe(receipts.receipt(
                new Receipts.About(cause, referral.sender, request.messageId(), referral.id, referral.facts.urgency()),
                cause,
                Receipts.Status.ACCEPTED,
                false,
                List.of(new Receipts.Told(
                        to,
                        deadlines.acknowledgeBy(),
                        deadlines.acceptBy(),
                        rules.views()
                                .withheld(MessageEntry.object(mapper, request.canonical()))
                                .apply(to.agency()))),
                new byte[0],
                List.of(Findings.of(
                        Severity.WARNING,
                        "delivery.redirected",
                        "",
                        Map.of("from", from, "agency", to.agency().id()))),
                batch.now()));
    }

    /** The cause of the receipt that tells the sender who has it now. */
    static String told(String delivery) {
        return Identifiers.derive("redirected", delivery);
    }
}
