package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.referralhub.message.MessageType;

/**
 * Canonical messages that their schemas allow, made from the schemas by a seeded choice: any field may be there or not, any
 * text may hold what people type. What rules beyond the schemas want of them, these need not.
 */
public final class GeneratedMessages {
    private static final Path SCHEMAS = Path.of("schemas/canonical");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final List<String> PIECES = List.of(
            "Хүүхэд", "өөрөө", "ҮӨ", "a", "<b>", "& \"x\"", "'", "\\", "{}", "\n", " ", "№ 5", "😀", "|", "\t.");

    private final Random random;
    private final JsonNode codes;
    private final Map<String, JsonNode> files = new TreeMap<>();
    private final Map<String, Supplier<String>> forms = new TreeMap<>();

    public GeneratedMessages(long seed) {
        random = new Random(seed);
        codes = read(Path.of("config/code-lists.json")).path("lists");
        forms.put("^[A-Za-z0-9][A-Za-z0-9._:-]*$", () -> one("M-", "m.", "108:2026_") + random.nextInt(1_000_000));
        forms.put("^[a-z0-9][a-z0-9-]*$", () -> one("police-", "school-", "joint-team-") + random.nextInt(100));
        forms.put("^[A-Z][A-Z0-9_]*$", () -> one("PASSPORT", "MRN", "CASE", "MOTHER", "PPN", "A_1"));
        forms.put("^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", () -> one("mn", "kk", "mn-Mong", "tuv"));
        forms.put("^[a-z]+/[A-Za-z0-9.+-]+$", () -> one("image/jpeg", "application/pdf", "audio/x.y+z"));
        forms.put("^RF-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$", () -> "RF-TYFH-PF99-XJ25");
        forms.put("^[a-z][a-z0-9.-]*$", () -> one("schema.required", "child.not-a-child", "xsd.a-7"));
        forms.put("^[0-9a-f]{64}$", () -> "0123456789abcdef".repeat(4));
        forms.put("^[+]?[0-9][0-9 ()-]{2,22}$", () -> one("99112233", "+976 9911-2233", "105"));
        forms.put("^P(T?[0-9]{1,5}[WDHM])+$", () -> one("PT24H", "P3D", "P1W"));
        forms.put(
                "^(([01][0-9]|2[0-3]):[0-5][0-9]|MORNING|DAY|EVENING|NIGHT)$",
                () -> one("00:00", "23:59", "MORNING", "NIGHT"));
        forms.put(
                "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
                () -> new UUID(random.nextLong(), random.nextLong()).toString());
        forms.put(
                "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$",
                () -> one("2015", "2015-07", "2015-07-28", "2016-02-29"));
        forms.put(
                "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]"
                        + "([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$",
                () -> one("2026-11-22", "2026-11-22T10:00:00+08:00", "2026-11-22T10:00:00.5Z", "2026-11-22T10:00Z"));
    }

    /** The next message of this type. */
    public ObjectNode next(MessageType type) {
        String file = type.name().toLowerCase(Locale.ROOT) + ".schema.json";
        ObjectNode message = (ObjectNode) value(file(file), file);
        message.remove("schemaVersion");
        return message;
    }

    private String one(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private JsonNode file(String name) {
        return files.computeIfAbsent(name, unused -> read(SCHEMAS.resolve(name)));
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode value(JsonNode schema, String file) {
        if (schema.has("$ref")) {
            String reference = schema.path("$ref").asText();
            String target = reference.startsWith("#") ? file : reference.substring(0, reference.indexOf('#'));
            ObjectNode merged = file(target)
                    .at(reference.substring(reference.indexOf('#') + 1))
                    .deepCopy();
            if (schema.has("required")) {
                merged.set("required", schema.path("required"));
            }
            return value(merged, target);
        }
        if (schema.has("const")) {
            return schema.path("const");
        }
        if (schema.has("enum")) {
            return schema.path("enum").get(random.nextInt(schema.path("enum").size()));
        }
        return switch (schema.path("type").asText()) {
            case "object" -> object(schema, file);
            case "array" -> array(schema, file);
            case "integer" -> NODES.numberNode(schema.path("minimum").asInt() + random.nextInt(20));
            case "boolean" -> NODES.booleanNode(random.nextBoolean());
            default -> NODES.textNode(text(schema));
        };
    }

    private ObjectNode object(JsonNode schema, String file) {
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        List<String> names = new ArrayList<>();
        schema.path("properties").fieldNames().forEachRemaining(names::add);
        ObjectNode object = NODES.objectNode();
        for (String name : names) {
            if (required.contains(name) || random.nextInt(5) < 3) {
                JsonNode value = value(schema.path("properties").path(name), file);
                // Nothing is said by what is empty, and no format has to carry it.
                if (!value.isContainerNode() || !value.isEmpty() || required.contains(name)) {
                    object.set(name, value);
                }
            }
        }
        if (object.isEmpty() && !names.isEmpty() && !names.get(0).equals("note")) {
            object.set(names.get(0), value(schema.path("properties").path(names.get(0)), file));
        }
        return object;
    }

    private ArrayNode array(JsonNode schema, String file) {
        ArrayNode array = NODES.arrayNode();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            array.add(value(schema.path("items"), file));
        }
        return array;
    }

    private String text(JsonNode schema) {
        if (schema.has("x-code-list")) {
            List<String> names = new ArrayList<>();
            codes.path(schema.path("x-code-list").asText()).fieldNames().forEachRemaining(names::add);
            return names.get(random.nextInt(names.size()));
        }
        if (schema.has("x-place")) {
            return one("11", "1110", "111653", "65", "Т-7");
        }
        if (schema.has("pattern")) {
            Supplier<String> form = forms.get(schema.path("pattern").asText());
            if (form == null) {
                throw new AssertionError("no text is made for the pattern " + schema.path("pattern"));
            }
            return form.get();
        }
        if (schema.path("format").asText().equals("date-time")) {
            return one("2026-11-20T23:20:00+08:00", "2026-11-20T15:20:00.123Z");
        }
        StringBuilder text = new StringBuilder(one("Т", "7", "x"));
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        text.append('.');
        int most = schema.path("maxLength").asInt(Integer.MAX_VALUE);
        return text.length() > most ? "Т7" : text.toString();
    }
}
