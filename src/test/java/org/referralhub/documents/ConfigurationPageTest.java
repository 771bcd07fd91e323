package org.referralhub.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * Keeps {@code docs/configuration.md} what the schemas of the configuration say. {@code mvn test -Dtest=ConfigurationPageTest -Dhub.write=true} writes it anew.
 */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("docs/configuration.md");
    private static final Path SCHEMAS = Path.of("schemas/config");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String HEAD = """
            # Configuration reference

            Every key of every file below `config/`, and of `schemas/<dialect>/dialect.yaml`. `./hub check` holds the files to this and
            to each other; an editor that knows `yaml-language-server` completes and checks while you type. `[]` stands for each
            entry of a list, `<name>` for a name of your own. **Bold** keys must be there.

            `config/disclosure.csv` and `config/places.csv` are tables ([disclosure.md](disclosure.md)), `config/broker.xml` is Apache
            ActiveMQ Artemis' own format.

            This page is made from `schemas/config/`; a test fails when it is not.
            """;

    @Test
    void thePageHoldsEveryKeyOfEverySchema() throws IOException {
        String page = page();
        if (Boolean.getBoolean("hub.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/configuration.md; write it anew with -Dhub.write=true")
                .isEqualTo(page);
    }

    /** A key that nothing explains helps nobody; the page would have an empty cell. */
    @Test
    void everyKeyOfTheAgenciesSaysWhatItMeans() throws IOException {
        JsonNode schema = JSON.readTree(SCHEMAS.resolve("agencies.schema.json").toFile());
        Map<String, String[]> rows = new LinkedHashMap<>();
        rows(schema, schema, "", false, rows, 0);
        assertThat(rows).containsKeys("agencies[].id", "agencies[].secret.file", "agencies[].exercise");
        assertThat(rows.get("agencies[].id")[0]).contains("user name");
    }

    private static String page() throws IOException {
        StringBuilder page = new StringBuilder(HEAD);
        List<Path> schemas;
        try (Stream<Path> files = Files.list(SCHEMAS)) {
            schemas = files.filter(file -> file.toString().endsWith(".schema.json"))
                    .sorted()
                    .toList();
        }
        for (Path file : schemas) {
            JsonNode schema = JSON.readTree(file.toFile());
            page.append("\n## ").append(schema.path("title").asText()).append("\n");
            page.append(cell(schema.path("description").asText())).append("\n\n");
            page.append("| key | values | meaning |\n|---|---|---|\n");
            Map<String, String[]> rows = new LinkedHashMap<>();
            rows(schema, schema, "", false, rows, 0);
            rows.forEach((key, row) -> page.append("| %s | %s | %s |\n"
                    .formatted(row[2].isEmpty() ? "`" + key + "`" : "**`" + key + "`**", row[1], cell(row[0]))));
        }
        return page.toString();
    }

    /** Key to meaning, values and whether it must be there; the deepest keys, with what leads to them as a path. */
    private static void rows(
            JsonNode root, JsonNode given, String path, boolean required, Map<String, String[]> rows, int depth) {
        JsonNode schema = resolved(root, given);
        String meaning =
                given.path("description").asText(schema.path("description").asText());
        if (given.path("default").isValueNode()
                && !given.path("default").asText().isEmpty()) {
            meaning += " Default: `" + given.path("default").asText() + "`.";
        }
        if (!path.isEmpty()) {
            String[] known = rows.get(path);
            String values = values(schema);
            if (known == null) {
                rows.put(path, new String[] {meaning, values, required ? "!" : ""});
            } else if (!known[1].contains(values)) {
                known[1] = known[1] + (known[1].isEmpty() || values.isEmpty() ? "" : " or ") + values;
            }
        }
        if (depth > 12) {
            return; // one that refers to itself
        }
        List<String> must = new ArrayList<>();
        schema.path("required").forEach(name -> must.add(name.asText()));
        schema.path("properties").properties().forEach(property -> {
            if (property.getValue().isObject()) {
                rows(
                        root,
                        property.getValue(),
                        path.isEmpty() ? property.getKey() : path + "." + property.getKey(),
                        must.contains(property.getKey()),
                        rows,
                        depth + 1);
            }
        });
        if (schema.path("additionalProperties").isObject()) {
            rows(
                    root,
                    schema.path("additionalProperties"),
                    path + (path.isEmpty() ? "" : ".") + "<name>",
                    false,
                    rows,
                    depth + 1);
        }
        if (schema.has("items")) {
            rows(root, schema.path("items"), path + "[]", false, rows, depth + 1);
        }
        for (String each : List.of("oneOf", "anyOf")) {
            for (JsonNode one : schema.path(each)) {
                JsonNode branch = resolved(root, one);
                if (branch.has("properties") || branch.has("items")) {
                    // One of several ways to say it: none of their keys must be there.
                    JsonNode choice = branch.deepCopy();
                    ((ObjectNode) choice).remove("required");
                    rows(root, choice, path, required, rows, depth + 1);
                }
            }
        }
        for (String each : List.of("then", "else")) {
            JsonNode branch = resolved(root, schema.path(each));
            if (branch.path("properties").isObject() && !schema.path("if").has("required")) {
                rows(root, branch, path, required, rows, depth + 1);
            }
        }
    }

    private static JsonNode resolved(JsonNode root, JsonNode schema) {
        JsonNode current = schema;
        while (current.has("$ref") && current.path("$ref").asText().startsWith("#")) {
            current = root.at(current.path("$ref").asText().substring(1));
        }
        return current;
    }

    private static String values(JsonNode schema) {
        if (schema.has("const")) {
            return "`" + schema.path("const").asText() + "`";
        }
        if (schema.has("enum")) {
            return StreamSupport.stream(schema.path("enum").spliterator(), false)
                    .map(value -> "`" + value.asText() + "`")
                    .reduce((one, other) -> one + ", " + other)
                    .orElse("");
        }
        List<String> choices = new ArrayList<>();
        for (JsonNode one : schema.path("oneOf")) {
            String values = values(one);
            if (!values.isEmpty() && !choices.contains(values)) {
                choices.add(values);
            }
        }
        if (!choices.isEmpty()) {
            return String.join(" or ", choices);
        }
        StringBuilder text = new StringBuilder(
                switch (schema.path("type").asText()) {
                    case "string" -> "text";
                    case "integer", "number" -> "number";
                    case "boolean" -> "`true` or `false`";
                    case "array" -> "list";
                    case "object" -> "";
                    default -> "";
                });
        if (schema.path("x-form").isObject()) {
            return schema.at("/x-form/en").asText();
        }
        if (schema.has("pattern")) {
            text.append(" `")
                    .append(schema.path("pattern").asText().replace("|", "\\|"))
                    .append('`');
        }
        if (schema.has("minimum")) {
            text.append(", from ").append(schema.path("minimum").asText());
        }
        if (schema.has("maximum")) {
            text.append(", to ").append(schema.path("maximum").asText());
        }
        return text.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ");
    }
}
