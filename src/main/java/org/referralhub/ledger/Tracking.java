package org.referralhub.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;
import org.referralhub.message.Text;
import org.referralhub.message.Urgency;
import org.referralhub.message.Withheld;

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
     * @param withheld groups of fields of the REQUEST as it stands of which the recipient is shown nothing
     * @param reduced groups of which it is shown a part
     */
    public record AssignmentView(
            String recipient,
            String state,
            String rule,
            Instant since,
            @Nullable Instant acknowledgeBy,
            @Nullable Instant acceptBy,
            List<Text> withheld,
            List<Text> reduced) {
        /** As the recipient itself may see it. */
        public AssignmentView own() {
            return new AssignmentView(recipient, state, rule, since, acknowledgeBy, acceptBy, List.of(), List.of());
        }
    }

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
            @Nullable String basis) {
        /** As its recipient may see it: the basis would tell an agency that somebody wants it not to know. */
        public DeliveryView withoutBasis() {
            return new DeliveryView(deliveryId, recipient, messageType, state, settledAt, null);
        }

        /** True for what the hub tells a joint team about the child: of no concern to the parties. */
        public boolean isSignal(MessageType cause) {
            return messageType == MessageType.FEEDBACK && cause != MessageType.FEEDBACK;
        }
    }

    /**
     * What became of an earlier message with the same sender and id.
     *
     * @param originalDigest of the sender's own bytes, as {@link Identifiers#digest} makes it
     * @param canonicalDigest of the canonical message as intake wrote it
     * @param status {@code accepted} or {@code refused}
     */
    public record Prior(
            String referralId, String reference, String originalDigest, String canonicalDigest, String status) {
        /** What will be known of a message that is on its way to the ledger. */
        public static Prior of(String referralId, byte[] original, byte[] canonical) {
            return new Prior(
                    referralId,
                    Identifiers.reference(referralId),
                    Identifiers.digest(original),
                    Identifiers.digest(canonical),
                    "accepted");
        }

        /** True when the ledger has refused it; a repeat changes nothing. */
        public boolean isRefused() {
            return StoredMessage.Status.of(status) == StoredMessage.Status.REFUSED;
        }

        /** True for the message that the ledger takes for a repeat of this one; any other is a conflict. */
        public boolean isRepeatedBy(byte[] original, byte[] canonical) {
            return StoredMessage.isRepeat(
                    originalDigest, canonicalDigest, Identifiers.digest(original), Identifiers.digest(canonical));
        }
    }

    private static final String STANDING =
            "select coalesce(a.canonical, m.canonical) from referral r join message m on m.id = r.request"
                    + " left join amended a on a.referral_id = r.id where r.id = ?";

    private final DataSource readers;
    private final Supplier<AgencyRegistry> agencies;
    private final Supplier<Views> views;
    private final ObjectMapper mapper = new ObjectMapper();

    public Tracking(DataSource readers, Supplier<AgencyRegistry> agencies, Supplier<Views> views) {
        this.readers = readers;
        this.agencies = agencies;
        this.views = views;
    }

    /** The referral with this identifier or reference, as a person may have typed it. */
    public Optional<ReferralView> referral(String idOrReference) {
        String wanted = idOrReference.strip();
        String column = "id";
        try {
            wanted = Identifiers.normaliseReference(wanted);
            column = "reference";
        } catch (IllegalArgumentException e) {
            // Not a reference: an identifier, or nothing that is known.
        }
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select id, reference, sender, urgency, concerns, place, version, incomplete, opened_at from referral"
                                + " where " + column + " = ?")) {
            select.setString(1, wanted);
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                String id = rows.getString(1);
                return Optional.of(new ReferralView(
                        id,
                        rows.getString(2),
                        rows.getString(3),
                        Urgency.valueOf(rows.getString(4)),
                        concerns(rows.getString(5)),
                        rows.getString(6),
                        rows.getInt(7),
                        rows.getInt(8) != 0,
                        Instant.ofEpochMilli(rows.getLong(9)),
                        assignments(connection, id),
                        timeline(connection, id)));
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    private static List<String> concerns(String stored) {
        return stored.isEmpty() ? List.of() : List.of(stored.split(","));
    }

    /** Sender and recipients; empty for an unknown referral. */
    public Set<String> parties(String referralId) {
        Set<String> parties = new LinkedHashSet<>();
        try (Connection connection = readers.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select sender from referral where id = ? union all"
                                + " select recipient from assignment where referral_id = ?")) {
            select.setString(1, referralId);
            select.setString(2, referralId);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    parties.add(rows.getString(1));
                }
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
        return parties;
    }

    /** True when the agency sent or received the referral. */
    public boolean isParty(String agency, String referralId) {
        return parties(referralId).contains(agency);
    }

    /** What the ledger knows of the sender's message with this id. */
    public Optional<Prior> prior(String sender, String messageId) {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select referral_id, original_digest, canonical_digest, status from message where id = ?")) {
            select.setString(1, StoredMessage.key(sender, messageId));
            try (ResultSet rows = select.executeQuery()) {
                return rows.next()
                        ? Optional.of(new Prior(
                                rows.getString(1),
                                Identifiers.reference(rows.getString(1)),
                                rows.getString(2),
                                rows.getString(3),
                                rows.getString(4)))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    private List<AssignmentView> assignments(Connection connection, String referralId) throws SQLException {
        List<AssignmentView> assignments = new ArrayList<>();
        Function<Agency, Withheld> withheld = withheld(connection, referralId);
        try (PreparedStatement select = connection.prepareStatement(
                "select recipient, state, rule, since, acknowledge_by, accept_by from assignment where referral_id = ?"
                        + " order by since, recipient")) {
            select.setString(1, referralId);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Withheld own =
                            agencies.get().find(rows.getString(1)).map(withheld).orElse(Withheld.NOTHING);
                    assignments.add(new AssignmentView(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getString(3),
                            Instant.ofEpochMilli(rows.getLong(4)),
                            instant(rows, 5),
                            instant(rows, 6),
                            own.whole(),
                            own.partly()));
                }
            }
        }
        return assignments;
    }

    private Function<Agency, Withheld> withheld(Connection connection, String referralId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(STANDING)) {
            select.setString(1, referralId);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next()
                        ? views.get().withheld(MessageEntry.object(mapper, rows.getBytes(1)))
                        : agency -> Withheld.NOTHING;
            }
        }
    }

    private static List<EventView> timeline(Connection connection, String referralId) throws SQLException {
        Map<String, EventView> events = new LinkedHashMap<>();
        // What was refused tells nobody anything about the referral, and may come from a stranger to it.
        try (PreparedStatement select = connection.prepareStatement(
                "select m.id, m.message_id, m.type, m.sender, m.recorded_at, m.status, d.id, d.recipient, d.type, d.state,"
                        + " d.settled_at, d.basis from message m left join delivery d on " + Delivery.OF_MESSAGE
                        + " where m.referral_id = ? and m.status = 'accepted'"
                        + " order by m.recorded_at, m.arrived_at, m.id, d.created_at, d.recipient, d.type")) {
            select.setString(1, referralId);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    EventView event = events.get(rows.getString(1));
                    if (event == null) {
                        event = new EventView(
                                rows.getString(2),
                                MessageType.valueOf(rows.getString(3)),
                                rows.getString(4),
                                Instant.ofEpochMilli(rows.getLong(5)),
                                rows.getString(6),
                                new ArrayList<>());
                        events.put(rows.getString(1), event);
                    }
                    if (rows.getString(7) != null) {
                        event.deliveries()
                                .add(new DeliveryView(
                                        rows.getString(7),
                                        rows.getString(8),
                                        MessageType.valueOf(rows.getString(9)),
                                        DeliveryState.valueOf(rows.getString(10)),
                                        instant(rows, 11),
                                        rows.getString(12)));
                    }
                }
            }
        }
        return List.copyOf(events.values());
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }
}
