package org.referralhub.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.referralhub.message.Finding;

/**
 * One compiled JSON Schema (2020-12). Compiled once; safe for use by many threads.
 *
 * <p>A schema may say better than the catalogue what is wrong: {@code "x-finding"} next to the keywords that it speaks for
 * is either a code of the catalogue or {@code {"code": …, "mn": …, "en": …}}. {@code "x-form"} says what a pattern means: a word
 * of the catalogue ({@code word.form.…}) or {@code {"mn": …, "en": …}}.
 */
public final class MessageSchema {
    private final Schema schema;
    private final SchemaErrors errors;

    private MessageSchema(Schema schema, SchemaErrors errors) {
        this.schema = schema;
        this.errors = errors;
    }

    /**
     * Compiles the schema in this file.
     *
     * @param file absolute, or relative to the set's folder
     * @param set the folder that its references stay in
     * @throws SchemaCompilationException when it can't be used
     */
    public static MessageSchema compile(Path file, SchemaSet set) {
        return compile(set.folder().resolve(file).normalize().toUri(), set);
    }

    /**
     * Compiles the schema at this {@code file:} address, which may end in a fragment such as {@code #/$defs/child}.
     *
     * @throws SchemaCompilationException when it can't be used
     */
    public static MessageSchema compile(URI address, SchemaSet set) {
        try {
            set.document(address);
            Schema schema = set.registry().getSchema(SchemaLocation.of(address.toString()));
            schema.initializeValidators();
            return new MessageSchema(schema, new SchemaErrors(set, address));
        } catch (SchemaException | com.google.re2j.PatternSyntaxException | IllegalArgumentException e) {
            throw new SchemaCompilationException("schema " + address + " can't be used: " + e.getMessage(), e);
        }
    }

    /**
     * All findings of this schema in the document, with exact pointers and without line and column; empty when it is valid.
     */
    public List<Finding> check(JsonNode document) {
        List<com.networknt.schema.Error> found = schema.validate(document);
        return found.isEmpty() ? List.of() : errors.explain(found);
    }
}
