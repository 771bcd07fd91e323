package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Changing a tree by JSON Pointer without changing the one that is there: what is off the path is shared. */
final class Tree {
    private Tree() {}

    /** The node at the pointer; a missing node when there is none. */
    static JsonNode at(JsonNode tree, String pointer) {
        JsonNode node = tree;
        for (String segment : segments(pointer)) {
            node = child(node, segment);
        }
        return node;
    }

    /** A copy in which the node at the pointer is another; parents that are missing are made. */
    static JsonNode with(JsonNode tree, String pointer, JsonNode replacement) {
        return put(tree, segments(pointer), 0, replacement);
    }

    /** A copy without the node at the pointer; an array's element becomes null, so that its neighbours stay in place. */
    static JsonNode without(JsonNode tree, String pointer) {
        if (at(tree, pointer).isMissingNode()) {
            return tree;
        }
        String parent = parent(pointer);
        if (at(tree, parent).isArray()) {
            return with(tree, pointer, JsonNodeFactory.instance.nullNode());
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        copy.setAll((ObjectNode) at(tree, parent));
        copy.remove(lastSegment(pointer));
        return with(tree, parent, copy);
    }

    /** A copy without the node at the pointer; an array closes ranks. */
    static JsonNode withoutClosing(JsonNode tree, String pointer) {
        String parent = parent(pointer);
        if (!at(tree, parent).isArray() || at(tree, pointer).isMissingNode()) {
            return without(tree, pointer);
        }
        ArrayNode copy = JsonNodeFactory.instance.arrayNode();
        copy.addAll((ArrayNode) at(tree, parent));
        copy.remove(Integer.parseInt(lastSegment(pointer)));
        return with(tree, parent, copy);
    }

    /** Pointers of the node's children, in document order. */
    static List<String> children(JsonNode node, String pointer) {
        List<String> children = new ArrayList<>(node.size());
        if (node.isObject()) {
            node.fieldNames().forEachRemaining(name -> children.add(pointer + "/" + escape(name)));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                children.add(pointer + "/" + i);
            }
        }
        return children;
    }

    /** True when the tree has more values, objects and arrays than that; looks at no more of them than it must. */
    static boolean hasMoreThan(int most, JsonNode tree) {
        return size(tree, 0, most) > most;
    }

    private static int size(JsonNode node, int sofar, int most) {
        int size = sofar + 1;
        for (JsonNode child : node) {
            if (size > most) {
                return size;
            }
            size = size(child, size, most);
        }
        return size;
    }

    /** Hands every scalar, and every empty object or array, at or below the node to the visitor, with its pointer. */
    static void leaves(JsonNode node, String pointer, BiConsumer<String, JsonNode> visitor) {
        if (node.isContainerNode() && !node.isEmpty()) {
            if (node.isObject()) {
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    leaves(field.getValue(), pointer + "/" + escape(field.getKey()), visitor);
                }
            } else {
                for (int i = 0; i < node.size(); i++) {
                    leaves(node.get(i), pointer + "/" + i, visitor);
                }
            }
        } else {
            visitor.accept(pointer, node);
        }
    }

    static String parent(String pointer) {
        int slash = pointer.lastIndexOf('/');
        return slash < 0 ? "" : pointer.substring(0, slash);
    }

    /** True when the pointer names the ancestor itself or something inside it. */
    static boolean isWithin(String pointer, String ancestor) {
        return pointer.startsWith(ancestor)
                && (pointer.length() == ancestor.length() || pointer.charAt(ancestor.length()) == '/');
    }

    static String escape(String key) {
        return key.indexOf('~') < 0 && key.indexOf('/') < 0
                ? key
                : key.replace("~", "~0").replace("/", "~1");
    }

    private static String unescape(String segment) {
        return segment.indexOf('~') < 0 ? segment : segment.replace("~1", "/").replace("~0", "~");
    }

    private static String lastSegment(String pointer) {
        return unescape(pointer.substring(pointer.lastIndexOf('/') + 1));
    }

    static List<String> segments(String pointer) {
        List<String> segments = new ArrayList<>();
        int start = 1;
        while (start <= pointer.length() && !pointer.isEmpty()) {
            int slash = pointer.indexOf('/', start);
            int end = slash < 0 ? pointer.length() : slash;
            segments.add(unescape(pointer.substring(start, end)));
            start = end + 1;
        }
        return segments;
    }

    private static JsonNode child(JsonNode node, String segment) {
        if (node.isArray()) {
            int index = index(segment);
            return index < 0 ? JsonNodeFactory.instance.missingNode() : node.path(index);
        }
        return node.path(segment);
    }

    /** The position that a segment names in a list; -1 when it names none. */
    static int index(String segment) {
        if (segment.isEmpty() || segment.length() > 9) {
            return -1;
        }
        for (int i = 0; i < segment.length(); i++) {
            if (segment.charAt(i) < '0' || segment.charAt(i) > '9') {
                return -1;
            }
        }
        return Integer.parseInt(segment);
    }

    private static JsonNode put(@Nullable JsonNode node, List<String> segments, int depth, JsonNode replacement) {
        if (depth == segments.size()) {
            return replacement;
        }
        String segment = segments.get(depth);
        if (node != null && node.isArray() && index(segment) >= 0) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            copy.addAll((ArrayNode) node);
            int index = Math.min(index(segment), copy.size());
            JsonNode value = put(index < copy.size() ? copy.get(index) : null, segments, depth + 1, replacement);
            if (index < copy.size()) {
                copy.set(index, value);
            } else {
                copy.add(value);
            }
            return copy;
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        if (node != null && node.isObject()) {
            copy.setAll((ObjectNode) node);
        }
        copy.set(segment, put(copy.get(segment), segments, depth + 1, replacement));
        return copy;
    }
}
