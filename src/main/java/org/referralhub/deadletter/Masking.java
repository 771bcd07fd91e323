package org.referralhub.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.CodeLists;
import org.referralhub.dialect.Documents;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Finding;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;
import org.referralhub.message.Urgency;

/**
 * Shows what a document holds without telling what is personal. Everything is masked but what {@code config/desk.yaml} names,
 * and of that only what is a known word or has the form of an identifier: a child's name in the column of the urgency is no
 * urgency. Names of fields are shown when the format knows them. Safe for use by many threads.
 */
public final class Masking {
    /** More fields than an operator reads; the rest of a longer document is counted. */
    private static final int MOST_FIELDS = 2_000;

    private static final int LONGEST_IDENTIFIER = 100;
    private static final String HIDDEN = "~#";
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]*[0-9][A-Za-z0-9._:-]*|[0-9]");
    private static final Pattern MOMENT = Pattern.compile(
            "[0-9]{4}-[0-9]{2}(-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?");

    private final MaskingRules rules;
    private final Documents documents;
    private final CodeLists codeLists;
    private final Map<String, Vocabulary> vocabularies = new ConcurrentHashMap<>();

    public Masking(MaskingRules rules, Documents documents, CodeLists codeLists) {
        this.rules = rules;
        this.documents = documents;
        this.codeLists = codeLists;
    }

    /** The documents that it shows, for who mends them. */
    public Documents documents() {
        return documents;
    }

    /** What a dialect's own names and words are. */
    private record Vocabulary(MaskingRules.OfDialect rules, Set<String> names, Set<String> words) {}

    /** A field's way from the root, as the document has it and as it is shown. */
    private record Way(List<String> names, String shown) {
        static final Way ROOT = new Way(List.of(), "");

        Way child(String name, String segment) {
            List<String> longer = new ArrayList<>(names);
            longer.add(name);
            return new Way(List.copyOf(longer), shown + '/' + segment);
        }
    }

    /** The content with everything masked. */
    public Content masked(@Nullable String dialect, byte[] document, List<Finding> findings) {
        return shown(dialect, document, findings, Reveal.NOTHING);
    }

    /**
     * The content as somebody may see it.
     *
     * @param dialect the format of the document; null when nobody knows it
     * @param findings what the checks have found, with pointers into the document
     */
    Content shown(@Nullable String dialect, byte[] document, List<Finding> findings, Reveal reveal) {
        Documents.Reading reading = documents.read(dialect, document);
        String mediaType = documents.mediaType(dialect, document);
        String digest = Identifiers.digest(document);
        JsonNode tree = reading.tree();
        if (tree == null || dialect == null) {
            List<Finding> place = findings.isEmpty() ? reading.findings() : findings;
            return new Content(
                    dialect,
                    mediaType,
                    document.length,
                    digest,
                    null,
                    place.stream()
                            .map(finding -> finding.at("", finding.line(), finding.column()))
                            .toList());
        }
        Vocabulary vocabulary = vocabulary(dialect);
        View view = new View(tree, vocabulary, reveal, findings);
        return new Content(dialect, mediaType, document.length, digest, view.field(null, Way.ROOT, tree), view.told());
    }

    /**
     * The true pointer of a place that is shown by this one; empty when a hidden name in it is not there.
     *
     * @param document what the pointer is into
     */
    public Optional<String> pointer(@Nullable String dialect, byte[] document, String shown) {
        if (!shown.contains(HIDDEN)) {
            return Optional.of(shown);
        }
        JsonNode node = documents.read(dialect, document).tree();
        StringBuilder pointer = new StringBuilder();
        for (String segment : shown.substring(1).split("/", -1)) {
            String name = segment.startsWith(HIDDEN) && node != null ? nameAt(node, segment) : unescaped(segment);
            if (name == null) {
                return Optional.empty();
            }
            pointer.append('/').append(escaped(name));
            node = node == null ? null : child(node, name);
        }
        return Optional.of(pointer.toString());
    }

    /** True when the text has the form of a JSON Pointer, with hidden names as they are shown. */
    public static boolean isPointer(String text) {
        return text.isEmpty() || (text.length() <= 1_000 && text.matches("(/([^/~]|~0|~1|~#[0-9]{1,6}(?=/|$))*)+"));
    }

    private static @Nullable String nameAt(JsonNode node, String segment) {
        String position = segment.substring(HIDDEN.length());
        if (!position.matches("[0-9]{1,6}") || !node.isObject()) {
            return null;
        }
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        int index = Integer.parseInt(position);
        return index < names.size() ? names.get(index) : null;
    }

    private static @Nullable JsonNode child(JsonNode node, String segment) {
        if (node.isArray()) {
            return segment.matches("[0-9]{1,9}") ? node.get(Integer.parseInt(segment)) : null;
        }
        return node.get(segment);
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    private static String unescaped(String segment) {
        return segment.replace("~1", "/").replace("~0", "~");
    }

    private static List<String> segments(String pointer) {
        return pointer.isEmpty()
                ? List.of()
                : Arrays.stream(pointer.substring(1).split("/", -1))
                        .map(Masking::unescaped)
                        .toList();
    }

    private Vocabulary vocabulary(String dialect) {
        return vocabularies.computeIfAbsent(dialect, name -> {
            MaskingRules.OfDialect ofDialect = rules.of(name);
            Set<String> names = new HashSet<>(ofDialect.names());
            Set<String> words = new HashSet<>();
            for (MessageType type : MessageType.values()) {
                words.add(type.name());
            }
            for (Urgency urgency : Urgency.values()) {
                words.add(urgency.name());
            }
            for (AgencyKind kind : AgencyKind.values()) {
                words.add(kind.name());
            }
            for (String list : codeLists.names()) {
                for (String code : codeLists.codes(list)) {
                    words.add(code);
                    words.add(codeLists.label(list, code).mn());
                    words.add(codeLists.label(list, code).en());
                }
            }
            documents.samples(name).forEach(sample -> learn(sample, List.of(), ofDialect, names, words));
            return new Vocabulary(ofDialect, Set.copyOf(names), Set.copyOf(words));
        });
    }

    /** Samples are about invented people, so that what stands in their fields of codes is a word of the format. */
    private static void learn(
            JsonNode node, List<String> way, MaskingRules.OfDialect rules, Set<String> names, Set<String> words) {
        if (node.isObject()) {
            node.properties().forEach(field -> {
                names.add(field.getKey());
                learn(field.getValue(), longer(way, field.getKey()), rules, names, words);
            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                learn(node.get(i), longer(way, Integer.toString(i)), rules, names, words);
            }
        } else if (names(rules.codes(), way)) {
            words.add(node.asText());
        }
    }

    private static List<String> longer(List<String> way, String segment) {
        List<String> longer = new ArrayList<>(way);
        longer.add(segment);
        return longer;
    }

    private static boolean names(List<FieldPath> paths, List<String> way) {
        return paths.stream().anyMatch(path -> path.matches(way));
    }

    /** One document on its way to one caller. */
    private static final class View {
        private final Vocabulary vocabulary;
        private final Reveal reveal;
        /** Findings by the pointer that is shown. */
        private final Map<String, List<Finding>> findings = new LinkedHashMap<>();

        private final Map<String, Set<String>> missing = new LinkedHashMap<>();
        private int fields;

        View(JsonNode tree, Vocabulary vocabulary, Reveal reveal, List<Finding> found) {
            this.vocabulary = vocabulary;
            this.reveal = reveal;
            for (Finding finding : found) {
                place(tree, finding);
            }
        }

        List<Finding> told() {
            return findings.values().stream().flatMap(List::stream).toList();
        }

        /** Puts a finding where it is shown, and remembers what is missing on the way there. */
        private void place(JsonNode tree, Finding finding) {
            String shown = "";
            JsonNode node = tree;
            for (String segment : segments(finding.pointer())) {
                JsonNode next = node == null ? null : child(node, segment);
                String step = node == null ? missingName(segment) : segment(node, segment);
                if (next == null) {
                    missing.computeIfAbsent(shown, unused -> new HashSet<>()).add(step);
                }
                shown = shown + '/' + step;
                node = next;
            }
            findings.computeIfAbsent(shown, unused -> new ArrayList<>())
                    .add(finding.at(shown, finding.line(), finding.column()));
        }

        private String segment(JsonNode parent, String name) {
            if (parent.isArray()) {
                return escaped(name);
            }
            if (vocabulary.names().contains(name)) {
                return escaped(name);
            }
            int position = 0;
            for (Map.Entry<String, JsonNode> field : parent.properties()) {
                if (field.getKey().equals(name)) {
                    return HIDDEN + position;
                }
                position++;
            }
            return missingName(name);
        }

        /** What is not in the document comes from its schema, and is no secret. */
        private static String missingName(String name) {
            return escaped(name);
        }

        Field field(@Nullable String name, Way way, JsonNode node) {
            fields++;
            List<Finding> here = findings.getOrDefault(way.shown(), List.of());
            if (node.isContainerNode()) {
                return container(name, way, node, here);
            }
            String text = node.asText();
            Field.Kind kind = node.isTextual()
                    ? Field.Kind.TEXT
                    : node.isNumber() ? Field.Kind.NUMBER : node.isBoolean() ? Field.Kind.BOOLEAN : Field.Kind.NULL;
            int size =
                    switch (kind) {
                        case TEXT -> text.codePointCount(0, text.length());
                        case NUMBER -> text.length();
                        default -> 0;
                    };
            Field.Needs needs =
                    kind == Field.Kind.NULL || size == 0 && kind == Field.Kind.TEXT ? null : needs(way, node);
            boolean open = needs == null || reveal.may(way.shown(), needs);
            return new Field(
                    name,
                    way.shown(),
                    kind,
                    size,
                    open && kind != Field.Kind.NULL ? text : null,
                    open ? null : needs,
                    here,
                    List.of(),
                    0);
        }

        private Field container(@Nullable String name, Way way, JsonNode node, List<Finding> here) {
            List<Field> held = new ArrayList<>();
            if (node.isObject()) {
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    if (fields < MOST_FIELDS) {
                        String step = segment(node, field.getKey());
                        held.add(field(
                                step.startsWith(HIDDEN) ? null : field.getKey(),
                                way.child(field.getKey(), step),
                                field.getValue()));
                    }
                }
            } else {
                for (int i = 0; i < node.size() && fields < MOST_FIELDS; i++) {
                    held.add(field(null, way.child(Integer.toString(i), Integer.toString(i)), node.get(i)));
                }
            }
            int left = node.size() - held.size();
            held.addAll(missing(way));
            return new Field(
                    name,
                    way.shown(),
                    node.isObject() ? Field.Kind.OBJECT : Field.Kind.LIST,
                    node.size(),
                    null,
                    null,
                    here,
                    held,
                    left);
        }

        private List<Field> missing(Way way) {
            List<Field> absent = new ArrayList<>();
            for (String step : missing.getOrDefault(way.shown(), Set.of())) {
                Way there = way.child(unescaped(step), step);
                absent.add(new Field(
                        unescaped(step),
                        there.shown(),
                        Field.Kind.MISSING,
                        0,
                        null,
                        null,
                        findings.getOrDefault(there.shown(), List.of()),
                        missing(there),
                        0));
            }
            return absent;
        }

        private Field.@Nullable Needs needs(Way way, JsonNode node) {
            MaskingRules.OfDialect rules = vocabulary.rules();
            String text = node.asText();
            boolean code = names(rules.codes(), way.names());
            boolean identifier = names(rules.identifiers(), way.names());
            // A number may be a telephone: only yes and no tell nothing.
            if ((code
                            && (node.isBoolean()
                                    || node.isNull()
                                    || vocabulary.words().contains(text)))
                    || (identifier && (!node.isTextual() || isIdentifier(text)))) {
                return null;
            }
            return names(rules.reasonEnough(), way.names()) && !way.shown().contains(HIDDEN)
                    ? Field.Needs.REASON
                    : Field.Needs.SECOND_PERSON;
        }

        private static boolean isIdentifier(String text) {
            return text.length() <= LONGEST_IDENTIFIER
                    && (IDENTIFIER.matcher(text).matches()
                            || MOMENT.matcher(text).matches());
        }
    }
}
