package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.referralhub.agency.Agency;
import org.referralhub.agency.WithholdList;
import org.referralhub.message.MessageType;
import org.referralhub.message.Urgency;

/** Keeps the REQUEST of a referral as it stands with its amendments, and the consent that it gives with every message. */
final class StandingRequest {
    private static final String CONSENT = "consent";
    private static final String WITHHOLD_FROM = "withholdFrom";

    private static final String LEGAL_BASIS = "legalBasis";

    private final ObjectMapper mapper;
    private final Predicate<String> exercise;

    /**
     * What an amendment came to.
     *
     * @param canonical the message for its recipients
     * @param withdrawn whether the child or who speaks for it takes a consent back: everyone who was told is told again
     */
    record Amendment(byte[] canonical, ObjectNode before, ObjectNode after, boolean withdrawn) {
        /** The body of the REQUEST as it was. */
        JsonNode bodyBefore() {
            return before.path("body");
        }

        /** Whether this agency is shown something else now. */
        boolean changes(Agency agency, Views views) {
            return !seen(views.of(before, agency)).equals(seen(views.of(after, agency)));
        }

        /** The number of the version alone is no news. */
        private static JsonNode seen(JsonNode view) {
            JsonNode copy = view.deepCopy();
            if (copy instanceof ObjectNode object) {
                object.remove("version");
            }
            return copy;
        }
    }

    /** @param exercise whether all that an agency sends is an exercise */
    StandingRequest(ObjectMapper mapper, Predicate<String> exercise) {
        this.mapper = mapper;
        this.exercise = exercise;
    }

    /**
     * Whether the referral must not be known to this agency, which is named there or its kind is. An exercise is for the agency
     * that it was addressed to and for nobody else.
     */
    boolean withheld(Agency agency, Referral referral, Batch batch) throws SQLException {
        if (exercise.test(referral.sender) && !referral.assignments.containsKey(agency.id())) {
            return true;
        }
        return WithholdList.of(consent(standing(referral, batch))).names(agency);
    }

    /**
     * Whether the REQUEST may go to this agency, which has not had it yet: the child's consent has not been taken back since
     * it came, or was overridden with a reason, and the agency is not among those who must not know.
     */
    boolean mayBeTold(Optional<Agency> agency, Referral referral, Batch batch) throws SQLException {
        if (agency.isPresent() && withheld(agency.get(), referral, batch)) {
            return false;
        }
        JsonNode now = consent(standing(referral, batch));
        boolean overridden = now.path("overridden").asBoolean()
                && !now.path("overrideReason").asText().isBlank();
        JsonNode first = consent(MessageEntry.object(mapper, batch.first(referral)));
        return overridden || !isWithdrawn(first, now);
    }

    private static JsonNode withholdFrom(ObjectNode request) {
        return consent(request).path(WITHHOLD_FROM);
    }

    /** The REQUEST as it stands with every amendment so far. */
    ObjectNode standing(Referral referral, Batch batch) throws SQLException {
        ObjectNode standing = referral.standing;
        if (standing == null) {
            standing = MessageEntry.object(mapper, batch.standing(referral).canonical());
            referral.standing = standing;
        }
        return standing;
    }

    /**
     * Applies the changes to the REQUEST that is kept. A field given replaces the former one whole; only the list of those
     * who must not know stays until another list is given, so that nobody comes off it by an omission.
     *
     * @return the amendment for its recipients, with what decides who may see it: their view is cut from this alone
     */
    Amendment amend(Arrival arrival, Referral referral, Batch batch) throws SQLException {
        Amendment amendment = weigh(arrival, referral, batch);
        batch.child(referral, amendment.after().path("body"));
        batch.amend(referral, bytes(amendment.after()));
        return amendment;
    }

    /** The same without keeping it: the message and the referral in hand are changed, the database is not. */
    Amendment weigh(Arrival arrival, Referral referral, Batch batch) throws SQLException {
        ObjectNode message = arrival.message();
        ObjectNode before = standing(referral, batch);
        ObjectNode standing = before.deepCopy();
        ObjectNode former = standing.withObject("/body");
        ObjectNode changes = message.withObject("/body/changes");
        JsonNode withheld = withholdFrom(standing);
        if (changes.get(CONSENT) instanceof ObjectNode consent && !consent.has(WITHHOLD_FROM) && !withheld.isEmpty()) {
            consent.set(WITHHOLD_FROM, withheld);
        }
        Urgency urgency = referral.facts.urgency();
        boolean others = changes.has(CONSENT) || changes.has(LEGAL_BASIS);
        former.setAll(changes);
        referral.version++;
        referral.incomplete = false;
        referral.facts = Referral.Facts.of(former);
        standing.put("version", referral.version);
        standing.remove("incomplete");
        message.put("version", referral.version);
        boolean withdrawn = isWithdrawn(consent(before), consent(standing));
        boolean sooner = referral.facts.urgency().compareTo(urgency) < 0;
        if ((others || sooner && referral.isUnread()) && !withdrawn) {
            // Who may see more now has to be told what it could not be told before. And one that is more urgent now is
            // read
            // before the REQUEST that still lies in the inbox, so it must say by itself what is to be done.
            former.fieldNames().forEachRemaining(field -> restate(field, former, changes));
        }
        restate(CONSENT, former, changes);
        restate(LEGAL_BASIS, former, changes);
        if (changes.has("callbackPhone")) {
            restate("reporter", former, changes);
        }
        referral.standing = standing;
        return new Amendment(bytes(message), before, standing, withdrawn);
    }

    private static JsonNode consent(ObjectNode request) {
        return request.path("body").path(CONSENT);
    }

    private static boolean isWithdrawn(JsonNode before, JsonNode now) {
        return isWithdrawn(before, now, "services") || isWithdrawn(before, now, "disclosure");
    }

    /** Refused now, and not so before. */
    private static boolean isWithdrawn(JsonNode before, JsonNode now, String consent) {
        return isRefused(now.path(consent)) && !isRefused(before.path(consent));
    }

    private static boolean isRefused(JsonNode consent) {
        return consent.isBoolean() && !consent.booleanValue();
    }

    private static void restate(String field, ObjectNode former, ObjectNode changes) {
        if (!changes.has(field) && former.has(field)) {
            changes.set(field, former.get(field));
        }
    }

    /** A message of the sender's to those it told, with the list of those who must not know: it is enforced, and not sent. */
    byte[] withhold(Arrival arrival, Referral referral, Batch batch) throws SQLException {
        return withhold(arrival.message(), referral, batch)
                ? bytes(arrival.message())
                : arrival.parcel().canonical();
    }

    private boolean withhold(ObjectNode message, Referral referral, Batch batch) throws SQLException {
        JsonNode withheld = withholdFrom(standing(referral, batch));
        if (withheld.isEmpty()) {
            return false;
        }
        message.withObject("/body/" + CONSENT).set(WITHHOLD_FROM, withheld);
        return true;
    }

    /**
     * A message of the sender's that leaves late is held to the consent as it stands by now; an amendment says what has become
     * of the fields that it names, so that it undoes none that came after it.
     *
     * @return empty when it is not the sender's
     */
    Optional<byte[]> renew(byte[] canonical, Referral referral, Batch batch) throws SQLException {
        ObjectNode message = MessageEntry.object(mapper, canonical);
        if (!message.path("sender").asText().equals(referral.sender)) {
            return Optional.empty();
        }
        if (MessageType.valueOf(message.path("messageType").asText()) == MessageType.AMEND) {
            ObjectNode now = standing(referral, batch).withObject("/body");
            ObjectNode changes = message.withObject("/body/changes");
            Set<String> fields = new TreeSet<>(Set.of(CONSENT, LEGAL_BASIS));
            changes.fieldNames().forEachRemaining(fields::add);
            changes.removeAll();
            fields.forEach(field -> restate(field, now, changes));
            message.put("version", referral.version);
        } else {
            withhold(message, referral, batch);
        }
        return Optional.of(bytes(message));
    }

    private byte[] bytes(ObjectNode message) {
        return MessageEntry.bytes(mapper, message);
    }
}
