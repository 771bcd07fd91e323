package org.referralhub.configuration;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;

/** The code lists that messages draw on, with the label of each code in both languages. */
public final class CodeLists {
    private final Map<String, Map<String, Text>> lists;

    CodeLists(Map<String, Map<String, Text>> lists) {
        this.lists = lists;
    }

    /** Reads {@code config/code-lists.json}. */
    public static CodeLists load(HubHome home, Faults faults) {
        throw new UnsupportedOperationException("not built yet");
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
