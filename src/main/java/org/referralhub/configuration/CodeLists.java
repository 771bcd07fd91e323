package org.referralhub.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;
import org.referralhub.validation.MessageSchema;

/** The code lists that messages draw on, with the label of each code in both languages. */
public final class CodeLists {
    private final Map<String, Map<String, Text>> lists;

    CodeLists(Map<String, Map<String, Text>> lists) {
        this.lists = lists;
    }

    /** Reads {@code config/code-lists.json}. */
    public static CodeLists load(HubHome home, Faults faults) {
        MessageSchema schema = ConfigSchema.compile(home, "code-lists", faults);
        if (schema == null) {
            return new CodeLists(Map.of());
        }
        Located file = JsonFile.read(home, home.config().resolve("code-lists.json"), schema, faults);
        Map<String, Map<String, Text>> lists = new LinkedHashMap<>();
        file.tree().path("lists").properties().forEach(list -> lists.put(list.getKey(), labels(list.getValue())));
        return new CodeLists(lists);
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

    /** True when the list has the code. */
    public boolean contains(String list, @Nullable String code) {
        return code != null && lists.getOrDefault(list, Map.of()).containsKey(code);
    }

    /** The label of a code; the code itself when the list has none. */
    public Text label(String list, String code) {
        return lists.getOrDefault(list, Map.of()).getOrDefault(code, new Text(code, code));
    }
}
