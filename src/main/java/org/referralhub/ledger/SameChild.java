package org.referralhub.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;

/**
 * Notices that two agencies report the same child, and tells the joint team of the child's place: a FEEDBACK of the hub's with
 * the two references and nothing else. Nothing is merged, nobody else is told, and whom either referral is withheld from hears
 * nothing.
 */
final class SameChild {
    private static final DateTimeFormatter OFFSET =
            DateTimeFormatter.ISO_OFFSET_DATE_TIME.withZone(ZoneOffset.ofHours(8));
    private static final String TEXT =
            "Нэг хүүхдийн тухай байж болзошгүй хоёр мэдээлэл: %1$s, %2$s. Нэгтгэх эсэхийг баг шийднэ."
                    + " / Two referrals that may be about the same child: %1$s, %2$s. Whether they belong together is for the team to"
                    + " decide.";

    private final AgencyRegistry agencies;
    private final StandingRequest requests;
    private final ObjectMapper mapper;

    SameChild(AgencyRegistry agencies, StandingRequest requests, ObjectMapper mapper) {
        this.agencies = agencies;
        this.requests = requests;
        this.mapper = mapper;
    }

    /**
     * Looks for other reports about the child of a referral that was just opened, with its recipients, or that says only now
     * who the child is.
     *
     * @param known what was known of the child before, as keyed hashes: reports that are found by these were told of then
     */
    void look(Arrival arrival, Referral referral, Set<String> known, Batch batch) throws SQLException {
        for (String other : batch.sameChild(referral, known)) {
            Referral earlier = batch.referral(other);
            if (earlier == null || earlier.sender.equals(referral.sender) || isVoid(earlier)) {
                continue;
            }
            Optional<Agency> team = team(referral, earlier, batch);
            if (team.isPresent()) {
                tell(arrival, referral, earlier, team.get().id(), batch);
            }
        }
    }

    private static boolean isVoid(Referral referral) {
        return referral.assignments.values().stream()
                .allMatch(assignment -> assignment.state == Lifecycle.State.ENTERED_IN_ERROR);
    }

    /** The team of the place where the child was reported last. */
    private Optional<Agency> team(Referral referral, Referral earlier, Batch batch) throws SQLException {
        String place = place(referral) == null ? place(earlier) : place(referral);
        for (Agency team : agencies.offices(AgencyKind.JOINT_TEAM, place)) {
            if (!requests.withheld(team, referral, batch) && !requests.withheld(team, earlier, batch)) {
                return Optional.of(team);
            }
        }
        return Optional.empty();
    }

    private static @Nullable String place(Referral referral) {
        return referral.facts.place();
    }

    private void tell(Arrival arrival, Referral referral, Referral earlier, String team, Batch batch)
            throws SQLException {
        boolean ordered = referral.id.compareTo(earlier.id) < 0;
        String pair = Identifiers.derive(
                "same-child", ordered ? referral.id : earlier.id, ordered ? earlier.id : referral.id);
        ObjectNode message = mapper.createObjectNode();
        message.put("messageId", pair);
        message.put("messageType", MessageType.FEEDBACK.name());
        message.put("schemaVersion", "1.0");
        message.put("referralId", referral.id);
        message.put("version", 1);
        message.put("sentAt", OFFSET.format(batch.now().truncatedTo(ChronoUnit.MILLIS)));
        message.put("sender", Receipts.HUB);
        message.put("recipient", team);
        message.putObject("body").put("text", TEXT.formatted(referral.reference, earlier.reference));
        batch.owe(new Delivery(
                Delivery.id(arrival.key(), team, pair),
                arrival.key(),
                null,
                MessageEntry.bytes(mapper, message),
                team,
                MessageType.FEEDBACK,
                referral.id,
                pair,
                referral.facts.urgency()));
    }
}
