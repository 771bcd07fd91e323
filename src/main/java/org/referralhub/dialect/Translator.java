package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;

/**
 * Reads what agencies send and writes what they receive. Safe for use by many threads at once; nothing is kept between
 * calls.
 */
public final class Translator {
    private final Dialects dialects;
    private final Function<String, Optional<ZoneId>> clocks;
    private final Function<ObjectNode, List<Finding>> registry;

    /** One that knows no agency. */
    public Translator(Dialects dialects) {
        this(dialects, sender -> Optional.empty(), canonical -> List.of());
    }

    /**
     * @param clocks a sender's time zone, for formats that write moments without an offset; the dialect's own where it is empty
     * @param registry what is found in a canonical message by whoever knows the agencies
     */
    public Translator(
            Dialects dialects,
            Function<String, Optional<ZoneId>> clocks,
            Function<ObjectNode, List<Finding>> registry) {
        this.dialects = dialects;
        this.clocks = clocks;
        this.registry = registry;
    }

    /**
     * The messages of a document in their order, each as a document of its own. Only a spreadsheet's file holds several.
     *
     * @throws IllegalArgumentException when there is no such dialect
     */
    public List<Part> parts(String dialect, byte[] original) {
        return find(dialect).codec().parts(original);
    }

    /**
     * Takes a document apart and runs the whole chain of checks on each message, in their order.
     *
     * @throws IllegalArgumentException when there is no such dialect
     */
    public List<Received> inboundEach(String dialect, String sender, byte[] original, Instant now) {
        return parts(dialect, original).stream()
                .map(part -> new Received(part, inbound(dialect, sender, part, now)))
                .toList();
    }

    /**
     * Runs the whole chain of checks on a document and translates it. Never throws for anything that a sender can send.
     *
     * @param dialect name of the sender's dialect
     * @param sender agency that the broker, or the REST door, has verified
     * @param original the document as it came
     * @param now the instant of arrival, which ages and future dates are measured against
     * @throws IllegalArgumentException when there is no such dialect
     */
    public Inbound inbound(String dialect, String sender, byte[] original, Instant now) {
        return inbound(dialect, sender, Part.whole(original), now);
    }

    /** The same for one message of a document; what is found has its place in that document. */
    public Inbound inbound(String dialect, String sender, Part part, Instant now) {
        Dialect source = find(dialect);
        Codec codec = clocks.apply(sender).map(source.codec()::by).orElse(source.codec());
        return new Inspection(dialects.canonical(), source, codec, sender, part, now).run(registry);
    }

    /**
     * True when somebody else may have edited a sender's document in this way: whom it is for, who may know of it and on what
     * basis, and whether its reporter stays unknown is as the sender has said. False when that can't be told.
     */
    public boolean leavesToTheSender(String dialect, String sender, byte[] original, byte[] edited, Instant now) {
        ObjectNode before = meaning(dialect, sender, original, now);
        ObjectNode after = meaning(dialect, sender, edited, now);
        return before != null && after != null && Guards.saySame(before, after);
    }

    private @Nullable ObjectNode meaning(String dialect, String sender, byte[] document, Instant now) {
        Dialect source = find(dialect);
        return new Inspection(dialects.canonical(), source, source.codec(), sender, Part.whole(document), now)
                .meaning();
    }

    /** The same chain for someone who only wants to know what would be said; nothing is sent. */
    public Report check(String dialect, String sender, byte[] original, Instant now) {
        return inbound(dialect, sender, original, now).report();
    }

    /**
     * Writes a canonical message in a dialect and validates what was written.
     *
     * @throws TranslationException when it cannot be written, or is not valid in the dialect
     * @throws IllegalArgumentException when there is no such dialect
     */
    public Outbound outbound(String dialect, ObjectNode canonical) {
        Dialect target = find(dialect);
        JsonNode tree;
        try {
            tree = target.fromCanonical().apply(canonical);
        } catch (Mapping.Failure e) {
            throw new TranslationException(
                    dialect, new Report(List.of(Findings.of(Severity.ERROR, "mapping.failed", ""))));
        }
        Codec.Written written = target.codec().write(tree);
        if (written.findings().stream().anyMatch(Finding::refuses)) {
            throw new TranslationException(dialect, new Report(written.findings()));
        }
        return new Outbound(written.bytes(), target.mediaTypes().get(0));
    }

    private Dialect find(String dialect) {
        return dialects.find(dialect).orElseThrow(() -> new IllegalArgumentException("there is no dialect " + dialect));
    }
}
