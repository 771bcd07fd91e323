package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where two trees differ, as a pointer. */
final class Difference {
    private Difference() {}

    /** Where they first differ; null when they don't. */
    static @Nullable String first(JsonNode one, JsonNode other) {
        return of(one, other, "", false);
    }

    /** The same where the order of fields counts, as it does in XML. */
    static @Nullable String firstInOrder(JsonNode one, JsonNode other) {
        return of(one, other, "", true);
    }

    private static @Nullable String of(JsonNode one, JsonNode other, String pointer, boolean ordered) {
        if (one.getNodeType() != other.getNodeType()) {
            return pointer;
        }
        if (one.isArray()) {
            for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
                String at = pointer + "/" + i;
                String difference = one.has(i) && other.has(i) ? of(one.get(i), other.get(i), at, ordered) : at;
                if (difference != null) {
                    return difference;
                }
            }
            return null;
        }
        if (one.isObject()) {
            return field(one, other, pointer, ordered);
        }
        // As text, since 1 read as an int and as a long is the same.
        return one.asText().equals(other.asText()) ? null : pointer;
    }

    private static @Nullable String field(JsonNode one, JsonNode other, String pointer, boolean ordered) {
        List<String> names = names(one);
        List<String> others = names(other);
        for (int i = 0; i < others.size(); i++) {
            String name = others.get(i);
            String at = pointer + "/" + Tree.escape(name);
            if (!one.has(name) || (ordered && !(i < names.size() && names.get(i).equals(name)))) {
                return at;
            }
            String difference = of(one.get(name), other.get(name), at, ordered);
            if (difference != null) {
                return difference;
            }
        }
        for (String name : names) {
            if (!other.has(name)) {
                return pointer + "/" + Tree.escape(name);
            }
        }
        return null;
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
