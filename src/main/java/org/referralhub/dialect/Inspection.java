package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;
import org.referralhub.message.Report;
import org.referralhub.message.Severity;
import org.referralhub.validation.CanonicalRules;
import org.referralhub.validation.Findings;
import org.referralhub.validation.JsonLocator.Place;
import org.referralhub.validation.Pointers;
import org.referralhub.validation.RegisterNumber;

/** One document on its way through the chain of checks. */
final class Inspection {
    private static final String SCHEMA_VERSION = "1.0";
    /** The envelope in the order in which it is written. */
    private static final List<String> ENVELOPE = List.of(
            "messageId",
            "messageType",
            "schemaVersion",
            "referralId",
            "version",
            "correlationId",
            "sentAt",
            "sender",
            "recipient",
            "partOf");

    private static final List<String> REGISTER_NUMBERS =
            List.of("/body/child/registerNo", "/body/changes/child/registerNo");

    private final CanonicalSchemas schemas;
    private final Dialect dialect;
    private final String sender;
    private final byte[] original;
    private final Codec.Opened opened;
    private final Origin origin;
    private final Instant now;

    /** Findings on the sender's document. */
    private final List<Finding> found = new ArrayList<>();
    /** Findings on the canonical message, not yet traced. */
    private final List<Finding> canonicalFindings = new ArrayList<>();

    private @Nullable Provenance provenance;

    Inspection(CanonicalSchemas schemas, Dialect dialect, Codec codec, String sender, Part part, Instant now) {
        this.schemas = schemas;
        this.dialect = dialect;
        this.sender = sender;
        this.original = part.document();
        this.opened = codec.open(original);
        this.origin = part.origin();
        this.now = now;
    }

    /** @param registry what is found in a canonical message by whoever knows the agencies */
    Inbound run(Function<ObjectNode, List<Finding>> registry) {
        Codec.Read read = opened.read();
        found.addAll(read.findings());
        JsonNode document = read.tree();
        if (document == null) {
            return new Inbound.Refused(report(), null);
        }
        JsonNode mapped = map(document);
        if (mapped == null) {
            return new Inbound.Refused(report(), null);
        }
        ObjectNode canonical = envelope(mapped);
        checkCanonical(canonical);
        registry.apply(canonical).stream().limit(Findings.MAX_PER_CHECK).forEach(canonicalFindings::add);
        if (found.isEmpty() && canonicalFindings.isEmpty()) {
            return new Inbound.Accepted(canonical, Report.CLEAN, false);
        }
        List<Finding> onCanonical = List.copyOf(canonicalFindings);
        List<Finding> onDocument = List.copyOf(found);
        trace(canonical);
        Report report = report();
        if (!report.refuses()) {
            return new Inbound.Accepted(canonical, report, false);
        }
        ObjectNode core =
                UrgentCore.of(canonical, report, onCanonical, schemas, now).orElse(null);
        if (core == null) {
            return new Inbound.Refused(report, idIn(canonical, onCanonical));
        }
        String shape = canonical.path("messageType").asText();
        return Guards.unreadable(
                        canonical,
                        onCanonical,
                        document,
                        onDocument,
                        pointer -> dialect.toCanonical() == Mapping.IDENTITY
                                ? Optional.empty()
                                : dialect.home(pointer, document, shape))
                ? new Inbound.Refused(withNotice("urgent-core.held-back", report), idIn(canonical, onCanonical))
                : new Inbound.Accepted(core, withNotice("urgent-core.sent", report), true);
    }

    /** What the document says, valid or not; null when it can't be read. */
    @Nullable
    ObjectNode meaning() {
        JsonNode document = opened.read().tree();
        JsonNode mapped = document == null ? null : map(document);
        return mapped == null ? null : envelope(mapped);
    }

    private static @Nullable String idIn(ObjectNode canonical, List<Finding> onCanonical) {
        String id = canonical.path("messageId").asText();
        boolean wrong = id.isEmpty()
                || onCanonical.stream()
                        .anyMatch(finding ->
                                finding.refuses() && finding.pointer().equals("/messageId"));
        return wrong ? null : id;
    }

    private static Report withNotice(String code, Report report) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Findings.of(Severity.INFORMATION, code, "").at("", 1, 1));
        findings.addAll(report.findings());
        return new Report(findings);
    }

    /** The canonical message as the mapping makes it; null when it makes none. */
    private @Nullable JsonNode map(JsonNode document) {
        JsonNode mapped = null;
        JsonNode translated = document;
        try {
            mapped = dialect.toCanonical().apply(document);
        } catch (Mapping.Failure e) {
            Provenance.Remainder remainder = Provenance.remainder(dialect.toCanonical(), document);
            if (remainder == null) {
                mappingFailed("");
            } else {
                remainder.culprits().forEach(this::mappingFailed);
                translated = remainder.document();
                mapped = applyAgain(translated);
            }
        }
        if (mapped != null && !mapped.isObject()) {
            mappingFailed("");
            mapped = null;
        }
        if (mapped != null) {
            provenance = new Provenance(dialect.toCanonical(), translated, mapped);
        }
        return mapped;
    }

    private @Nullable JsonNode applyAgain(JsonNode remainder) {
        try {
            return dialect.toCanonical().apply(remainder);
        } catch (Mapping.Failure e) {
            return null;
        }
    }

    private void mappingFailed(String pointer) {
        boolean told = found.stream()
                .anyMatch(finding -> finding.refuses()
                        && (Tree.isWithin(pointer, finding.pointer()) || Tree.isWithin(finding.pointer(), pointer)));
        if (!told) {
            found.add(Findings.of(Severity.ERROR, "mapping.failed", pointer));
        }
    }

    /** The message with what the hub itself knows and sets. */
    private ObjectNode envelope(JsonNode mapped) {
        ObjectNode canonical = JsonNodeFactory.instance.objectNode();
        String type = mapped.path("messageType").asText();
        for (String field : ENVELOPE) {
            JsonNode value = mapped.get(field);
            switch (field) {
                case "schemaVersion" -> canonical.set(field, value == null ? TextNode.valueOf(SCHEMA_VERSION) : value);
                case "version" -> canonical.set(field, value == null ? JsonNodeFactory.instance.numberNode(1) : value);
                case "sender" -> {
                    if (value != null && !value.asText().equals(sender)) {
                        canonicalFindings.add(Findings.of(Severity.ERROR, "sender.forged", "/sender"));
                    }
                    canonical.put(field, sender);
                }
                case "referralId" -> {
                    String messageId = mapped.path("messageId").asText();
                    if (!type.equals(MessageType.REQUEST.name())) {
                        copy(value, field, canonical);
                    } else if (!messageId.isEmpty()) {
                        canonical.put(field, Identifiers.referralId(sender, messageId));
                    }
                }
                default -> copy(value, field, canonical);
            }
        }
        for (Map.Entry<String, JsonNode> other : mapped.properties()) {
            if (other.getKey().equals("incomplete")) {
                canonicalFindings.add(Findings.of(Severity.ERROR, "envelope.hub-only", "/incomplete"));
            } else if (!ENVELOPE.contains(other.getKey())) {
                canonical.set(other.getKey(), other.getValue());
            }
        }
        if (!canonical.has("body")) {
            // a mapping cannot write an empty object, and an acknowledgement says nothing else
            canonical.putObject("body");
        }
        if (type.equals(MessageType.RECEIPT.name())) {
            canonicalFindings.add(Findings.of(Severity.ERROR, "envelope.hub-only", "/messageType"));
        }
        return withoutControls(normalised(canonical));
    }

    private static void copy(@Nullable JsonNode value, String field, ObjectNode canonical) {
        if (value != null) {
            canonical.set(field, value);
        }
    }

    private static ObjectNode normalised(ObjectNode canonical) {
        JsonNode message = canonical;
        for (String pointer : REGISTER_NUMBERS) {
            JsonNode written = Tree.at(message, pointer);
            if (written.isTextual()) {
                String normal = RegisterNumber.normalise(written.textValue());
                if (!normal.equals(written.textValue())) {
                    message = Tree.with(message, pointer, TextNode.valueOf(normal));
                }
            }
        }
        return (ObjectNode) message;
    }

    /**
     * The message without the control characters that JSON can carry and XML can't: no recipient's format may fail for
     * them, and no child wait. Only the body; an identifier that holds one is wrong.
     */
    private ObjectNode withoutControls(ObjectNode canonical) {
        if (!ControlCharacters.possible(original)) {
            return canonical;
        }
        JsonNode body = canonical.path("body");
        JsonNode clean = ControlCharacters.without(body, "/body", pointer -> {
            if (canonicalFindings.size() < Findings.MAX_PER_CHECK) {
                canonicalFindings.add(Findings.of(Severity.WARNING, "text.control-character", pointer));
            }
        });
        return clean == body ? canonical : (ObjectNode) Tree.with(canonical, "/body", clean);
    }

    private void checkCanonical(ObjectNode canonical) {
        Set<String> told = new HashSet<>();
        canonicalFindings.stream().filter(Finding::refuses).forEach(finding -> told.add(finding.pointer()));
        if (!told.contains("/messageType")) {
            List<Finding> schema = new ArrayList<>(schemas.checkSchema(canonical));
            if (canonical.path("messageType").asText().equals(MessageType.REQUEST.name())) {
                // It follows from the message id, whose absence is told already.
                schema.removeIf(finding -> finding.pointer().equals("/referralId"));
            }
            addUntold(schema, told);
        }
        addUntold(CanonicalRules.check(canonical, now), told);
        addUntold(schemas.checkCodes(canonical), told);
    }

    /** Adds findings on fields that no earlier stage has found wrong. */
    private void addUntold(List<Finding> findings, Set<String> told) {
        Set<String> wrong = new HashSet<>();
        for (Finding finding : findings) {
            if (!told.contains(finding.pointer())) {
                canonicalFindings.add(finding);
                if (finding.refuses()) {
                    wrong.add(finding.pointer());
                }
            }
        }
        told.addAll(wrong);
    }

    /** Moves the findings on the canonical message to the sender's document, and drops what is told there already. */
    private void trace(ObjectNode canonical) {
        List<Finding> own = List.copyOf(found);
        boolean ownErrors = own.stream().anyMatch(Finding::refuses);
        Set<String> distinct = new HashSet<>();
        for (Finding finding : canonicalFindings) {
            Provenance.Source source = source(finding.pointer(), canonical);
            boolean follows = ownErrors
                    && !source.exact()
                    && (finding.code().endsWith("required") || finding.code().equals("message-type.unknown"));
            if (!follows
                    && own.stream().noneMatch(earlier -> tells(earlier, source))
                    && distinct.add(finding.code() + ' ' + source.pointer())) {
                found.add(finding.at(source.pointer(), 0, 0));
            }
        }
    }

    /** True when a finding on the document is about the source of a canonical field, or about what holds it. */
    private static boolean tells(Finding earlier, Provenance.Source source) {
        if (!earlier.refuses()
                || earlier.pointer().isEmpty()
                || source.pointer().isEmpty()) {
            return false;
        }
        return Tree.isWithin(source.pointer(), earlier.pointer())
                || (source.exact() && Tree.isWithin(earlier.pointer(), source.pointer()));
    }

    private Provenance.Source source(String pointer, ObjectNode canonical) {
        Provenance trials = provenance;
        if (trials == null) {
            return new Provenance.Source("", false);
        }
        if (dialect.toCanonical() == Mapping.IDENTITY) {
            return new Provenance.Source(pointer, true);
        }
        String home = dialect.home(
                        pointer,
                        trials.document(),
                        canonical.path("messageType").asText())
                .orElse(null);
        if (home != null
                && !isOfAnotherEntry(home, pointer, trials)
                && (!trials.has(pointer) || (isAsExact(home, pointer, canonical) && trials.feeds(home, pointer)))) {
            return new Provenance.Source(home, true);
        }
        return trials.of(pointer);
    }

    /**
     * True when a field is missing from an entry of a list, and its home is not missing from one: then the document keeps the
     * entries of that list in several places, and the home is that of another entry.
     */
    private static boolean isOfAnotherEntry(String home, String pointer, Provenance trials) {
        String entry = pointer.substring(0, pointer.lastIndexOf('/'));
        return !trials.has(pointer)
                && entry.matches(".*/[0-9]+")
                && trials.has(entry)
                && (!Tree.at(trials.document(), home).isMissingNode()
                        || Tree.at(trials.document(), home.substring(0, home.lastIndexOf('/')))
                                .isMissingNode());
    }

    /** False when the home of a single value is only something that holds it. */
    private boolean isAsExact(String home, String pointer, ObjectNode canonical) {
        return provenance != null
                && (Tree.at(canonical, pointer).isContainerNode()
                        || !Tree.at(provenance.document(), home).isContainerNode());
    }

    /** Everything found, with line and column, in the order of the document. */
    private Report report() {
        Set<String> pointers = new HashSet<>();
        found.stream().filter(finding -> finding.line() == 0).forEach(finding -> pointers.add(finding.pointer()));
        Map<String, Place> places = pointers.isEmpty() ? Map.of() : opened.locate(pointers);
        List<Finding> located = new ArrayList<>();
        for (Finding finding : found) {
            Place place = finding.line() == 0 ? places.get(finding.pointer()) : null;
            located.add(finding.at(
                    Pointers.bounded(finding.pointer()),
                    place == null ? finding.line() : place.line(),
                    place == null ? finding.column() : place.column()));
        }
        located.sort(Comparator.comparingInt(Finding::line).thenComparingInt(Finding::column));
        return new Report(opened.shown(origin, located));
    }
}
