package org.referralhub.disclosure;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.MessageType;

/**
 * What one kind of agency may be shown, as a tree for each message type.
 *
 * @param rules the rules of the whole message by type; every type is there
 */
record AllowList(Map<MessageType, Rule.Members> rules) {
    AllowList {
        rules = Map.copyOf(rules);
    }

    /** Compiles the column of one kind. */
    static AllowList of(Matrix matrix, AgencyKind kind) {
        return compile(matrix, (row, field, group) -> {
            Access access = row.access().get(kind);
            if (access == Access.FULL) {
                return new Rule.Value(Reduction.KEEP, false, group);
            }
            if (access == Access.CONDITIONAL) {
                return new Rule.Value(Reduction.KEEP, true, group);
            }
            return access == Access.LIMITED && field.limited() != Reduction.DROP
                    ? new Rule.Value(field.limited(), false, group)
                    : null;
        });
    }

    /** What even those see who must not learn of the child: identifiers and state, one group of the file. */
    static AllowList routing(Matrix matrix) {
        return compile(
                matrix,
                (row, field, group) ->
                        row.group().equals(Matrix.ROUTING) ? new Rule.Value(Reduction.KEEP, false, group) : null);
    }

    /** Every field of the file with what is left of it where access is limited: to tell which groups a message holds. */
    static AllowList limited(Matrix matrix) {
        return compile(matrix, (row, field, group) -> new Rule.Value(field.limited(), false, group));
    }

    /** Says what becomes of a field; null when nothing is left. */
    @FunctionalInterface
    private interface Decision {
        Rule.@Nullable Value of(Matrix.Row row, Field field, int group);
    }

    private static AllowList compile(Matrix matrix, Decision decision) {
        Compiler compiler = new Compiler();
        for (int group = 0; group < matrix.rows().size(); group++) {
            Matrix.Row row = matrix.rows().get(group);
            for (Field field : row.fields()) {
                Rule.Value value = decision.of(row, field, group);
                if (value != null) {
                    compiler.add(field, value);
                }
            }
        }
        return compiler.compile();
    }

    Rule.Members of(MessageType type) {
        Rule.Members members = rules.get(type);
        return members == null ? new Rule.Members(Map.of()) : members;
    }

    /** Puts fields together into trees. A branch is a map, an item of an array the key {@code *}, a leaf a rule. */
    private static final class Compiler {
        private final Map<MessageType, Map<String, Object>> trees = new EnumMap<>(MessageType.class);

        Compiler() {
            for (MessageType type : MessageType.values()) {
                tree(type);
            }
        }

        void add(Field field, Rule.Value value) {
            MessageType type = field.type();
            if (type == null) {
                for (Map<String, Object> tree : trees.values()) {
                    put(tree, field.path(), value);
                }
                return;
            }
            put(tree(type), prefixed(List.of("body"), field.path()), value);
            if (type == MessageType.REQUEST) {
                put(tree(MessageType.AMEND), prefixed(List.of("body", "changes"), field.path()), value);
            }
        }

        private Map<String, Object> tree(MessageType type) {
            return trees.computeIfAbsent(type, absent -> new TreeMap<>());
        }

        private static List<String> prefixed(List<String> prefix, List<String> path) {
            List<String> whole = new ArrayList<>(prefix);
            whole.addAll(path);
            return whole;
        }

        @SuppressWarnings("unchecked")
        private static void put(Map<String, Object> tree, List<String> path, Rule.Value value) {
            Map<String, Object> branch = tree;
            for (String name : path.subList(0, path.size() - 1)) {
                Object next = branch.computeIfAbsent(name, absent -> new TreeMap<String, Object>());
                if (!(next instanceof Map)) {
                    // a rule for the whole stands there already; what is inside of it is not copied either way
                    return;
                }
                branch = (Map<String, Object>) next;
            }
            branch.putIfAbsent(path.get(path.size() - 1), value.at(path));
        }

        AllowList compile() {
            Map<MessageType, Rule.Members> rules = new EnumMap<>(MessageType.class);
            trees.forEach((type, tree) -> rules.put(type, members(tree)));
            return new AllowList(rules);
        }

        @SuppressWarnings("unchecked")
        private static Rule rule(Object branch) {
            if (branch instanceof Rule rule) {
                return rule;
            }
            Map<String, Object> tree = (Map<String, Object>) branch;
            Object item = tree.get("*");
            return item == null ? members(tree) : new Rule.Items(rule(item));
        }

        private static Rule.Members members(Map<String, Object> tree) {
            Map<String, Rule> members = new TreeMap<>();
            tree.forEach((name, branch) -> members.put(name, rule(branch)));
            return new Rule.Members(members);
        }
    }
}
