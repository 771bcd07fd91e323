package org.referralhub.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.referralhub.message.Finding;
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

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final NativeSchema incoming;
    private final NativeSchema outgoing;

    JsonCodec(NativeSchema incoming, NativeSchema outgoing) {
        this.incoming = incoming;
        this.outgoing = outgoing;
    }

    @Override
    public Read read(byte[] document) {
        StrictJson.Parsed parsed = StrictJson.parse(document);
        JsonNode tree = parsed.tree();
        return tree == null ? new Read(null, parsed.findings()) : new Read(tree, incoming.check(tree));
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
