package org.referralhub.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.MessageType;
import org.referralhub.message.Urgency;

/** What is known about a referral. Reads only, on connections of its own, and holds nothing personal. */
public final class Tracking {

    /**
     * A referral as operators and its parties may see it.
     *
     * @param place code of the child's place, where known
     * @param incomplete true while only the urgent core is known
     * @param assignments one for each recipient
     * @param timeline every message of the referral, oldest first
     */
    public record ReferralView(
            String referralId,
            String reference,
            String sender,
            Urgency urgency,
            List<String> concerns,
            @Nullable String place,
            int version,
            boolean incomplete,
            Instant openedAt,
            List<AssignmentView> assignments,
            List<EventView> timeline) {}

    /**
     * One recipient's part.
     *
     * @param state of {@link Lifecycle.State}, its code
     * @param rule the rule that chose the recipient
     * @param acknowledgeBy when an acknowledgement is due
     * @param acceptBy when an acceptance is due
     */
    public record AssignmentView(
            String recipient,
            String state,
            String rule,
            Instant since,
            @Nullable Instant acknowledgeBy,
            @Nullable Instant acceptBy) {}

    /**
     * One message of the referral.
     *
     * @param status {@code accepted} or {@code refused}
     * @param deliveries what followed from it, receipts among them
     */
    public record EventView(
            String messageId,
            MessageType messageType,
            String sender,
            Instant at,
            String status,
            List<DeliveryView> deliveries) {}

    /** One message to one recipient; {@code state} of {@link DeliveryState}. */
    public record DeliveryView(
            String deliveryId,
            String recipient,
            MessageType messageType,
            DeliveryState state,
            @Nullable Instant settledAt,
            @Nullable String basis) {}

    /**
     * What became of an earlier message with the same sender and id.
     *
     * @param status {@code accepted} or {@code refused}
     */
    public record Prior(String referralId, String reference, String originalDigest, String status) {}

    private final DataSource readers;

    public Tracking(DataSource readers) {
        this.readers = readers;
    }

    /** The referral with this identifier or reference, as a person may have typed it. */
    public Optional<ReferralView> referral(String idOrReference) {
        throw new UnsupportedOperationException(idOrReference + readers);
    }

    /** Sender and recipients; empty for an unknown referral. */
    public Set<String> parties(String referralId) {
        throw new UnsupportedOperationException(referralId);
    }

    /** True when the agency sent or received the referral. */
    public boolean isParty(String agency, String referralId) {
        return parties(referralId).contains(agency);
    }

    /** What the ledger knows of the sender's message with this id. */
    public Optional<Prior> prior(String sender, String messageId) {
        throw new UnsupportedOperationException(sender + messageId);
    }
}
