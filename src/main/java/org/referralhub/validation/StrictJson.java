package org.referralhub.validation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;

/** JSON as the hub takes it: RFC 8259, and nothing that two readers could understand differently. */
public final class StrictJson {
    /** The longest body that is read, in bytes: 1 MiB. */
    public static final int MAX_BYTES = 1 << 20;

    /** The deepest nesting of objects and arrays that is read. */
    public static final int MAX_DEPTH = 32;

    /**
     * What a parse gave.
     *
     * @param tree the document; null exactly when there is at least one finding
     * @param findings everything wrong that was seen, in the order of the document
     */
    public record Parsed(@Nullable JsonNode tree, List<Finding> findings) {
        public Parsed {
            findings = List.copyOf(findings);
        }
    }

    private StrictJson() {}

    /** Reads the document or tells all that is wrong with it. Never throws for any input. */
    public static Parsed parse(byte[] body) {
        throw new UnsupportedOperationException("not built yet");
    }
}
