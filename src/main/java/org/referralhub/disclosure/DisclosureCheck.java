package org.referralhub.disclosure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.MessageType;

/**
 * Whether every field of the canonical schemas stands in a row of {@code config/disclosure.csv}: one that does not is shown to
 * nobody, which is safe and still a fault, because somebody waits for it.
 */
public final class DisclosureCheck {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HubHome home;
    private final Path matrix;

    public DisclosureCheck(HubHome home) {
        this.home = home;
        this.matrix = home.config().resolve("disclosure.csv");
    }

    /** Adds a fault for each field without a row, and for each in a row that no schema has. */
    public void run(Faults faults) {
        Set<String> fields = new TreeSet<>();
        try {
            for (MessageType type : MessageType.values()) {
                String file = type.name().toLowerCase(Locale.ROOT) + ".schema.json";
                JsonNode properties = schema(file).path("properties");
                for (String name : names(properties)) {
                    if (name.equals("body")) {
                        leaves(properties.path("body"), file, type.name(), fields, new HashSet<>());
                    } else {
                        fields.add("/" + name);
                    }
                }
            }
            // An amendment is shown as the REQUEST that it changes.
            fields.removeIf(field -> field.startsWith("AMEND/changes/"));
            Set<String> named = new TreeSet<>();
            for (Matrix.Row row : MatrixFile.read(matrix, new Faults()).rows()) {
                for (Field field : row.fields()) {
                    named.add((field.type() == null ? "" : field.type().name()) + "/" + String.join("/", field.path()));
                }
            }
            List<String> lines = Files.readAllLines(matrix);
            fields.stream()
                    .filter(field -> !named.contains(field))
                    .forEach(field -> faults.add(
                            home.shown(matrix),
                            // Every row is missing it; the header is what they have in common.
                            1,
                            1,
                            "no row has " + field + ", so nobody is shown it",
                            "Write it into the last column of the group that it belongs to"));
            named.stream()
                    .filter(field -> !fields.contains(field))
                    .forEach(field -> faults.add(
                            home.shown(matrix),
                            line(lines, field),
                            1,
                            field + " is no field of a canonical message",
                            "Correct it, or take it out; the fields are those of schemas/canonical/"));
        } catch (IOException e) {
            // A schema or the matrix that can't be read has been told by who needs it first.
            return;
        }
    }

    private static int line(List<String> lines, String field) {
        Pattern word = Pattern.compile("(?<![^\\s,\"])" + Pattern.quote(field) + "(?![^\\s,\":])");
        for (int i = 0; i < lines.size(); i++) {
            if (word.matcher(lines.get(i)).find()) {
                return i + 1;
            }
        }
        return 1;
    }

    private JsonNode schema(String file) throws IOException {
        return JSON.readTree(
                Files.readString(home.schemas().resolve("canonical").resolve(file)));
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }

    /** @param within references that lead here, so that a schema that refers to itself comes to an end */
    private void leaves(JsonNode schema, String file, String path, Set<String> fields, Set<String> within)
            throws IOException {
        if (schema.has("$ref")) {
            String[] target = schema.get("$ref").asText().split("#", 2);
            String in = target[0].isEmpty() ? file : target[0];
            String key = in + "#" + target[1];
            if (within.add(key)) {
                leaves(schema(in).at(target[1]), in, path, fields, within);
                within.remove(key);
            }
        } else if (schema.has("properties")) {
            for (String name : names(schema.get("properties"))) {
                leaves(schema.get("properties").get(name), file, path + "/" + name, fields, within);
            }
        } else if (schema.has("items")) {
            leaves(schema.get("items"), file, path + "/*", fields, within);
        } else {
            fields.add(path);
        }
    }
}
