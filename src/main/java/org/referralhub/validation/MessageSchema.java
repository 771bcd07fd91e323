package org.referralhub.validation;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.referralhub.message.Finding;

/** One compiled JSON Schema (2020-12). Compiled once; safe for use by many threads. */
public final class MessageSchema {
    private MessageSchema() {}

    /**
     * Compiles the schema in this file.
     *
     * @param file absolute, or relative to the set's folder; {@code other.schema.json#/$defs/name} addresses need the URI
     *     form
     * @param set the folder that its references stay in
     * @throws SchemaCompilationException when it can't be used
     */
    public static MessageSchema compile(Path file, SchemaSet set) {
        return compile(set.folder().resolve(file).toUri(), set);
    }

    /**
     * Compiles the schema at this {@code file:} address, which may end in a fragment.
     *
     * @throws SchemaCompilationException when it can't be used
     */
    public static MessageSchema compile(URI address, SchemaSet set) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** All findings of this schema in the document, with exact pointers and without line and column; empty when it is valid. */
    public List<Finding> check(JsonNode document) {
        throw new UnsupportedOperationException("not built yet");
    }
}
