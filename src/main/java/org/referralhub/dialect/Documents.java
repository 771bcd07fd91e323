package org.referralhub.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.validation.StrictJson;

/**
 * Documents of the dialects as trees, for those who look at one that could not go on and mend it. Safe for use by many
 * threads.
 */
public final class Documents {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Dialects dialects;

    public Documents(Dialects dialects) {
        this.dialects = dialects;
    }

    /**
     * What reading gave.
     *
     * @param tree null when the document can't be read in this dialect, or nobody knows the dialect
     * @param findings of syntax and of the native schema; what makes a document unreadable has its line and column
     */
    public record Reading(@Nullable JsonNode tree, List<Finding> findings) {
        public Reading {
            findings = List.copyOf(findings);
        }

        /** Without the tree: it is personal. */
        @Override
        public String toString() {
            return "Reading[readable=" + (tree != null) + ", findings=" + findings.size() + "]";
        }
    }

    /** Reads a document; never throws for any input. */
    public Reading read(@Nullable String dialect, byte[] document) {
        Dialect known = dialect == null ? null : dialects.find(dialect).orElse(null);
        if (known == null) {
            return new Reading(null, List.of());
        }
        Codec.Read read = known.codec().asWritten().read(document);
        return new Reading(read.tree(), read.findings());
    }

    /** The trees of the dialect's accepted samples, which are about invented people; none for an unknown dialect. */
    public List<JsonNode> samples(String dialect) {
        return dialects.find(dialect)
                .map(known -> known.exemplars().stream()
                        .map(Dialect.Exemplar::document)
                        .toList())
                .orElse(List.of());
    }

    /** The media type of a document of this dialect; {@code application/octet-stream} when the dialect is not known. */
    public String mediaType(@Nullable String dialect, byte[] document) {
        List<String> types = dialect == null
                ? List.of()
                : dialects.find(dialect).map(Dialect::mediaTypes).orElse(List.of());
        boolean xml = firstCharacter(document) == '<';
        return types.stream()
                .filter(type -> type.endsWith("xml") == xml)
                .findFirst()
                .orElse(types.isEmpty() ? "application/octet-stream" : types.get(0));
    }

    private static int firstCharacter(byte[] document) {
        for (byte here : document) {
            if (here > ' ') {
                return here;
            }
        }
        return -1;
    }

    /**
     * The identifier that the sender has given the message, as far as the document can be translated.
     *
     * @return empty when there is none, or the document can't be read
     */
    public Optional<String> messageId(String dialect, byte[] document) {
        Dialect known = dialects.find(dialect).orElse(null);
        JsonNode tree = known == null ? null : known.codec().read(document).tree();
        if (known == null || tree == null) {
            return Optional.empty();
        }
        try {
            return id(known.toCanonical().apply(tree));
        } catch (Mapping.Failure e) {
            Provenance.Remainder remainder = Provenance.remainder(known.toCanonical(), tree);
            try {
                return remainder == null
                        ? Optional.empty()
                        : id(known.toCanonical().apply(remainder.document()));
            } catch (Mapping.Failure again) {
                return Optional.empty();
            }
        }
    }

    private static Optional<String> id(JsonNode canonical) {
        String id = canonical.path("messageId").asText();
        return id.isEmpty() ? Optional.empty() : Optional.of(id);
    }

    /**
     * The document with these edits made one after the other, in the form that its sender wrote it in. JSON keeps every other
     * byte; XML and CSV are written anew, and only if nothing that the checks look at gets lost by it. What it holds then is
     * not checked here.
     *
     * @return empty when an edit can't be made, or the format can't be written again without changing more
     */
    public Optional<byte[]> edited(String dialect, byte[] document, List<Edit> edits) {
        Dialect known = dialects.find(dialect).orElse(null);
        if (known == null) {
            return Optional.empty();
        }
        Codec codec = known.codec().asWritten();
        Codec.Read before = codec.read(document);
        JsonNode tree = before.tree();
        JsonNode after = tree;
        for (Edit edit : edits) {
            after = after == null ? null : applied(after, edit, known);
        }
        if (tree == null || after == null) {
            return Optional.empty();
        }
        boolean exact = codec.keepsBytes(document);
        if (!exact && !survives(codec, document, before, tree)) {
            return Optional.empty();
        }
        byte[] edited = codec.rewrite(document, edits, after).orElse(null);
        JsonNode read = edited == null ? null : codec.read(edited).tree();
        boolean faithful = read != null && (exact ? read.equals(normal(after)) : same(read, after));
        return faithful ? Optional.ofNullable(edited) : Optional.empty();
    }

    /** True when writing the document again without any edit changes nothing that reading it tells. */
    private static boolean survives(Codec codec, byte[] document, Codec.Read before, JsonNode tree) {
        byte[] again = codec.rewrite(document, List.of(), tree).orElse(null);
        if (again == null) {
            return false;
        }
        Codec.Read read = codec.read(again);
        return read.tree() != null && same(read.tree(), tree) && told(read).equals(told(before));
    }

    private static Set<String> told(Codec.Read read) {
        Set<String> told = new HashSet<>();
        read.findings().forEach(finding -> told.add(finding.code() + ' ' + finding.pointer()));
        return told;
    }

    /** As the strict parser reads it, which has a type for each size of a number. */
    private static @Nullable JsonNode normal(JsonNode tree) {
        try {
            return StrictJson.parse(MAPPER.writeValueAsBytes(tree)).tree();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree in memory can always be written");
        }
    }

    /** The same but for the type of single values, which XML does not write and a spreadsheet has its own way with. */
    private static boolean same(@Nullable JsonNode one, @Nullable JsonNode other) {
        if (one == null || other == null || one.isContainerNode() != other.isContainerNode()) {
            return false;
        }
        if (!one.isContainerNode()) {
            return one.asText().equals(other.asText());
        }
        if (one.isObject() != other.isObject() || one.size() != other.size()) {
            return false;
        }
        for (String child : Tree.children(one, "")) {
            JsonNode there = Tree.at(other, child);
            if (there.isMissingNode() || !same(Tree.at(one, child), there)) {
                return false;
            }
        }
        return true;
    }

    /** The tree after one edit; null when it can't be made. */
    private static @Nullable JsonNode applied(JsonNode tree, Edit edit, Dialect dialect) {
        String pointer = edit.pointer();
        JsonNode value = edit.value();
        boolean there = !Tree.at(tree, pointer).isMissingNode();
        if (value == null) {
            return there && !pointer.isEmpty() ? Tree.withoutClosing(tree, pointer) : null;
        }
        if (!pointer.isEmpty() && !canHold(tree, pointer)) {
            return null;
        }
        String last = pointer.substring(pointer.lastIndexOf('/') + 1);
        JsonNode parent = Tree.at(tree, Tree.parent(pointer));
        if (parent.isArray()) {
            return inList(tree, Tree.parent(pointer), last, edit, value);
        }
        if (there && edit.act() == Edit.Act.ADD) {
            return null;
        }
        return there
                ? Tree.with(tree, pointer, value)
                : inPlace(tree, Tree.with(tree, pointer, value), pointer, dialect);
    }

    /** False when something on the way holds no fields, or a list has no such entry. */
    private static boolean canHold(JsonNode tree, String pointer) {
        String above = Tree.parent(pointer);
        while (!above.isEmpty() && Tree.at(tree, above).isMissingNode()) {
            above = Tree.parent(above);
        }
        JsonNode nearest = Tree.at(tree, above);
        boolean direct = above.equals(Tree.parent(pointer));
        return nearest.isObject() || (nearest.isArray() && direct);
    }

    private static @Nullable JsonNode inList(JsonNode tree, String list, String last, Edit edit, JsonNode value) {
        ArrayNode entries = JsonNodeFactory.instance.arrayNode();
        Tree.at(tree, list).forEach(entries::add);
        int index = last.equals("-") ? entries.size() : Tree.index(last);
        if (index < 0 || index > entries.size()) {
            return null;
        }
        if (edit.act() == Edit.Act.ADD || index == entries.size()) {
            entries.insert(index, value);
        } else {
            entries.set(index, value);
        }
        return Tree.with(tree, list, entries);
    }

    /** Moves the topmost field that is new to where the samples have it: formats with a sequence know no other place. */
    private static JsonNode inPlace(JsonNode before, JsonNode after, String pointer, Dialect dialect) {
        String added = pointer;
        while (!Tree.parent(added).isEmpty()
                && Tree.at(before, Tree.parent(added)).isMissingNode()) {
            added = Tree.parent(added);
        }
        String parent = Tree.parent(added);
        if (!(Tree.at(after, parent) instanceof ObjectNode object)) {
            return after;
        }
        String name = Tree.segments(added).get(Tree.segments(added).size() - 1);
        Set<String> later = later(parent, name, dialect);
        ObjectNode ordered = JsonNodeFactory.instance.objectNode();
        JsonNode value = object.path(name);
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (later.contains(field.getKey()) && !ordered.has(name)) {
                ordered.set(name, value);
            }
            if (!field.getKey().equals(name)) {
                ordered.set(field.getKey(), field.getValue());
            }
        }
        if (!ordered.has(name)) {
            ordered.set(name, value);
        }
        return Tree.with(after, parent, ordered);
    }

    /** Names that the samples have behind this one in the same kind of object. */
    private static Set<String> later(String parent, String name, Dialect dialect) {
        Set<String> later = new LinkedHashSet<>();
        Set<String> earlier = new HashSet<>();
        List<String> way = Tree.segments(parent);
        for (Dialect.Exemplar exemplar : dialect.exemplars()) {
            for (JsonNode object : alike(exemplar.document(), way)) {
                boolean behind = false;
                List<String> names = new ArrayList<>();
                object.fieldNames().forEachRemaining(names::add);
                if (names.contains(name)) {
                    for (String other : names) {
                        behind |= other.equals(name);
                        (behind ? later : earlier).add(other);
                    }
                }
            }
        }
        later.removeAll(earlier);
        later.remove(name);
        return later;
    }

    /** What stands on this way in another document, whatever the positions in lists. */
    private static List<JsonNode> alike(JsonNode document, List<String> way) {
        List<JsonNode> nodes = List.of(document);
        for (String segment : way) {
            List<JsonNode> next = new ArrayList<>();
            for (JsonNode node : nodes) {
                if (node.isArray()) {
                    node.forEach(next::add);
                } else if (node.has(segment)) {
                    next.add(node.path(segment));
                }
            }
            nodes = next;
        }
        return nodes;
    }
}
