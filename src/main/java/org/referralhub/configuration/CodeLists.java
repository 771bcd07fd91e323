package org.referralhub.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;
import org.referralhub.validation.MessageSchema;

/** The code lists that messages draw on, with the label of each code in both languages. */
public final class CodeLists {
    private final Map<String, Map<String, Text>> lists;
    /** Of each list, the code of each label in either language. */
    private final Map<String, Map<String, String>> labelled = new HashMap<>();

    CodeLists(Map<String, Map<String, Text>> lists) {
        this.lists = lists;
        lists.forEach((name, list) -> {
            Map<String, String> codes = labelled.computeIfAbsent(name, unused -> new HashMap<>());
            list.forEach((code, label) -> {
                codes.putIfAbsent(folded(label.mn()), code);
                codes.putIfAbsent(folded(label.en()), code);
            });
        });
    }

    /** Reads {@code config/code-lists.json}. */
    public static CodeLists load(HubHome home, Faults faults) {
        MessageSchema schema = ConfigSchema.compile(home, "code-lists", faults);
        if (schema == null) {
            return new CodeLists(Map.of());
        }
        Located file = JsonFile.read(home, home.config().resolve("code-lists.json"), schema, faults);
        Map<String, Map<String, Text>> lists = new LinkedHashMap<>();
        file.tree().path("lists").properties().forEach(list -> {
            lists.put(list.getKey(), labels(list.getValue()));
            sameLabels(list.getKey(), list.getValue(), file, faults);
        });
        return new CodeLists(lists);
    }

    /** Forms are filled in with labels, so one label may not stand for two codes. */
    private static void sameLabels(String name, JsonNode list, Located file, Faults faults) {
        for (String language : new String[] {"mn", "en"}) {
            Map<String, String> seen = new HashMap<>();
            list.properties().forEach(code -> {
                String label = code.getValue().path(language).asText(code.getKey());
                String other = seen.putIfAbsent(folded(label), code.getKey());
                if (other != null) {
                    faults.add(file.fault(
                            "/lists/" + name + "/" + code.getKey() + "/" + language,
                            "the label is that of the code " + other + " as well",
                            "give each code of a list a label of its own"));
                }
            });
        }
    }

    private static String folded(String label) {
        return label.strip().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Text> labels(JsonNode list) {
        Map<String, Text> labels = new LinkedHashMap<>();
        list.properties()
                .forEach(code -> labels.put(
                        code.getKey(),
                        new Text(
                                code.getValue().path("mn").asText(code.getKey()),
                                code.getValue().path("en").asText(code.getKey()))));
        return Collections.unmodifiableMap(labels);
    }

    /** Names of the lists. */
    public Set<String> names() {
        return lists.keySet();
    }

    /** The codes of a list, in the file's order; none for an unknown list. */
    public Set<String> codes(String list) {
        return lists.getOrDefault(list, Map.of()).keySet();
    }

    /** Every code of a list with its label, in the file's order, as people are told what they may choose. */
    public Text choices(String list) {
        Map<String, Text> labels = lists.getOrDefault(list, Map.of());
        return new Text(choices(labels, Text::mn), choices(labels, Text::en));
    }

    private static String choices(Map<String, Text> labels, Function<Text, String> language) {
        return labels.entrySet().stream()
                .map(code -> code.getKey() + " (" + language.apply(code.getValue()) + ")")
                .collect(Collectors.joining(", "));
    }

    /** True when the list has the code. */
    public boolean contains(String list, @Nullable String code) {
        return code != null && lists.getOrDefault(list, Map.of()).containsKey(code);
    }

    /** The code that has this label in either language, whatever the case of its letters; empty when none has. */
    public Optional<String> codeOf(String list, String label) {
        return Optional.ofNullable(labelled.getOrDefault(list, Map.of()).get(folded(label)));
    }

    /** The label of a code; the code itself when the list has none. */
    public Text label(String list, String code) {
        return lists.getOrDefault(list, Map.of()).getOrDefault(code, new Text(code, code));
    }
}
