package org.referralhub.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.dialect.Inbound;
import org.referralhub.dialect.Origin;
import org.referralhub.dialect.Part;
import org.referralhub.dialect.Received;
import org.referralhub.ledger.Tracking;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;
import org.referralhub.message.Severity;
import org.referralhub.message.Urgency;
import org.referralhub.validation.Findings;
import org.springframework.http.MediaType;

/**
 * Takes a message from an agency over HTTP. The whole chain of checks runs before the answer, so that the sender has the
 * report at once; what passes then goes the way of every other message, as the sender's own bytes through {@code
 * intake.<dialect>}. A refused message ends here: its sender has the report, so it is not kept for the desk.
 */
final class MessageDoor {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The chain of checks. */
    @FunctionalInterface
    interface Chain {
        /** Reads a document of this dialect from this sender; a spreadsheet's file holds a message in each row. */
        List<Received> read(String dialect, String sender, byte[] original, java.time.Instant now);
    }

    /** What would become of a document, stage by stage; see {@link org.referralhub.flow.Trial}. */
    @FunctionalInterface
    interface Stages {
        /** Runs them without sending anything. */
        ObjectNode run(Agency sender, byte[] original, java.time.Instant now);
    }

    /** What is known of earlier messages. */
    @FunctionalInterface
    interface Memory {
        /** What became of the sender's message with this id. */
        Optional<Tracking.Prior> prior(String sender, String messageId);
    }

    /** Where accepted bytes go; returns when they are safe. */
    @FunctionalInterface
    interface Handover {
        /** Hands the messages over on behalf of the agency, all of them or none. */
        void send(Agency agency, List<Handed> messages);
    }

    /**
     * A message to hand over.
     *
     * @param part the sender's own bytes, or of a file of several one row with the header
     */
    record Handed(Part part, Urgency urgency) {}

    /** What the door says. */
    sealed interface Verdict {
        /** What was found. */
        Report report();

        /** On its way. */
        record Taken(MessageAnswer answer, Report report) implements Verdict {}

        /** Not valid. */
        record Refused(Report report) implements Verdict {}

        /** A file of several messages, each with its own answer. */
        record Several(FileAnswer answer, Report report) implements Verdict {}
    }

    /** Longer than the ledger takes for what was handed over, even when it has fallen behind. */
    private static final Duration UNDER_WAY = Duration.ofMinutes(10);

    /** Bounds the memory; beyond it, a repeat within the second is answered as if it were new, and the ledger still knows. */
    private static final int MOST_UNDER_WAY = 20_000;

    private record Key(String sender, String messageId) {}

    /** What was handed over here and the ledger may not know yet. */
    private final Cache<Key, Tracking.Prior> underWay = Caffeine.newBuilder()
            .maximumSize(MOST_UNDER_WAY)
            .expireAfterWrite(UNDER_WAY)
            .build();

    private final Chain chain;
    private final Stages stages;
    private final Memory memory;
    private final Handover handover;
    private final Function<String, List<String>> mediaTypes;
    private final Clock clock;

    /** @param mediaTypes the media types of a dialect by its name */
    MessageDoor(
            Chain chain,
            Stages stages,
            Memory memory,
            Handover handover,
            Function<String, List<String>> mediaTypes,
            Clock clock) {
        this.chain = chain;
        this.stages = stages;
        this.memory = memory;
        this.handover = handover;
        this.mediaTypes = mediaTypes;
        this.clock = clock;
    }

    /** Checks the document and hands over what passes. */
    Verdict take(Agency agency, @Nullable String contentType, byte[] original) {
        requireOwnFormat(agency, contentType);
        List<Received> messages = chain.read(agency.dialect(), agency.id(), original, clock.instant());
        return messages.size() == 1 ? takeOne(agency, messages.get(0)) : takeEach(agency, messages);
    }

    private Verdict takeOne(Agency agency, Received message) {
        if (!(message.inbound() instanceof Inbound.Accepted accepted)) {
            return new Verdict.Refused(message.inbound().report());
        }
        Known known = known(agency, message.part(), accepted);
        if (known.isConflict()) {
            throw ProblemException.conflict(
                    known.first().referralId(), known.first().reference());
        }
        handOver(agency, List.of(known));
        return new Verdict.Taken(known.answer(), known.report());
    }

    /** Every row has its own answer, and those that pass are handed over together. */
    private Verdict takeEach(Agency agency, List<Received> messages) {
        List<Known> handed = new ArrayList<>();
        List<FileAnswer.Row> rows = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (Received message : messages) {
            findings.addAll(message.inbound().report().findings());
            Origin origin = message.part().origin();
            if (!(message.inbound() instanceof Inbound.Accepted accepted)) {
                rows.add(FileAnswer.Row.refused(
                        origin, FindingView.of(message.inbound().report())));
                continue;
            }
            Known known = known(agency, message.part(), accepted);
            if (known.isConflict()) {
                Finding conflict =
                        Findings.of(Severity.ERROR, "message.conflict", "").at("", origin.line(), 1);
                rows.add(FileAnswer.Row.of(
                        origin, "conflict", known.answer(), FindingView.of(new Report(List.of(conflict)))));
            } else {
                handed.add(known);
                rows.add(FileAnswer.Row.of(
                        origin,
                        known.answer().status(),
                        known.answer(),
                        known.answer().findings()));
            }
        }
        if (!handed.isEmpty()) {
            handOver(agency, handed);
        }
        return new Verdict.Several(FileAnswer.of(rows), new Report(findings));
    }

    /**
     * A message that passes, and what is known of its id.
     *
     * @param mine what will be known of it
     * @param prior what is known already; null for a new id
     */
    private record Known(
            Part part,
            Inbound.Accepted accepted,
            Key key,
            byte[] written,
            Tracking.Prior mine,
            Tracking.@Nullable Prior prior) {
        Tracking.Prior first() {
            return prior == null ? mine : prior;
        }

        boolean isConflict() {
            return prior != null && !prior.isRepeatedBy(part.document(), written);
        }

        MessageAnswer answer() {
            return new MessageAnswer(
                    first().referralId(),
                    first().reference(),
                    key.messageId(),
                    prior == null ? "accepted" : "duplicate",
                    accepted.incomplete(),
                    FindingView.of(report()));
        }

        /** Whoever repeats what the ledger has refused must not take the answer for a yes. */
        private Report report() {
            if (prior == null || !prior.isRefused()) {
                return accepted.report();
            }
            List<Finding> findings = new ArrayList<>(accepted.report().findings());
            findings.add(Findings.of(Severity.ERROR, "message.refused-before", "/messageId"));
            return new Report(findings);
        }
    }

    private Known known(Agency agency, Part part, Inbound.Accepted accepted) {
        JsonNode canonical = accepted.canonical();
        byte[] written = written(canonical);
        Key key = new Key(agency.id(), canonical.path("messageId").asText());
        Tracking.Prior mine = Tracking.Prior.of(canonical.path("referralId").asText(), part.document(), written);
        // On the way to the ledger counts as well, or who repeats a call within the second would be told that it is
        // new. So do the rows above in the same file.
        Optional<Tracking.Prior> prior = memory.prior(agency.id(), key.messageId())
                .or(() -> Optional.ofNullable(underWay.asMap().putIfAbsent(key, mine)));
        return new Known(part, accepted, key, written, mine, prior.orElse(null));
    }

    private void handOver(Agency agency, List<Known> messages) {
        try {
            // A repeat goes through as well: the ledger knows it and sends the first receipt again.
            handover.send(
                    agency,
                    messages.stream()
                            .map(known -> new Handed(
                                    known.part(),
                                    Urgency.onTheWayIn(known.accepted().canonical())))
                            .toList());
        } catch (RuntimeException e) {
            // Whether it is safe is not known, so the call that repeats it is not told so either.
            messages.forEach(known -> underWay.asMap().remove(known.key(), known.mine()));
            throw e;
        }
    }

    /** The canonical message as intake writes it for the ledger. */
    private static byte[] written(JsonNode canonical) {
        try {
            return JSON.writeValueAsBytes(canonical);
        } catch (JsonProcessingException e) {
            // Jackson's text may quote the message, so it is not kept as the cause.
            throw new IllegalStateException("a tree can always be written");
        }
    }

    /** Only checks it. */
    Report check(Agency agency, @Nullable String contentType, byte[] original) {
        requireOwnFormat(agency, contentType);
        return new Report(chain.read(agency.dialect(), agency.id(), original, clock.instant()).stream()
                .flatMap(message -> message.inbound().report().findings().stream())
                .toList());
    }

    /** Only shows what would become of it. */
    ObjectNode tryOut(Agency agency, @Nullable String contentType, byte[] original) {
        requireOwnFormat(agency, contentType);
        return stages.run(agency, original, clock.instant());
    }

    private void requireOwnFormat(Agency agency, @Nullable String contentType) {
        List<String> spoken = mediaTypes.apply(agency.dialect());
        MediaType given = parse(contentType);
        boolean own = given != null
                && spoken.stream().map(MediaType::parseMediaType).anyMatch(type -> type.equalsTypeAndSubtype(given));
        if (!own) {
            throw ProblemException.of(
                    Problem.UNSUPPORTED_MEDIA_TYPE,
                    "Your dialect is %s; send it as %s.".formatted(agency.dialect(), String.join(" or ", spoken)));
        }
    }

    private static @Nullable MediaType parse(@Nullable String contentType) {
        try {
            return contentType == null ? null : MediaType.parseMediaType(contentType);
        } catch (org.springframework.http.InvalidMediaTypeException e) {
            return null;
        }
    }
}
