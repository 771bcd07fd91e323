package org.referralhub.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Envelope;
import org.referralhub.message.Finding;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Queues;
import org.referralhub.message.Severity;
import org.referralhub.message.Urgency;
import org.referralhub.recipient.Choice;
import org.referralhub.validation.Findings;

/** A valid message from an agency: identity first, then the lifecycle, then who gets it. */
final class MessageEntry implements LedgerEntry {
    /** The rule of those who get an answer because they are parties to the referral. */
    static final String PARTY = "party-to-referral";

    private static final String CONSENT = "consent";
    private static final String WITHHOLD_FROM = "withholdFrom";

    private static final Set<AgencyKind> MANDATED =
            Set.of(AgencyKind.POLICE, AgencyKind.JOINT_TEAM, AgencyKind.HELPLINE_108);

    private final ObjectMapper mapper;
    private final BiFunction<JsonNode, Instant, List<Choice>> recipients;
    private final AgencyRegistry agencies;
    private final ResponseTimes responseTimes;
    private final Receipts receipts;
    private final Obligations obligations;

    MessageEntry(
            ObjectMapper mapper,
            BiFunction<JsonNode, Instant, List<Choice>> recipients,
            AgencyRegistry agencies,
            ResponseTimes responseTimes,
            Receipts receipts,
            Obligations obligations) {
        this.mapper = mapper;
        this.recipients = recipients;
        this.agencies = agencies;
        this.responseTimes = responseTimes;
        this.receipts = receipts;
        this.obligations = obligations;
    }

    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.MESSAGE);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        Batch batch = (Batch) transaction;
        Arrival arrival = Arrival.of(input, mapper, batch.now());
        StoredMessage earlier = batch.message(arrival.key());
        if (earlier == null) {
            if (arrival.envelope().messageType() == MessageType.REQUEST) {
                open(arrival, batch);
            } else {
                followUp(arrival, batch);
            }
        } else if (earlier.stamp().equals(arrival.stamp())) {
            obligations.emitAgain(batch, earlier.id());
        } else if (earlier.originalDigest().equals(arrival.originalDigest())
                || earlier.canonicalDigest().equals(arrival.canonicalDigest())) {
            repeat(arrival, earlier, batch);
        } else {
            conflict(arrival, batch);
        }
    }

    /** A sender's repeat: the first receipt once more, and nothing else. */
    private void repeat(Arrival arrival, StoredMessage earlier, Batch batch) throws SQLException {
        Delivery first = obligations.receipt(batch, earlier.id(), arrival.sender());
        if (first == null) {
            throw new SQLException("a recorded message without its receipt");
        }
        batch.tally().duplicates++;
        oweOnce(
                new Delivery(
                        Receipts.deliveryId(arrival.stamp(), arrival.sender()),
                        arrival.stamp(),
                        null,
                        first.body(),
                        first.recipient(),
                        first.type(),
                        first.referralId(),
                        first.messageId(),
                        first.urgency()),
                batch);
    }

    /** Other content under an id that is taken: refused, and kept for the desk. */
    private void conflict(Arrival arrival, Batch batch) throws SQLException {
        batch.tally().refused++;
        Receipts.About about = new Receipts.About(
                Identifiers.derive("conflict", arrival.key(), arrival.originalDigest()),
                arrival.sender(),
                arrival.envelope().messageId(),
                null,
                arrival.urgency());
        oweOnce(
                receipts.receipt(
                        about,
                        arrival.stamp(),
                        Receipts.Status.CONFLICT,
                        false,
                        List.of(),
                        new byte[0],
                        List.of(Findings.of(Severity.ERROR, "message.conflict", "/messageId")),
                        batch.now()),
                batch);
        toDesk(arrival, "conflict", "refused", batch);
    }

    private static void toDesk(Arrival arrival, String cause, String failure, Batch batch) throws SQLException {
        Map<String, String> properties = new HashMap<>(arrival.input().properties());
        properties.put(Headers.KIND, LedgerKind.DEAD.name());
        properties.put(Headers.DEAD_ORIGIN, Queues.LEDGER);
        properties.put(Headers.DEAD_STAGE, "ledger");
        properties.put(Headers.DEAD_CAUSE, cause);
        properties.put(Headers.DEAD_CLASS, failure);
        batch.record(new LedgerInput(
                arrival.input().token(),
                LedgerKind.DEAD,
                properties,
                arrival.input().body()));
    }

    /** A delivery whose cause is this arrival alone: when it is there already, the batch is being repeated. */
    private void oweOnce(Delivery delivery, Batch batch) throws SQLException {
        if (obligations.receipt(batch, delivery.cause(), delivery.recipient()) == null) {
            batch.owe(delivery);
        } else {
            obligations.emitAgain(batch, delivery.cause());
        }
    }

    private void open(Arrival arrival, Batch batch) throws SQLException {
        Envelope envelope = arrival.envelope();
        JsonNode body = arrival.message().path("body");
        List<Choice> choices = recipients.apply(arrival.message(), arrival.arrivedAt());
        if (choices.isEmpty()) {
            // Only when no other agency takes part at all. Nobody would act: the operators must.
            toDesk(arrival, "no-recipient", "permanent", batch);
            return;
        }
        boolean incomplete = arrival.message().path("incomplete").asBoolean();
        Referral referral = new Referral(
                envelope.referralId(),
                Identifiers.reference(envelope.referralId()),
                arrival.sender(),
                arrival.key(),
                facts(body),
                envelope.version(),
                incomplete,
                0);
        store(arrival, StoredMessage.Status.ACCEPTED, arrival.parcel().canonical(), batch);
        batch.insert(referral);
        ResponseTimes.Deadlines deadlines = responseTimes.deadlines(referral.facts.urgency(), batch.now());
        for (Choice choice : choices) {
            String recipient = choice.agency().id();
            batch.insert(
                    referral,
                    new Referral.Assignment(recipient, choice.rule(), Lifecycle.State.REQUESTED, null, null),
                    deadlines);
            send(arrival, arrival.parcel().canonical(), recipient, referral, batch);
        }
        List<Finding> findings =
                incomplete ? List.of(Findings.of(Severity.WARNING, "message.incomplete", "")) : List.of();
        receipt(arrival, referral, Receipts.Status.ACCEPTED, incomplete, choices, findings, batch);
    }

    private void followUp(Arrival arrival, Batch batch) throws SQLException {
        Referral referral = batch.referral(arrival.envelope().referralId());
        Step step = referral == null ? Step.refused(unknownReferral()) : step(arrival, referral, batch);
        if (referral == null || !step.findings().isEmpty()) {
            store(arrival, StoredMessage.Status.REFUSED, arrival.parcel().canonical(), batch);
            receipt(arrival, referral, Receipts.Status.REFUSED, false, List.of(), step.findings(), batch);
            return;
        }
        byte[] canonical = arrival.parcel().canonical();
        if (arrival.envelope().messageType() == MessageType.AMEND) {
            canonical = amend(arrival, referral, batch);
        } else if (arrival.sender().equals(referral.sender)) {
            canonical = withhold(arrival, referral, batch);
        }
        // Counted even when no fact changes: two nodes must not both move the assignments of one referral.
        referral.changed = true;
        store(arrival, StoredMessage.Status.ACCEPTED, canonical, batch);
        for (Move move : step.moves()) {
            move.assignment().state = move.state();
            move.assignment().pending = move.pending();
            batch.update(referral, move.assignment());
        }
        List<Choice> told = new ArrayList<>();
        for (String recipient : step.tell()) {
            send(arrival, canonical, recipient, referral, batch);
            agencies.find(recipient).ifPresent(agency -> told.add(new Choice(agency, PARTY)));
        }
        if (step.added() != null) {
            told.add(add(arrival, step.added(), referral, batch));
        }
        receipt(arrival, referral, Receipts.Status.ACCEPTED, false, told, List.of(), batch);
    }

    /** What a follow-up does, or why it is refused. */
    private record Step(
            List<Finding> findings,
            List<Move> moves,
            Set<String> tell,
            @Nullable Choice added) {
        static Step refused(Finding finding) {
            return new Step(List.of(finding), List.of(), Set.of(), null);
        }
    }

    /** A change of an assignment. */
    private record Move(Referral.Assignment assignment, Lifecycle.State state, Lifecycle.@Nullable State pending) {}

    private Step step(Arrival arrival, Referral referral, Batch batch) throws SQLException {
        if (arrival.sender().equals(referral.sender)) {
            return senderStep(arrival, referral, batch);
        }
        Referral.Assignment own = referral.assignments.get(arrival.sender());
        // One who is no party must not learn that the referral exists.
        return own == null ? Step.refused(unknownReferral()) : recipientStep(arrival, referral, own, batch);
    }

    private Step senderStep(Arrival arrival, Referral referral, Batch batch) throws SQLException {
        MessageType type = arrival.envelope().messageType();
        String only = arrival.envelope().recipient();
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
        return added(arrival, referral, moves, tell, null, batch);
    }

    private Step recipientStep(Arrival arrival, Referral referral, Referral.Assignment own, Batch batch)
            throws SQLException {
        MessageType type = arrival.envelope().messageType();
        JsonNode body = arrival.message().path("body");
        boolean failed = "FAILED".equals(body.path("result").asText());
        Optional<Lifecycle.State> next = Lifecycle.next(own.state, type, Lifecycle.Party.RECIPIENT, failed);
        if (next.isEmpty()) {
            return Step.refused(notAllowed(
                    type, Set.of(own.state.code()), Lifecycle.allowed(own.state, Lifecycle.Party.RECIPIENT)));
        }
        if (type == MessageType.REJECT
                && referral.facts.urgency() == Urgency.IMMEDIATE
                && !body.hasNonNull("redirectTo")
                && agencies.find(own.recipient)
                        .map(agency -> MANDATED.contains(agency.kind()))
                        .orElse(false)) {
            return Step.refused(Findings.of(Severity.ERROR, "lifecycle.redirect-required", "/body/redirectTo"));
        }
        List<Move> moves = new ArrayList<>();
        if (type == MessageType.TRANSFER) {
            // Takes effect when the new agency accepts; until then this one stays responsible.
            moves.add(new Move(own, own.state, Lifecycle.State.TRANSFERRED));
        } else {
            Lifecycle.State state = next.get();
            moves.add(new Move(own, state, state.isOpen() ? own.pending : null));
            handOver(referral, own, state, moves);
        }
        Set<String> tell = new LinkedHashSet<>();
        tell.add(referral.sender);
        return added(arrival, referral, moves, tell, own, batch);
    }

    /** Responsibility moves when the successor accepts, and stays when it does not. */
    private static void handOver(Referral referral, Referral.Assignment own, Lifecycle.State state, List<Move> moves) {
        Referral.Assignment old = own.predecessor == null ? null : referral.assignments.get(own.predecessor);
        if (old == null || old.pending == null) {
            return;
        }
        if (state == Lifecycle.State.ACCEPTED && old.state.isOpen()) {
            moves.add(new Move(old, old.pending, null));
        } else if (!state.isOpen()) {
            moves.add(new Move(old, old.state, null));
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
                    case REJECT -> "redirectTo";
                    default -> "";
                };
        String named = field.isEmpty()
                ? null
                : arrival.message().path("body").path(field).asText(null);
        if (named == null) {
            return new Step(List.of(), moves, tell, null);
        }
        Optional<Agency> agency = agencies.find(named);
        boolean possible = agency.isPresent()
                && !named.equals(referral.sender)
                && !referral.assignments.containsKey(named)
                && !withheld(agency.get(), referral, batch);
        if (!possible) {
            // One answer for all reasons: whom the child's consent withholds it from is nobody's business.
            return Step.refused(Findings.of(Severity.ERROR, "lifecycle.agency-not-possible", "/body/" + field));
        }
        return new Step(List.of(), moves, tell, new Choice(agency.get(), rule(type, own)));
    }

    private static String rule(MessageType type, Referral.@Nullable Assignment own) {
        return switch (type) {
            case TRANSFER -> "transferred";
            case REJECT -> "redirected";
            default -> own == null ? "escalated-by-sender" : "escalated-by-recipient";
        };
    }

    private boolean withheld(Agency agency, Referral referral, Batch batch) throws SQLException {
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
    private ObjectNode standing(Referral referral, Batch batch) throws SQLException {
        ObjectNode standing = referral.standing;
        if (standing == null) {
            standing = object(mapper, batch.standing(referral).canonical());
            referral.standing = standing;
        }
        return standing;
    }

    /** A new recipient gets the referral's own REQUEST, with what was amended since. */
    private Choice add(Arrival arrival, Choice added, Referral referral, Batch batch) throws SQLException {
        boolean transfer = arrival.envelope().messageType() == MessageType.TRANSFER;
        String recipient = added.agency().id();
        batch.insert(
                referral,
                new Referral.Assignment(
                        recipient, added.rule(), Lifecycle.State.REQUESTED, null, transfer ? arrival.sender() : null),
                responseTimes.deadlines(referral.facts.urgency(), batch.now()));
        Batch.Standing request = batch.standing(referral);
        batch.owe(new Delivery(
                Delivery.id(arrival.key(), recipient, referral.request),
                arrival.key(),
                // A later amendment must not change what this recipient was sent.
                request.amended() ? null : referral.request,
                request.canonical(),
                recipient,
                MessageType.REQUEST,
                referral.id,
                request.messageId(),
                referral.facts.urgency()));
        return added;
    }

    /**
     * Applies the changes to the REQUEST that is kept. A field given replaces the former one whole; only the list of those
     * who must not know stays until another list is given, so that nobody comes off it by an omission.
     *
     * @return the amendment for its recipients, with what decides who may see it: their view is cut from this alone
     */
    private byte[] amend(Arrival arrival, Referral referral, Batch batch) throws SQLException {
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
        referral.facts = facts(former);
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
    private byte[] withhold(Arrival arrival, Referral referral, Batch batch) throws SQLException {
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

    /** What tracking knows of a REQUEST's body. */
    private static Referral.Facts facts(JsonNode body) {
        StringJoiner concerns = new StringJoiner(",");
        body.path("concerns").forEach(concern -> concerns.add(concern.asText()));
        return new Referral.Facts(
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

    private static void send(Arrival arrival, byte[] canonical, String recipient, Referral referral, Batch batch)
            throws SQLException {
        batch.owe(new Delivery(
                Delivery.id(arrival.key(), recipient, arrival.key()),
                arrival.key(),
                arrival.key(),
                canonical,
                recipient,
                arrival.envelope().messageType(),
                referral.id,
                arrival.envelope().messageId(),
                referral.facts.urgency()));
    }

    private static void store(Arrival arrival, StoredMessage.Status status, byte[] canonical, Batch batch)
            throws SQLException {
        batch.insert(
                new StoredMessage(
                        arrival.key(),
                        arrival.envelope().referralId(),
                        arrival.stamp(),
                        arrival.originalDigest(),
                        arrival.canonicalDigest(),
                        status),
                arrival.sender(),
                arrival.envelope().messageId(),
                arrival.envelope().messageType(),
                arrival.input().property(Headers.DIALECT),
                arrival.parcel().original(),
                canonical,
                arrival.parcel().report(),
                arrival.arrivedAt().toEpochMilli());
    }

    private void receipt(
            Arrival arrival,
            @Nullable Referral referral,
            Receipts.Status status,
            boolean incomplete,
            List<Choice> told,
            List<Finding> findings,
            Batch batch)
            throws SQLException {
        boolean accepted = status == Receipts.Status.ACCEPTED;
        Receipts.About about = new Receipts.About(
                arrival.key(),
                arrival.sender(),
                arrival.envelope().messageId(),
                // What was refused may not even belong to a referral that the sender may know of.
                accepted && referral != null ? referral.id : null,
                accepted && referral != null ? referral.facts.urgency() : arrival.urgency());
        batch.owe(receipts.receipt(
                about, arrival.key(), status, incomplete, told, arrival.parcel().report(), findings, batch.now()));
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

    static ObjectNode object(ObjectMapper mapper, byte[] json) {
        if (tree(mapper, json) instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("a canonical message is not an object");
    }

    private static JsonNode tree(ObjectMapper mapper, byte[] json) {
        try {
            return mapper.readTree(json);
        } catch (IOException e) {
            // Jackson's text may quote the document, so it is not kept as the cause.
            throw new IllegalArgumentException("a canonical message is not JSON");
        }
    }
}
