package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the field of the sender's document that a field of the canonical message came from, by trial: a part of the
 * document is altered or taken out, the mapping runs again, and where the canonical field changes, the part fed it. A
 * mapping therefore needs no annotations and can't go stale.
 *
 * <p>For one document at a time, and only when there is something to report. Runs and work are bounded; where they end, the
 * nearest parent known so far is the answer. No clock bounds them, so that the same document always gets the same report.
 */
final class Provenance {
    /** Runs of the mapping for one document, of which each part that is tried takes two. */
    static final int MOST_RUNS = 300;
    /**
     * Values looked at, in all runs and comparisons together. A document with everything that a referral may say has some
     * hundred of them, so that its runs end first; one made of many thousand is not worth the time of others.
     */
    static final long MOST_WORK = 150_000;

    private static int values(JsonNode node) {
        int values = 1;
        for (JsonNode child : node) {
            values += values(child);
        }
        return values;
    }

    /**
     * Where a canonical field comes from.
     *
     * @param pointer into the sender's document
     * @param exact false when it is only a parent
     */
    record Source(String pointer, boolean exact) {}

    /** What the canonical message becomes when one part of the document is different. */
    private record Trial(List<JsonNode> results) {}

    private record Candidate(String pointer, boolean sameText, int effect) {
        boolean isBetterThan(@Nullable Candidate other) {
            return other == null || (sameText != other.sameText ? sameText : effect < other.effect);
        }
    }

    private final Mapping mapping;
    private final JsonNode document;
    private final JsonNode canonical;
    private final Map<String, Trial> trials = new HashMap<>();
    private @Nullable Map<String, JsonNode> leaves;
    /** Values of the document; 0 until they are counted. */
    private int size;

    private long work;
    private int runs;

    /**
     * @param canonical what the mapping makes of the document
     */
    Provenance(Mapping mapping, JsonNode document, JsonNode canonical) {
        this.mapping = mapping;
        this.document = document;
        this.canonical = canonical;
    }

    private Map<String, JsonNode> leaves() {
        Map<String, JsonNode> known = leaves;
        if (known == null) {
            known = new HashMap<>();
            Tree.leaves(canonical, "", known::put);
            leaves = known;
        }
        return known;
    }

    /** The source of a canonical field that is there; of one that is not there, the source of its nearest parent. */
    Source of(String pointer) {
        if (mapping == Mapping.IDENTITY) {
            return new Source(pointer, true);
        }
        String target = pointer;
        while (!target.isEmpty() && Tree.at(canonical, target).isMissingNode()) {
            target = Tree.parent(target);
        }
        if (target.isEmpty()) {
            return new Source("", pointer.isEmpty());
        }
        JsonNode value = Tree.at(canonical, target);
        Candidate best = best(target, value, "", document);
        return best == null ? new Source("", false) : new Source(best.pointer(), target.equals(pointer));
    }

    /** The document that the message was made of. */
    JsonNode document() {
        return document;
    }

    /** True when the document has this canonical field. */
    boolean has(String pointer) {
        return !Tree.at(canonical, pointer).isMissingNode();
    }

    /** True when this part of the document feeds a canonical field that is there. One part, two runs at most. */
    boolean feeds(String part, String pointer) {
        return !Tree.at(document, part).isMissingNode() && effect(pointer, Tree.at(canonical, pointer), part) != null;
    }

    private @Nullable Candidate best(String target, JsonNode value, String at, JsonNode node) {
        Candidate best = null;
        work += node.size();
        if (work > MOST_WORK) {
            return null;
        }
        for (String child : order(Tree.children(node, at), target)) {
            Integer effect = effect(target, value, child);
            if (effect != null) {
                JsonNode content = Tree.at(document, child);
                Candidate inner = content.isContainerNode() ? best(target, value, child, content) : null;
                Candidate candidate = inner != null ? inner : new Candidate(child, sameText(content, value), effect);
                if (candidate.isBetterThan(best)) {
                    best = candidate;
                }
            }
        }
        return best;
    }

    private static boolean sameText(JsonNode source, JsonNode value) {
        return source.isValueNode() && value.isValueNode() && source.asText().equals(value.asText());
    }

    /** Elements at a position that the target's pointer names come first, so that long lists do not eat up the runs. */
    private static List<String> order(List<String> children, String target) {
        if (children.size() <= 8
                || !Character.isDigit(children.get(0).charAt(children.get(0).lastIndexOf('/') + 1))) {
            return children;
        }
        Set<String> positions = new HashSet<>(List.of(target.split("/")));
        List<String> ordered = new ArrayList<>(children.size());
        List<String> others = new ArrayList<>(children.size());
        for (String child : children) {
            (positions.contains(child.substring(child.lastIndexOf('/') + 1)) ? ordered : others).add(child);
        }
        ordered.addAll(others);
        return ordered;
    }

    /** How many canonical fields change together with the whole target; null when the target, or some of it, stays. */
    private @Nullable Integer effect(String target, JsonNode value, String part) {
        work++;
        if (work > MOST_WORK) {
            return null;
        }
        Trial trial = trials.get(part);
        if (trial == null) {
            if (runs >= MOST_RUNS) {
                return null;
            }
            if (size == 0) {
                size = values(document);
            }
            work += 2L * size;
            if (work > MOST_WORK) {
                return null;
            }
            trial = run(part);
            trials.put(part, trial);
        }
        Integer least = null;
        for (JsonNode result : trial.results()) {
            if (changesAll(target, value, result)) {
                int effect = 0;
                work += leaves().size();
                for (Map.Entry<String, JsonNode> leaf : leaves().entrySet()) {
                    effect += Tree.at(result, leaf.getKey()).equals(leaf.getValue()) ? 0 : 1;
                }
                least = least == null ? effect : Math.min(least, effect);
            }
        }
        return least;
    }

    private boolean changesAll(String target, JsonNode value, JsonNode result) {
        boolean[] stays = {false};
        Tree.leaves(value, target, (pointer, leaf) -> {
            work++;
            stays[0] |= Tree.at(result, pointer).equals(leaf);
        });
        return !stays[0];
    }

    private Trial run(String part) {
        List<JsonNode> results = new ArrayList<>(2);
        JsonNode there = Tree.at(document, part);
        tryOut(Tree.with(document, part, altered(there)), results);
        tryOut(Tree.without(document, part), results);
        return new Trial(results);
    }

    private void tryOut(JsonNode changed, List<JsonNode> results) {
        runs++;
        try {
            results.add(mapping.apply(changed));
        } catch (Mapping.Failure e) {
            // A mapping that stops says nothing about where one field comes from; the other trial of this part may.
        }
    }

    /** The same structure with every value another, digits staying digits so that forms are still recognised. */
    static JsonNode altered(JsonNode node) {
        if (node.isTextual()) {
            return TextNode.valueOf(altered(node.textValue()));
        }
        if (node.isNumber()) {
            return node.isIntegralNumber()
                    ? JsonNodeFactory.instance.numberNode(node.bigIntegerValue().add(java.math.BigInteger.ONE))
                    : DecimalNode.valueOf(node.decimalValue().add(BigDecimal.ONE));
        }
        if (node.isBoolean()) {
            return BooleanNode.valueOf(!node.booleanValue());
        }
        if (node.isArray()) {
            com.fasterxml.jackson.databind.node.ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> copy.add(altered(element)));
            return copy;
        }
        if (node.isObject()) {
            com.fasterxml.jackson.databind.node.ObjectNode copy = JsonNodeFactory.instance.objectNode();
            node.properties().forEach(field -> copy.set(field.getKey(), altered(field.getValue())));
            return copy;
        }
        return TextNode.valueOf("~");
    }

    private static String altered(String text) {
        StringBuilder other = new StringBuilder(text.length() + 1);
        boolean digits = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            digits |= digit;
            other.append(digit ? (char) ('0' + (c - '0' + 1) % 10) : c);
        }
        return digits ? other.toString() : other.append('~').toString();
    }

    /**
     * What is left of a document that a mapping stops at.
     *
     * @param document the document without the parts it stops at
     * @param culprits pointers of those parts
     */
    record Remainder(JsonNode document, List<String> culprits) {}

    /**
     * Takes out of a document what a mapping stops at, by putting it together again piece by piece.
     *
     * @return null when the mapping stops even at an empty document, or within the bounds no remainder was found
     */
    static @Nullable Remainder remainder(Mapping mapping, JsonNode document) {
        return new Rebuild(mapping).run(document);
    }

    private static final class Rebuild {
        private final Mapping mapping;
        private long work;
        private final List<String> culprits = new ArrayList<>();
        private int runs;

        Rebuild(Mapping mapping) {
            this.mapping = mapping;
        }

        @Nullable
        Remainder run(JsonNode document) {
            JsonNode empty = emptied(document);
            if (!document.isContainerNode() || !passes(empty)) {
                return null;
            }
            JsonNode rebuilt = add(empty, "", document);
            return culprits.isEmpty() || exhausted() ? null : new Remainder(rebuilt, List.copyOf(culprits));
        }

        /** Adds the children of one node of the document to what passes so far. */
        private JsonNode add(JsonNode sofar, String at, JsonNode document) {
            JsonNode whole = sofar;
            for (String child : Tree.children(Tree.at(document, at), at)) {
                if (exhausted()) {
                    return whole;
                }
                JsonNode content = Tree.at(document, child);
                JsonNode with = Tree.with(whole, child, content);
                if (passes(with)) {
                    whole = with;
                } else if (content.isContainerNode() && passes(Tree.with(whole, child, emptied(content)))) {
                    whole = add(Tree.with(whole, child, emptied(content)), child, document);
                } else {
                    culprits.add(child);
                    if (Tree.at(document, at).isArray()) {
                        whole = Tree.with(whole, child, JsonNodeFactory.instance.nullNode());
                    }
                }
            }
            return whole;
        }

        private boolean exhausted() {
            return runs > MOST_RUNS || work > MOST_WORK;
        }

        private static JsonNode emptied(JsonNode node) {
            return node.isArray() ? JsonNodeFactory.instance.arrayNode() : JsonNodeFactory.instance.objectNode();
        }

        private boolean passes(JsonNode tree) {
            runs++;
            work += values(tree);
            if (exhausted()) {
                return false;
            }
            try {
                mapping.apply(tree);
                return true;
            } catch (Mapping.Failure e) {
                return false;
            }
        }
    }
}
