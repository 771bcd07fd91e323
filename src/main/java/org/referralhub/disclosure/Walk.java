package org.referralhub.disclosure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One walk through a message along an allow-list, copying what it allows. Not for use twice. */
final class Walk {
    private final boolean conditionHolds;
    private final Set<String> shown = new HashSet<>();
    private boolean conditionUsed;

    /** @param conditionHolds true when what depends on a stated condition may be copied */
    Walk(boolean conditionHolds) {
        this.conditionHolds = conditionHolds;
    }

    /** True when something was copied that needed the condition. */
    boolean usedCondition() {
        return conditionUsed;
    }

    /** The names of the fields of which something was copied. */
    Set<String> shown() {
        return shown;
    }

    /** A new object with what may be copied; empty when that is nothing. */
    ObjectNode members(ObjectNode from, Rule.Members rule) {
        ObjectNode to = JsonNodeFactory.instance.objectNode();
        for (Iterator<Map.Entry<String, JsonNode>> fields = from.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            Rule inner = rule.members().get(field.getKey());
            JsonNode copy = inner == null ? null : copy(field.getValue(), inner);
            if (copy != null) {
                to.set(field.getKey(), copy);
            }
        }
        return to;
    }

    private @Nullable JsonNode copy(JsonNode from, Rule rule) {
        if (rule instanceof Rule.Value value) {
            return value(from, value);
        }
        if (rule instanceof Rule.Members members && from instanceof ObjectNode object) {
            ObjectNode to = members(object, members);
            return to.isEmpty() ? null : to;
        }
        if (rule instanceof Rule.Items items && from instanceof ArrayNode array) {
            ArrayNode to = items(array, items.item());
            return to.isEmpty() ? null : to;
        }
        // not the shape the file speaks of: nobody has said that it may be shown
        return null;
    }

    private ArrayNode items(ArrayNode from, Rule item) {
        ArrayNode to = JsonNodeFactory.instance.arrayNode(from.size());
        boolean reduced = item instanceof Rule.Value value && value.reduction() != Reduction.KEEP;
        for (JsonNode element : from) {
            JsonNode copy = copy(element, item);
            // several codes may have become the same one
            if (copy != null && !(reduced && contains(to, copy))) {
                to.add(copy);
            }
        }
        return to;
    }

    private static boolean contains(ArrayNode array, JsonNode value) {
        for (JsonNode element : array) {
            if (element.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable JsonNode value(JsonNode from, Rule.Value rule) {
        if (from.isContainerNode() || (rule.conditional() && !conditionHolds)) {
            return null;
        }
        if (from.isNull()) {
            return from;
        }
        JsonNode copy = rule.reduction().apply(from);
        if (copy != null) {
            shown.add(rule.name());
        }
        if (copy != null && rule.conditional()) {
            conditionUsed = true;
        }
        return copy;
    }
}
