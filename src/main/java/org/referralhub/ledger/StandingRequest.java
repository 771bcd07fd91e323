package org.referralhub.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import org.referralhub.agency.Agency;

/** Keeps the REQUEST of a referral as it stands with its amendments, and the consent that it gives with every message. */
final class StandingRequest {
    private static final String CONSENT = "consent";
    private static final String WITHHOLD_FROM = "withholdFrom";

    private final ObjectMapper mapper;

    StandingRequest(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** Whether the referral must not be known to this agency, which is named there or its kind is. */
    boolean withheld(Agency agency, Referral referral, Batch batch) throws SQLException {
        for (JsonNode entry : withholdFrom(standing(referral, batch))) {
            String name = entry.asText().strip();
            if (name.equalsIgnoreCase(agency.id())
                    || name.equalsIgnoreCase(agency.kind().name())) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode withholdFrom(JsonNode request) {
        return request.path("body").path("consent").path(WITHHOLD_FROM);
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
    byte[] amend(Arrival arrival, Referral referral, Batch batch) throws SQLException {
        ObjectNode message = arrival.message();
        ObjectNode standing = standing(referral, batch).deepCopy();
        ObjectNode former = standing.withObject("/body");
        ObjectNode changes = message.withObject("/body/changes");
        JsonNode withheld = withholdFrom(standing);
        if (changes.get(CONSENT) instanceof ObjectNode consent && !consent.has(WITHHOLD_FROM) && !withheld.isEmpty()) {
            consent.set(WITHHOLD_FROM, withheld);
        }
        former.setAll(changes);
        referral.version++;
        referral.incomplete = false;
        referral.facts = Referral.Facts.of(former);
        standing.put("version", referral.version);
        standing.remove("incomplete");
        message.put("version", referral.version);
        restate(CONSENT, former, changes);
        restate("legalBasis", former, changes);
        if (changes.has("callbackPhone")) {
            restate("reporter", former, changes);
        }
        referral.standing = standing;
        batch.amend(referral, bytes(standing));
        return bytes(message);
    }

    private static void restate(String field, ObjectNode former, ObjectNode changes) {
        if (!changes.has(field) && former.has(field)) {
            changes.set(field, former.get(field));
        }
    }

    /** A message of the sender's to those it told, with the list of those who must not know: it is enforced, and not sent. */
    byte[] withhold(Arrival arrival, Referral referral, Batch batch) throws SQLException {
        JsonNode withheld = withholdFrom(standing(referral, batch));
        if (withheld.isEmpty()) {
            return arrival.parcel().canonical();
        }
        arrival.message().withObject("/body/" + CONSENT).set(WITHHOLD_FROM, withheld);
        return bytes(arrival.message());
    }

    private byte[] bytes(ObjectNode message) {
        try {
            return mapper.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }
}
