package org.referralhub.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.Tracking.AssignmentView;
import org.referralhub.ledger.Tracking.DeliveryView;
import org.referralhub.ledger.Tracking.EventView;
import org.referralhub.ledger.Tracking.ReferralView;
import org.referralhub.message.Urgency;

/**
 * A referral as its caller may see it. Its sender and the operators see every recipient; a recipient sees its own part and
 * the messages it sent or received, and not who else was told.
 */
@Schema(name = "Referral", description = "Where a referral stands; nothing about the child.")
record ReferralAnswer(
        String referralId,
        @Schema(example = "RF-7K2M-Q8XD-3F5T") String reference,
        String sender,
        @Nullable Urgency urgency,
        @Nullable List<String> concerns,
        @Nullable String place,
        int version,
        boolean incomplete,
        Instant openedAt,
        List<AssignmentView> assignments,
        List<EventView> timeline) {

    static ReferralAnswer whole(ReferralView referral) {
        return new ReferralAnswer(
                referral.referralId(),
                referral.reference(),
                referral.sender(),
                referral.urgency(),
                referral.concerns(),
                referral.place(),
                referral.version(),
                referral.incomplete(),
                referral.openedAt(),
                referral.assignments(),
                referral.timeline());
    }

    static ReferralAnswer toParty(ReferralView referral, String agency) {
        if (referral.sender().equals(agency)) {
            return toSender(referral);
        }
        return new ReferralAnswer(
                referral.referralId(),
                referral.reference(),
                referral.sender(),
                referral.urgency(),
                // What it may know of these stands in the message it got, cut for it.
                null,
                null,
                referral.version(),
                referral.incomplete(),
                referral.openedAt(),
                referral.assignments().stream()
                        .filter(assignment -> assignment.recipient().equals(agency))
                        .map(AssignmentView::own)
                        .toList(),
                referral.timeline().stream()
                        .map(event -> toParty(event, agency))
                        .filter(event -> event.sender().equals(agency)
                                || !event.deliveries().isEmpty())
                        .toList());
    }

    /** Everything but the hub's signals to a joint team: that another agency reports the same child is not the sender's to know. */
    private static ReferralAnswer toSender(ReferralView referral) {
        return new ReferralAnswer(
                referral.referralId(),
                referral.reference(),
                referral.sender(),
                referral.urgency(),
                referral.concerns(),
                referral.place(),
                referral.version(),
                referral.incomplete(),
                referral.openedAt(),
                referral.assignments(),
                referral.timeline().stream()
                        .map(event -> with(event, delivery -> !delivery.isSignal(event.messageType())))
                        .toList());
    }

    private static EventView toParty(EventView event, String agency) {
        EventView own =
                with(event, delivery -> delivery.recipient().equals(agency) && !delivery.isSignal(event.messageType()));
        return new EventView(
                own.messageId(),
                own.messageType(),
                own.sender(),
                own.at(),
                own.status(),
                own.deliveries().stream().map(DeliveryView::withoutBasis).toList());
    }

    private static EventView with(EventView event, Predicate<DeliveryView> shown) {
        return new EventView(
                event.messageId(),
                event.messageType(),
                event.sender(),
                event.at(),
                event.status(),
                event.deliveries().stream().filter(shown).toList());
    }
}
