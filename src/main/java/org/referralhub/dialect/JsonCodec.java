package org.referralhub.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.referralhub.validation.JsonLocator;
import org.referralhub.validation.JsonLocator.Place;
import org.referralhub.validation.StrictJson;

/** JSON: the tree is the document. */
final class JsonCodec implements Codec {
    /** The format's own schema. */
    @FunctionalInterface
    interface NativeSchema {
        List<Finding> check(JsonNode document);
    }

    /**
     * Values, objects and arrays of one document. A message with everything that a referral may say has some hundred; what is
     * done with each of a hundred thousand would be done at the cost of others' messages.
     */
    static final int MAX_VALUES = 5_000;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final NativeSchema incoming;
    private final NativeSchema outgoing;
    private final int mostValues;

    JsonCodec(NativeSchema incoming, NativeSchema outgoing) {
        this(incoming, outgoing, MAX_VALUES);
    }

    private JsonCodec(NativeSchema incoming, NativeSchema outgoing, int mostValues) {
        this.incoming = incoming;
        this.outgoing = outgoing;
        this.mostValues = mostValues;
    }

    /** JSON of a format that looks at everything itself, its size too. */
    static JsonCodec bare() {
        return new JsonCodec(document -> List.of(), document -> List.of(), Integer.MAX_VALUE);
    }

    @Override
    public Read read(byte[] document) {
        StrictJson.Parsed parsed = StrictJson.parse(document);
        JsonNode tree = parsed.tree();
        if (tree == null) {
            return new Read(null, parsed.findings());
        }
        if (Tree.hasMoreThan(mostValues, tree)) {
            return new Read(
                    null,
                    List.of(Findings.of(Severity.FATAL, "json.too-many-values", "", Map.of("limit", mostValues))
                            .at("", 1, 1)));
        }
        return new Read(tree, incoming.check(tree));
    }

    @Override
    public Map<String, Place> locate(byte[] document, Collection<String> pointers) {
        return JsonLocator.locate(document, pointers);
    }

    @Override
    public Written write(JsonNode tree) {
        List<Finding> findings = outgoing.check(tree);
        try {
            return new Written(MAPPER.writeValueAsBytes(tree), findings);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree in memory can always be written");
        }
    }

    @Override
    public Optional<byte[]> rewrite(byte[] document, List<Edit> edits, JsonNode tree) {
        return JsonSplice.apply(document, edits);
    }

    @Override
    public boolean keepsBytes(byte[] document) {
        return true;
    }
}
