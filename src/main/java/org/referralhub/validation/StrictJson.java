package org.referralhub.validation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;

/**
 * JSON as the hub takes it: RFC 8259, and nothing that two readers could understand differently.
 *
 * <p>Refused are duplicate keys, bytes that are not UTF-8, a byte order mark, surrogates without their other half, NUL,
 * integers beyond 64 bits and numbers beyond a double, nesting beyond {@link #MAX_DEPTH} and bodies beyond {@link
 * #MAX_BYTES}.
 *
 * <p>What is good is read by Jackson into its ordinary tree at nearly Jackson's own pace. Only what is not goes through a
 * second, slower reader that says everything that is wrong and where.
 */
public final class StrictJson {
    /** The longest body that is read, in bytes: 1 MiB. */
    public static final int MAX_BYTES = 1 << 20;

    /** The deepest nesting of objects and arrays that is read. */
    public static final int MAX_DEPTH = 32;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonFactory FACTORY = factory(true);
    /** Without a table of names, which hostile names could overfill. */
    private static final JsonFactory PLAIN_FACTORY = factory(false);

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
        if (body.length > MAX_BYTES) {
            Finding tooLarge = Findings.of(Severity.FATAL, "json.too-large", "", Map.of("limit", MAX_BYTES));
            return new Parsed(null, List.of(tooLarge.at("", 1, 1)));
        }
        if (Utf8.isValid(body)) {
            JsonNode tree = read(FACTORY, body);
            if (tree != null) {
                return new Parsed(tree, List.of());
            }
        }
        List<Finding> findings = new JsonDiagnosis(body).findings();
        if (!findings.isEmpty()) {
            return new Parsed(null, findings);
        }
        JsonNode tree = read(PLAIN_FACTORY, body);
        if (tree != null) {
            return new Parsed(tree, List.of());
        }
        return new Parsed(
                null, List.of(Findings.of(Severity.FATAL, "json.unreadable", "").at("", 1, 1)));
    }

    private static JsonFactory factory(boolean tableOfNames) {
        return new JsonFactoryBuilder()
                .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, tableOfNames)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNameLength(MAX_BYTES)
                        .maxStringLength(MAX_BYTES)
                        .maxNumberLength(JsonScanner.MAX_NUMBER_LENGTH)
                        .build())
                .build();
    }

    /** The tree, or null when anything at all is wrong. */
    private static @Nullable JsonNode read(JsonFactory factory, byte[] body) {
        boolean escapes = contains(body, (byte) '\\');
        try (JsonParser parser = factory.createParser(body)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return null;
            }
            JsonNode tree = value(parser, first, escapes);
            return parser.nextToken() == null ? tree : null;
        } catch (IOException | Refused | IllegalStateException e) {
            return null;
        }
    }

    private static JsonNode value(JsonParser parser, JsonToken token, boolean escapes) throws IOException {
        switch (token) {
            case START_OBJECT -> {
                ObjectNode object = NODES.objectNode();
                for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                    refuseIf(escapes && isUnsound(name));
                    JsonNode value = value(parser, parser.nextToken(), escapes);
                    refuseIf(object.replace(name, value) != null);
                }
                return object;
            }
            case START_ARRAY -> {
                ArrayNode array = NODES.arrayNode();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    array.add(value(parser, next, escapes));
                }
                return array;
            }
            case VALUE_STRING -> {
                String text = parser.getText();
                refuseIf(escapes && isUnsound(text));
                return NODES.textNode(text);
            }
            case VALUE_NUMBER_INT -> {
                return switch (parser.getNumberType()) {
                    case INT -> NODES.numberNode(parser.getIntValue());
                    case LONG -> NODES.numberNode(parser.getLongValue());
                    default -> throw Refused.INSTANCE;
                };
            }
            case VALUE_NUMBER_FLOAT -> {
                double number = parser.getDoubleValue();
                refuseIf(Double.isInfinite(number));
                return NODES.numberNode(number);
            }
            case VALUE_TRUE -> {
                return NODES.booleanNode(true);
            }
            case VALUE_FALSE -> {
                return NODES.booleanNode(false);
            }
            case VALUE_NULL -> {
                return NODES.nullNode();
            }
            default -> throw Refused.INSTANCE;
        }
    }

    private static void refuseIf(boolean fault) {
        if (fault) {
            throw Refused.INSTANCE;
        }
    }

    /** True when an escape has put a NUL or half a surrogate pair into this text. */
    private static boolean isUnsound(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == 0) {
                return true;
            }
            if (Character.isSurrogate(unit)) {
                boolean pair = Character.isHighSurrogate(unit)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private static boolean contains(byte[] bytes, byte wanted) {
        for (byte here : bytes) {
            if (here == wanted) {
                return true;
            }
        }
        return false;
    }

    /** The good path has met something that the diagnosis will name. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        static final Refused INSTANCE = new Refused();

        private Refused() {
            super(null, null, false, false);
        }
    }
}
