package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Urgency;

/** A referral while a batch works on it: its facts and the assignments of its recipients. */
final class Referral {
    /**
     * Which rows of a table that lies in order of opening belong to a referral: its id, twice. Without the first half every
     * row would be looked at.
     */
    static final String ROWS = "opened_at = (select opened_at from referral where id = ?) and referral_id = ?";

    final String id;
    final String reference;
    final String sender;
    /** Key of the REQUEST in the table of messages. */
    final String request;

    Facts facts;
    int version;
    boolean incomplete;
    /** As last written; another node that changed the referral meanwhile makes the next write fail. */
    int revision;

    boolean changed;
    /** Milliseconds since 1970 UTC. */
    long openedAt;
    /** True while somebody has still to say that it knows that the referral is called off. */
    boolean recallOpen;
    /** The terms that the index has it under. */
    Set<String> indexed = Set.of();
    /** Keyed hashes of the child that this batch has learnt. */
    Set<String> child = Set.of();
    /** The REQUEST with its amendments, once it was needed. Not to be changed in place. */
    @Nullable
    ObjectNode standing;

    final Map<String, Assignment> assignments = new LinkedHashMap<>();

    /** True while a recipient has not answered in any way, so that the REQUEST may lie unread in its inbox. */
    boolean isUnread() {
        return assignments.values().stream().anyMatch(assignment -> assignment.state == Lifecycle.State.REQUESTED);
    }

    /** What tracking knows; codes only. */
    record Facts(
            Urgency urgency,
            String concerns,
            @Nullable String risk,
            @Nullable String place) {

        /** What a REQUEST's body says of them. */
        static Facts of(JsonNode body) {
            StringJoiner concerns = new StringJoiner(",");
            body.path("concerns").forEach(concern -> concerns.add(concern.asText()));
            return new Facts(
                    Urgency.valueOf(body.path("urgency").asText()),
                    concerns.toString(),
                    body.path("riskLevel").asText(null),
                    place(body.path("child").path("address")));
        }

        private static @Nullable String place(JsonNode address) {
            for (String level : new String[] {"subdistrict", "district", "state"}) {
                if (address.hasNonNull(level)) {
                    return address.path(level).asText();
                }
            }
            return null;
        }
    }

    /** One recipient's part. */
    static final class Assignment {
        final String recipient;
        final String rule;
        Lifecycle.State state;
        Lifecycle.@Nullable State pending;
        final @Nullable String predecessor;

        Assignment(
                String recipient,
                String rule,
                Lifecycle.State state,
                Lifecycle.@Nullable State pending,
                @Nullable String predecessor) {
            this.recipient = recipient;
            this.rule = rule;
            this.state = state;
            this.pending = pending;
            this.predecessor = predecessor;
        }
    }

    Referral(
            String id,
            String reference,
            String sender,
            String request,
            Facts facts,
            int version,
            boolean incomplete,
            int revision) {
        this.id = id;
        this.reference = reference;
        this.sender = sender;
        this.request = request;
        this.facts = facts;
        this.version = version;
        this.incomplete = incomplete;
        this.revision = revision;
    }
}
