package org.referralhub.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Place;
import org.referralhub.configuration.Places;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.referralhub.validation.JsonLocator;

/**
 * Holds the codes of a message against the code lists and its places against the list of places. Which field names which
 * list stands in the canonical schema, as {@code x-code-list} and {@code x-place}, and nowhere else.
 */
final class CodesAndPlaces {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** Levels of an address, outermost first. */
    private static final List<String> ADDRESS = List.of("state", "district", "subdistrict");

    /** What a schema says about the codes at one place of a message. */
    private record Field(
            @Nullable String codeList,
            Set<String> levels,
            Map<String, Field> fields,
            @Nullable Field items) {
        boolean isIdle() {
            return codeList == null && levels.isEmpty() && fields.isEmpty() && items == null;
        }

        boolean isAddress() {
            return fields.containsKey("state") && fields.containsKey("district");
        }
    }

    private final CodeLists codeLists;
    private final Places places;
    private final Field root;

    private CodesAndPlaces(CodeLists codeLists, Places places, Field root) {
        this.codeLists = codeLists;
        this.places = places;
        this.root = root;
    }

    /** Reads the annotations of a schema; a list that does not exist is a fault. */
    static CodesAndPlaces of(Path schema, HubHome home, CodeLists codeLists, Places places, Faults faults) {
        Map<Path, JsonNode> files = new HashMap<>();
        Field root = field(document(schema, files), schema, files, 0);
        Set<String> unknown = new TreeSet<>();
        collectLists(root, unknown);
        unknown.removeAll(codeLists.names());
        for (String list : unknown) {
            files.keySet().stream().sorted().forEach(file -> unknown(list, file, home, faults));
        }
        return new CodesAndPlaces(codeLists, places, root);
    }

    /** Told where it is named; several messages share what stands in one file. */
    private static void unknown(String list, Path file, HubHome home, Faults faults) {
        Matcher named = Pattern.compile("\"x-code-list\"\\s*:\\s*(?=\"" + Pattern.quote(list) + "\")")
                .matcher(text(file));
        while (named.find()) {
            JsonLocator.Place place = XmlText.place(text(file), named.end());
            ConfigurationFault fault = new ConfigurationFault(
                    home.shown(file),
                    place.line(),
                    place.column(),
                    "x-code-list names the list " + list + ", which does not exist",
                    "add the list to config/code-lists.json or correct the name");
            if (!faults.all().contains(fault)) {
                faults.add(fault);
            }
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            // The schema compiler reports what can't be read.
            return "";
        }
    }

    private static void collectLists(Field field, Set<String> lists) {
        if (field.codeList() != null) {
            lists.add(field.codeList());
        }
        field.fields().values().forEach(child -> collectLists(child, lists));
        if (field.items() != null) {
            collectLists(field.items(), lists);
        }
    }

    private static JsonNode document(Path file, Map<Path, JsonNode> files) {
        return files.computeIfAbsent(file.toAbsolutePath().normalize(), path -> {
            try {
                return MAPPER.readTree(Files.readAllBytes(path));
            } catch (JsonProcessingException e) {
                return JsonNodeFactory.instance.objectNode();
            } catch (IOException e) {
                // The schema compiler reports what is missing; without it there is nothing to look up here.
                return JsonNodeFactory.instance.objectNode();
            }
        });
    }

    private static Field field(JsonNode schema, Path file, Map<Path, JsonNode> files, int depth) {
        String codeList = schema.path("x-code-list").textValue();
        Set<String> levels = new java.util.LinkedHashSet<>();
        schema.path("x-place").forEach(level -> levels.add(level.asText()));
        Map<String, Field> fields = new LinkedHashMap<>();
        Field items = null;
        String reference = schema.path("$ref").asText();
        if (!reference.isEmpty() && depth < XmlShape.MAX_DEPTH) {
            int hash = reference.indexOf('#');
            String target = hash < 0 ? reference : reference.substring(0, hash);
            Path targetFile = target.isEmpty() ? file : file.resolveSibling(target);
            JsonNode definition = document(targetFile, files);
            if (hash >= 0 && hash + 1 < reference.length()) {
                definition = Tree.at(definition, reference.substring(hash + 1));
            }
            Field referred = field(definition, targetFile, files, depth + 1);
            codeList = codeList == null ? referred.codeList() : codeList;
            levels.addAll(referred.levels());
            fields.putAll(referred.fields());
            items = referred.items();
        }
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            Field child = field(property.getValue(), file, files, depth + 1);
            if (!child.isIdle()) {
                fields.put(property.getKey(), child);
            }
        }
        if (schema.path("items").isObject()) {
            Field element = field(schema.path("items"), file, files, depth + 1);
            items = element.isIdle() ? items : element;
        }
        return new Field(codeList, levels, fields, items);
    }

    /** All findings, with pointers into the message and without line and column. */
    List<Finding> check(JsonNode message) {
        List<Finding> findings = new ArrayList<>();
        check(message, root, "", findings);
        return findings;
    }

    private void check(JsonNode node, Field field, String pointer, List<Finding> findings) {
        if (findings.size() >= Findings.MAX_PER_CHECK) {
            // all of them are errors, so nothing that refuses is hidden
            return;
        }
        if (node.isTextual()) {
            if (field.codeList() != null && !codeLists.contains(field.codeList(), node.textValue())) {
                findings.add(Findings.of(
                        Severity.ERROR,
                        "code.unknown",
                        pointer,
                        Map.of("allowed", codeLists.choices(field.codeList()))));
            }
            if (!field.levels().isEmpty()) {
                place(node.textValue(), field.levels(), pointer, findings);
            }
        } else if (node.isObject()) {
            for (Map.Entry<String, Field> child : field.fields().entrySet()) {
                JsonNode value = node.get(child.getKey());
                if (value != null) {
                    check(value, child.getValue(), pointer + "/" + child.getKey(), findings);
                }
            }
            if (field.isAddress()) {
                parents(node, pointer, findings);
            }
        } else if (node.isArray() && field.items() != null) {
            for (int i = 0; i < node.size(); i++) {
                check(node.get(i), field.items(), pointer + "/" + i, findings);
            }
        }
    }

    private void place(String code, Set<String> levels, String pointer, List<Finding> findings) {
        Optional<Place> place = places.find(code);
        if (place.isEmpty()) {
            findings.add(Findings.of(Severity.ERROR, "place.unknown", pointer));
        } else if (!levels.contains(place.get().level().name().toLowerCase(Locale.ROOT))) {
            findings.add(
                    Findings.of(Severity.ERROR, "place.level", pointer, Map.of("expected", String.join(", ", levels))));
        }
    }

    /** Each level of an address has to lie in every level above it that is named. */
    private void parents(JsonNode address, String pointer, List<Finding> findings) {
        for (int inner = 1; inner < ADDRESS.size(); inner++) {
            List<Place> way = places.upward(address.path(ADDRESS.get(inner)).textValue());
            for (int outer = inner - 1; outer >= 0; outer--) {
                String code = address.path(ADDRESS.get(outer)).textValue();
                if (!way.isEmpty() && places.find(code).isPresent()) {
                    if (way.stream().skip(1).noneMatch(place -> place.code().equals(code))) {
                        findings.add(Findings.of(Severity.ERROR, "place.parent", pointer + "/" + ADDRESS.get(inner)));
                    }
                    break;
                }
            }
        }
    }
}
