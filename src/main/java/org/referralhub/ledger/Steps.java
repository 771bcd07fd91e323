package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Finding;
import org.referralhub.message.MessageType;
import org.referralhub.message.Severity;
import org.referralhub.message.Urgency;
import org.referralhub.recipient.Choice;
import org.referralhub.validation.Findings;

/** Decides what a follow-up does to the assignments of its referral. Changes nothing. */
final class Steps {
    /** What a sender may say to one recipient alone. */
    private static final Set<MessageType> ENDS_FOR_ONE = Set.of(MessageType.RECALL, MessageType.VOID);

    private static final Set<AgencyKind> MANDATED =
            Set.of(AgencyKind.POLICE, AgencyKind.JOINT_TEAM, AgencyKind.HELPLINE_108);

    private static final Set<Lifecycle.State> ASKED = Set.of(Lifecycle.State.REQUESTED, Lifecycle.State.RECEIVED);

    private static final String REDIRECT = "redirectTo";

    private final AgencyRegistry agencies;
    private final StandingRequest standing;

    Steps(AgencyRegistry agencies, StandingRequest standing) {
        this.agencies = agencies;
        this.standing = standing;
    }

    /**
     * What a follow-up does, or why it is refused.
     *
     * @param early whether it is refused only because of what it came before
     * @param acknowledges keys of the messages that called the referral off, if this one says that they are known
     */
    record Step(
            List<Finding> findings,
            List<Move> moves,
            Set<String> tell,
            @Nullable Added added,
            Set<String> acknowledges,
            boolean early) {
        Step(List<Move> moves, Set<String> tell, @Nullable Added added, Set<String> acknowledges) {
            this(List.of(), moves, tell, added, acknowledges, false);
        }

        /** It must be refused now, but may be allowed after a message that is still on its way. */
        static Step early(Finding finding, boolean early) {
            return new Step(List.of(finding), List.of(), Set.of(), null, Set.of(), early);
        }

        static Step refused(Finding finding) {
            return early(finding, false);
        }
    }

    /**
     * An agency that joins.
     *
     * @param predecessor the recipient whose responsibility moves to it when it accepts; null when there is none
     */
    record Added(Choice choice, @Nullable String predecessor) {}

    /** A change of an assignment. */
    record Move(Referral.Assignment assignment, Lifecycle.State state, Lifecycle.@Nullable State pending) {}

    /** What the message does to its referral as it stands; null when none is known. */
    Step step(Arrival arrival, @Nullable Referral referral, Batch batch) throws SQLException {
        if (referral == null) {
            return Step.early(unknownReferral(), true);
        }
        if (arrival.sender().equals(referral.sender)) {
            return senderStep(arrival, referral, batch);
        }
        Referral.Assignment own = referral.assignments.get(arrival.sender());
        // One who is no party must not learn that the referral exists, not even by an answer that comes at once.
        return own == null ? Step.early(unknownReferral(), true) : recipientStep(arrival, referral, own, batch);
    }

    private Step senderStep(Arrival arrival, Referral referral, Batch batch) throws SQLException {
        MessageType type = arrival.envelope().messageType();
        if (type == MessageType.ACK) {
            // Of a recipient's own RECALL; there is nothing else that a sender acknowledges.
            Set<String> answered = Recalls.answered(
                    referral, referral.sender, arrival.envelope().correlationId(), false, batch);
            if (!answered.isEmpty()) {
                return new Step(List.of(), Recalls.authors(answered, batch), null, answered);
            }
        }
        // What else it says is of all of them; a format that always names an addressee means no less by it.
        String only = ENDS_FOR_ONE.contains(type) ? arrival.envelope().recipient() : null;
        List<Move> moves = new ArrayList<>();
        Set<String> tell = new LinkedHashSet<>();
        Set<String> allowed = new LinkedHashSet<>();
        Set<String> states = new LinkedHashSet<>();
        for (Referral.Assignment assignment : referral.assignments.values()) {
            if (only != null && !only.equals(assignment.recipient)) {
                continue;
            }
            allowed.addAll(Lifecycle.allowed(assignment.state, Lifecycle.Party.SENDER));
            states.add(assignment.state.code());
            Optional<Lifecycle.State> next = Lifecycle.next(assignment.state, type, Lifecycle.Party.SENDER, false);
            next.ifPresent(state -> {
                moves.add(new Move(assignment, state, state.isOpen() ? assignment.pending : null));
                tell.add(assignment.recipient);
            });
        }
        if (moves.isEmpty()) {
            return Step.refused(notAllowed(type, states, allowed));
        }
        if (type == MessageType.RECALL && only == null) {
            // Who rejected it or handed it on has read it all the same.
            tell.addAll(referral.assignments.keySet());
        }
        handOver(referral, moves);
        return added(arrival, referral, moves, tell, null, batch);
    }

    private Step recipientStep(Arrival arrival, Referral referral, Referral.Assignment own, Batch batch)
            throws SQLException {
        MessageType type = arrival.envelope().messageType();
        JsonNode body = arrival.message().path("body");
        boolean failed = "FAILED".equals(body.path("result").asText());
        Optional<Lifecycle.State> next = Lifecycle.next(own.state, type, Lifecycle.Party.RECIPIENT, failed);
        if (type == MessageType.ACK) {
            Set<String> answered = Recalls.answered(
                    referral, own.recipient, arrival.envelope().correlationId(), next.isPresent(), batch);
            if (!answered.isEmpty()) {
                return new Step(List.of(), Set.of(referral.sender), null, answered);
            }
        }
        if (next.isEmpty()) {
            Set<String> allowed = new TreeSet<>(Lifecycle.allowed(own.state, Lifecycle.Party.RECIPIENT));
            if (Recalls.isAwaited(referral, own.recipient, batch)) {
                allowed.add(MessageType.ACK.name());
            }
            return Step.early(
                    notAllowed(type, Set.of(own.state.code()), allowed),
                    Lifecycle.mayYetAllow(own.state, type, Lifecycle.Party.RECIPIENT));
        }
        if (type == MessageType.REJECT
                && referral.facts.urgency() == Urgency.IMMEDIATE
                && !body.hasNonNull(REDIRECT)
                && agencies.find(own.recipient)
                        .map(agency -> MANDATED.contains(agency.kind()))
                        .orElse(false)) {
            return Step.refused(Findings.of(Severity.ERROR, "lifecycle.redirect-required", "/body/" + REDIRECT));
        }
        List<Move> moves = new ArrayList<>();
        if (type == MessageType.TRANSFER) {
            // Takes effect when the new agency accepts; until then this one stays responsible.
            moves.add(new Move(own, own.state, Lifecycle.State.TRANSFERRED));
        } else {
            Lifecycle.State state = next.get();
            moves.add(new Move(own, state, state.isOpen() ? own.pending : null));
            if (type != MessageType.REJECT || !body.hasNonNull(REDIRECT)) {
                // One that is redirected stays a transfer, to another agency.
                handOver(referral, moves);
            }
        }
        Set<String> tell = new LinkedHashSet<>();
        tell.add(referral.sender);
        return added(arrival, referral, moves, tell, own, batch);
    }

    /** What it does to the others when one recipient's part ends because it must not be told. */
    static List<Move> calledOff(Referral referral, Referral.Assignment assignment) {
        List<Move> moves = new ArrayList<>();
        moves.add(new Move(assignment, Lifecycle.State.CANCELLED, null));
        handOver(referral, moves);
        return moves;
    }

    /**
     * Responsibility moves when a successor accepts. It stays, and nothing is pending any more, when the last one that was
     * asked drops out: by rejecting, or because it was called off.
     */
    private static void handOver(Referral referral, List<Move> moves) {
        Map<Referral.Assignment, Lifecycle.State> after = new HashMap<>();
        moves.forEach(move -> after.put(move.assignment(), move.state()));
        for (Move move : List.copyOf(moves)) {
            Referral.Assignment successor = move.assignment();
            Referral.Assignment old =
                    successor.predecessor == null ? null : referral.assignments.get(successor.predecessor);
            if (old == null
                    || old.pending == null
                    || !after.getOrDefault(old, old.state).isOpen()
                    || !ASKED.contains(successor.state)) {
                continue;
            }
            if (move.state() == Lifecycle.State.ACCEPTED) {
                moves.add(new Move(old, old.pending, null));
            } else if (!move.state().isOpen()
                    && referral.assignments.values().stream()
                            .noneMatch(other -> old.recipient.equals(other.predecessor)
                                    && ASKED.contains(after.getOrDefault(other, other.state)))) {
                moves.add(new Move(old, old.state, null));
            }
        }
    }

    /** The agency that TRANSFER, REJECT or ESCALATE names, if it can take the referral. */
    private Step added(
            Arrival arrival,
            Referral referral,
            List<Move> moves,
            Set<String> tell,
            Referral.@Nullable Assignment own,
            Batch batch)
            throws SQLException {
        MessageType type = arrival.envelope().messageType();
        String field =
                switch (type) {
                    case TRANSFER, ESCALATE -> "to";
                    case REJECT -> REDIRECT;
                    default -> "";
                };
        String named = field.isEmpty()
                ? null
                : arrival.message().path("body").path(field).asText(null);
        if (named == null) {
            return new Step(moves, tell, null, Set.of());
        }
        Optional<Agency> agency = agencies.find(named);
        Referral.Assignment has = referral.assignments.get(named);
        boolean possible = agency.isPresent()
                && !named.equals(referral.sender)
                && (has == null || !has.state.isOpen())
                && standing.mayBeTold(agency, referral, batch);
        if (!possible) {
            // One answer for all reasons: what the child consents to, and whom it withholds it from, is nobody's
            // business.
            return Step.refused(Findings.of(Severity.ERROR, "lifecycle.agency-not-possible", "/body/" + field));
        }
        return new Step(
                moves,
                tell,
                new Added(new Choice(agency.get(), rule(type, own)), predecessor(type, own, referral)),
                Set.of());
    }

    private static @Nullable String predecessor(
            MessageType type, Referral.@Nullable Assignment own, Referral referral) {
        if (own == null || type == MessageType.ESCALATE) {
            return null;
        }
        if (type == MessageType.TRANSFER) {
            return own.recipient;
        }
        Referral.Assignment old = own.predecessor == null ? null : referral.assignments.get(own.predecessor);
        return old != null && old.pending != null ? old.recipient : null;
    }

    private static String rule(MessageType type, Referral.@Nullable Assignment own) {
        return switch (type) {
            case TRANSFER -> "transferred";
            case REJECT -> "redirected";
            default -> own == null ? "escalated-by-sender" : "escalated-by-recipient";
        };
    }

    private static Finding unknownReferral() {
        return Findings.of(Severity.ERROR, "lifecycle.unknown-referral", "/referralId");
    }

    private static Finding notAllowed(MessageType type, Set<String> states, Set<String> allowed) {
        return Findings.of(
                Severity.ERROR,
                "lifecycle.not-allowed",
                "/messageType",
                Map.of(
                        "type",
                        type.name(),
                        "state",
                        states.isEmpty() ? "-" : String.join(", ", states),
                        "allowed",
                        allowed.isEmpty() ? "-" : String.join(", ", allowed)));
    }
}
