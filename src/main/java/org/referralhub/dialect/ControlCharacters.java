package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.function.Consumer;

/** Characters that JSON may carry and XML 1.0 may not. */
final class ControlCharacters {
    private ControlCharacters() {}

    static boolean isControl(char c) {
        return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == '\uFFFE' || c == '\uFFFF';
    }

    /**
     * False when a document certainly holds none: strict JSON has them as escapes, CSV as they are, and U+FFFE and U+FFFF begin
     * with EF BF.
     */
    static boolean possible(byte[] document) {
        for (int i = 0; i < document.length; i++) {
            if (document[i] == '\\'
                    || (document[i] >= 0 && document[i] < 0x20 && isControl((char) document[i]))
                    || (document[i] == (byte) 0xEF && i + 1 < document.length && document[i + 1] == (byte) 0xBF)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The tree with a space in place of each, so that no text turns empty; the same tree when it has none.
     *
     * @param pointer where the tree stands
     * @param told gets the pointer of every text that had some
     */
    static JsonNode without(JsonNode node, String pointer, Consumer<String> told) {
        if (node.isTextual()) {
            return text(node, pointer, told);
        }
        if (node.isObject()) {
            ObjectNode copy = null;
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                JsonNode clean = without(field.getValue(), pointer + "/" + Tree.escape(field.getKey()), told);
                if (clean != field.getValue()) {
                    copy = copy == null ? JsonNodeFactory.instance.objectNode().setAll((ObjectNode) node) : copy;
                    copy.set(field.getKey(), clean);
                }
            }
            return copy == null ? node : copy;
        }
        if (node.isArray()) {
            ArrayNode copy = null;
            for (int i = 0; i < node.size(); i++) {
                JsonNode clean = without(node.get(i), pointer + "/" + i, told);
                if (clean != node.get(i)) {
                    copy = copy == null ? JsonNodeFactory.instance.arrayNode().addAll((ArrayNode) node) : copy;
                    copy.set(i, clean);
                }
            }
            return copy == null ? node : copy;
        }
        return node;
    }

    private static JsonNode text(JsonNode node, String pointer, Consumer<String> told) {
        String text = node.textValue();
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                told.accept(pointer);
                StringBuilder clean = new StringBuilder(text.length()).append(text, 0, i);
                for (int j = i; j < text.length(); j++) {
                    clean.append(isControl(text.charAt(j)) ? ' ' : text.charAt(j));
                }
                return TextNode.valueOf(clean.toString());
            }
        }
        return node;
    }
}
