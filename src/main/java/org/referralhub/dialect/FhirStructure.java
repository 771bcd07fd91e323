package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.referralhub.validation.RegisterNumber;

/**
 * Holds the tree of a FHIR document against the model of R4: what it does not know, what is missing, what has the wrong
 * form. One pass, bounded by the size of the tree.
 */
final class FhirStructure {
    /** Values and containers; a message with everything a referral may say has a fifth of it. */
    static final int MAX_ELEMENTS = 8_000;

    private static final int MAX_ENTRIES = 200;
    private static final int MOST_CODES_NAMED = 25;
    private static final Set<String> SILENT = Set.of("resourceType", "id", "meta", "language", "text");
    /** Who does not know what they say may not go on, says FHIR. */
    private static final Set<String> MODIFIERS = Set.of("modifierExtension", "implicitRules");

    /** Who says this of an entry does not say what the entry says; the mapping leaves it out. */
    private static final Map<String, Set<String>> WITHDRAWN = Map.of(
            "Observation", Set.of("entered-in-error", "cancelled"),
            "DocumentReference", Set.of("entered-in-error", "superseded"));

    private final List<Finding> findings = new ArrayList<>();

    private FhirStructure() {}

    /** What stands in the way of looking any closer at this tree; null when nothing does. */
    static @Nullable Finding obstacle(JsonNode tree) {
        if (!tree.path("resourceType").asText().equals("Bundle")) {
            return Findings.of(Severity.ERROR, "fhir.bundle", "/resourceType");
        }
        if (tree.path("entry").size() > MAX_ENTRIES) {
            return Findings.of(Severity.FATAL, "fhir.too-many-entries", "/entry", Map.of("limit", MAX_ENTRIES));
        }
        return Tree.hasMoreThan(MAX_ELEMENTS, tree) ? tooManyElements() : null;
    }

    static Finding tooManyElements() {
        return Findings.of(Severity.FATAL, "fhir.too-many-elements", "", Map.of("limit", MAX_ELEMENTS));
    }

    /** Everything that is wrong with a tree without an {@link #obstacle}, in its order. */
    static List<Finding> check(JsonNode tree) {
        FhirStructure structure = new FhirStructure();
        structure.resource(tree, "");
        return structure.findings;
    }

    /**
     * What a message may not do although FHIR lets it: say nothing of what its event is about, hold more than one of what it
     * is about, or speak of a subject that it does not hold. One child's data would be taken for another's.
     *
     * @param subjects types of resources that events are about
     * @param carried types of resources that are read
     */
    static List<Finding> composition(JsonNode tree, Map<String, String> subjects, Set<String> carried) {
        List<Finding> findings = new ArrayList<>();
        Map<String, Integer> first = new HashMap<>();
        Set<String> single = new HashSet<>(subjects.values());
        single.addAll(List.of("MessageHeader", "Patient"));
        JsonNode entries = tree.path("entry");
        Set<String> fullUrls = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            JsonNode entry = entries.get(i);
            String type = entry.path("resource").path("resourceType").asText();
            if (single.contains(type) && first.putIfAbsent(type, i) != null) {
                findings.add(Findings.of(Severity.ERROR, "fhir.once", "/entry/" + i, Map.of("type", type)));
            }
            if (entry.has("fullUrl") && !fullUrls.add(entry.path("fullUrl").asText())) {
                findings.add(Findings.of(Severity.ERROR, "fhir.full-url", "/entry/" + i + "/fullUrl"));
            }
        }
        Integer child = first.get("Patient");
        for (int i = 0; i < entries.size(); i++) {
            JsonNode resource = entries.get(i).path("resource");
            if (carried.contains(resource.path("resourceType").asText())) {
                subject(resource.path("subject"), "/entry/" + i + "/resource/subject", entries, child, findings);
            }
        }
        JsonNode header = entries.path(0).path("resource");
        String subject = subjects.get(header.path("eventCoding").path("code").asText());
        if (subject != null) {
            Integer entry = first.get(subject);
            Map<String, String> type = Map.of("type", subject);
            if (entry == null) {
                findings.add(Findings.of(Severity.ERROR, "fhir.entry-missing", "/entry", type));
            } else if (!isFocus(header, entries.path(entry))) {
                findings.add(Findings.of(Severity.ERROR, "fhir.focus", "/entry/0/resource/focus", type));
            }
        }
        return findings;
    }

    /** Whom something is said of is the child of the message, by reference or by one of its identifiers. */
    private static void subject(
            JsonNode subject, String pointer, JsonNode entries, @Nullable Integer child, List<Finding> findings) {
        JsonNode reference = subject.path("reference");
        JsonNode identifier = subject.path("identifier");
        JsonNode patient = child == null ? MissingNode.getInstance() : entries.path(child);
        boolean named = reference.isTextual() && names(patient).contains(reference.textValue());
        if (!reference.isMissingNode() && !named) {
            findings.add(Findings.of(Severity.ERROR, "fhir.reference", pointer + "/reference"));
        } else if (child == null && !identifier.isMissingNode()) {
            findings.add(Findings.of(Severity.WARNING, "fhir.not-carried", pointer + "/identifier"));
        } else if (child != null && !identifier.isMissingNode() && !isOneOf(identifier, patient, named)) {
            findings.add(Findings.of(Severity.ERROR, "fhir.reference", pointer + "/identifier"));
        } else if (child != null && subject.isObject() && !named && identifier.isMissingNode()) {
            findings.add(Findings.of(Severity.ERROR, "fhir.reference", pointer));
        }
    }

    /** @param named true when the reference leads to the patient, so that a number of another system says no more */
    private static boolean isOneOf(JsonNode identifier, JsonNode patient, boolean named) {
        boolean sameSystem = false;
        for (JsonNode own : patient.path("resource").path("identifier")) {
            if (own.path("system").asText().equals(identifier.path("system").asText())) {
                if (sameValue(own, identifier)) {
                    return true;
                }
                sameSystem = true;
            }
        }
        return named && !sameSystem;
    }

    private static boolean sameValue(JsonNode one, JsonNode other) {
        return RegisterNumber.normalise(one.path("value").asText())
                .equals(RegisterNumber.normalise(other.path("value").asText()));
    }

    private static boolean isFocus(JsonNode header, JsonNode entry) {
        Set<String> names = names(entry);
        for (JsonNode focus : header.path("focus")) {
            if (names.contains(focus.path("reference").asText())) {
                return true;
            }
        }
        return false;
    }

    /** What references may call an entry. */
    private static Set<String> names(JsonNode entry) {
        Set<String> names = new HashSet<>();
        JsonNode resource = entry.path("resource");
        if (entry.has("fullUrl")) {
            names.add(entry.path("fullUrl").asText());
        }
        if (resource.has("id")) {
            names.add(resource.path("resourceType").asText() + "/"
                    + resource.path("id").asText());
        }
        return names;
    }

    /**
     * A warning for each resource of a message, and each element of one, that the hub does not pass on. What says nothing
     * of the child is left out: identity, metadata and the narrative that repeats the rest.
     */
    static List<Finding> notCarried(JsonNode tree, Map<String, Set<String>> carried) {
        List<Finding> findings = new ArrayList<>();
        JsonNode entries = tree.path("entry");
        for (int i = 0; i < entries.size(); i++) {
            JsonNode resource = entries.get(i).path("resource");
            String pointer = "/entry/" + i + "/resource";
            Set<String> elements = carried.get(resource.path("resourceType").asText());
            if (elements == null && resource.isObject()) {
                findings.add(Findings.of(Severity.WARNING, "fhir.not-carried", pointer));
                continue;
            }
            Set<String> withdrawn = WITHDRAWN.get(resource.path("resourceType").asText());
            if (withdrawn != null && withdrawn.contains(resource.path("status").asText())) {
                findings.add(Findings.of(Severity.WARNING, "fhir.withdrawn", pointer + "/status"));
                continue;
            }
            resource.fieldNames().forEachRemaining(name -> {
                String element = name.startsWith("_") ? name.substring(1) : name;
                if (elements != null && !SILENT.contains(element) && !elements.contains(element)) {
                    findings.add(Findings.of(Severity.WARNING, "fhir.not-carried", pointer + "/" + Tree.escape(name)));
                }
            });
        }
        return findings.size() > Findings.MAX_PER_CHECK ? findings.subList(0, Findings.MAX_PER_CHECK) : findings;
    }

    private void add(String code, String pointer) {
        add(code, pointer, Map.of());
    }

    private void add(String code, String pointer, Map<String, ?> arguments) {
        if (findings.size() < Findings.MAX_PER_CHECK) {
            findings.add(Findings.of(Severity.ERROR, code, pointer, arguments));
        }
    }

    private void resource(JsonNode node, String pointer) {
        if (!ofType(node.isObject(), "object", pointer)) {
            return;
        }
        JsonNode type = node.path("resourceType");
        FhirModel.Composite known = type.isTextual() ? FhirModel.resource(type.textValue()) : null;
        if (known == null) {
            add("fhir.resource-type", pointer + "/resourceType");
        } else {
            composite(known, node, pointer, true);
        }
    }

    private void composite(FhirModel.Composite type, JsonNode node, String pointer, boolean resource) {
        Map<String, String> choices = new HashMap<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String key = field.getKey();
            if (resource && key.equals("resourceType")) {
                continue;
            }
            String at = pointer + "/" + Tree.escape(key);
            boolean companion = key.startsWith("_");
            String name = companion ? key.substring(1) : key;
            FhirModel.Element element = type.element(name);
            if (element == null || (companion && !element.isPrimitive())) {
                add("fhir.unknown-element", at);
                continue;
            }
            if (MODIFIERS.contains(name)) {
                add("fhir.modifier", at);
                continue;
            }
            String choice = element.choice();
            String earlier = choice == null ? null : choices.putIfAbsent(choice, name);
            if (earlier != null && !earlier.equals(name)) {
                add("fhir.choice", at);
            }
            values(element, field.getValue(), at, companion);
        }
        for (List<String> required : type.required()) {
            if (required.stream().noneMatch(name -> node.has(name) || node.has("_" + name))) {
                add("fhir.required", pointer + "/" + required.get(0));
            }
        }
    }

    private void values(FhirModel.Element element, JsonNode value, String pointer, boolean companion) {
        if (!element.isRepeated()) {
            if (value.isArray()) {
                add("fhir.no-list", pointer);
            } else {
                value(element, value, pointer, companion);
            }
        } else if (!value.isArray()) {
            add("fhir.list", pointer);
        } else if (value.isEmpty()) {
            add("fhir.empty", pointer);
        } else {
            for (int i = 0; i < value.size(); i++) {
                // A place is held open where one of value and extension is missing.
                if (!element.isPrimitive() || !value.get(i).isNull()) {
                    value(element, value.get(i), pointer + "/" + i, companion);
                }
            }
        }
    }

    private void value(FhirModel.Element element, JsonNode value, String pointer, boolean companion) {
        if (value.isNull()
                || (value.isContainerNode() && value.isEmpty())
                || (value.asText("-").isEmpty() && value.isTextual())) {
            add("fhir.empty", pointer);
        } else if (companion) {
            companion(value, pointer);
        } else {
            switch (element.form()) {
                case RESOURCE -> resource(value, pointer);
                case COMPOSITE -> composite(element, value, pointer);
                case BOOLEAN -> primitive(element, value, value.isBoolean(), "boolean", pointer);
                case NUMBER -> primitive(element, value, value.isNumber(), "number", pointer);
                case TEXT -> primitive(element, value, value.isTextual(), "string", pointer);
                case XHTML -> ofType(value.isTextual(), "string", pointer);
            }
        }
    }

    /** What accompanies a primitive value in JSON: its id and extensions. */
    private void companion(JsonNode value, String pointer) {
        if (!ofType(value.isObject(), "object", pointer)) {
            return;
        }
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            FhirModel.Element element =
                    field.getKey().equals("id") || field.getKey().equals("extension")
                            ? FhirModel.extensible().element(field.getKey())
                            : null;
            String at = pointer + "/" + Tree.escape(field.getKey());
            if (element == null) {
                add("fhir.unknown-element", at);
            } else {
                values(element, field.getValue(), at, false);
            }
        }
    }

    private void composite(FhirModel.Element element, JsonNode value, String pointer) {
        FhirModel.Composite type = element.composite();
        if (ofType(value.isObject(), "object", pointer) && type != null) {
            composite(type, value, pointer, false);
        }
    }

    private void primitive(FhirModel.Element element, JsonNode value, boolean fits, String expected, String pointer) {
        if (!ofType(fits, expected, pointer) || element.takes(value.asText())) {
            return;
        }
        List<String> codes = element.codes();
        if (codes.isEmpty() || codes.size() > MOST_CODES_NAMED) {
            add("fhir.value", pointer, Map.of("type", element.typeName()));
        } else {
            add("fhir.code", pointer, Map.of("allowed", String.join(", ", codes)));
        }
    }

    private boolean ofType(boolean fits, String expected, String pointer) {
        if (!fits) {
            add("fhir.type", pointer, Map.of("expected", Findings.word("type." + expected)));
        }
        return fits;
    }
}
