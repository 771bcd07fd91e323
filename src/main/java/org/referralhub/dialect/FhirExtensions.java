package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;

/**
 * The hub's own extensions of FHIR. A mapping finds them by name, so that one whose name is written wrongly would be lost
 * without a word, a list of those who must not know included; R4 itself has nothing to say of names.
 */
final class FhirExtensions {
    private static final String HUB = "urn:referral-hub:extension:";
    /** However the rest is written, whoever names the hub means it. */
    private static final String ANY_OF_HUB = "referralhub";
    /** Says why a value is not there, and nothing of the child. */
    private static final String ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

    /**
     * An extension, or a part of one.
     *
     * @param value element that holds its value; {@code extension} when it has parts
     * @param repeated true when there may be several
     * @param parts by name; empty when it has a value
     */
    private record Known(String value, boolean repeated, Map<String, Known> parts) {}

    private final Map<String, Map<String, Known>> known = new HashMap<>();

    /**
     * @param described names of extensions by the path of the element that has them, such as {@code Patient.name}; each with
     *     the type of its value, or with its parts; a name that ends in {@code *} may stand there several times
     */
    FhirExtensions(JsonNode described) {
        described.properties().forEach(element -> known.put(element.getKey(), names(element.getValue(), HUB)));
    }

    private static Map<String, Known> names(JsonNode described, String prefix) {
        Map<String, Known> names = new HashMap<>();
        for (Map.Entry<String, JsonNode> one : described.properties()) {
            boolean repeated = one.getKey().endsWith("*");
            String name = repeated ? one.getKey().substring(0, one.getKey().length() - 1) : one.getKey();
            JsonNode content = one.getValue();
            names.put(
                    prefix + name,
                    content.isObject()
                            ? new Known("extension", repeated, names(content, ""))
                            : new Known("value" + content.asText(), repeated, Map.of()));
        }
        return names;
    }

    /** What a list of extensions is looked at with. */
    @FunctionalInterface
    private interface Visitor {
        void list(String path, JsonNode extensions, String pointer);
    }

    /** Every extension that names the hub and that the hub does not know at this place, or not in this form. */
    List<Finding> check(JsonNode tree) {
        List<Finding> findings = new ArrayList<>();
        walk(tree, "", "", (path, extensions, pointer) -> {
            Map<String, Known> here = known.getOrDefault(path, Map.of());
            list(extensions, pointer, here, true, findings);
        });
        return bounded(findings);
    }

    /** A warning for each extension of others on what is carried. */
    List<Finding> notCarried(JsonNode tree, Map<String, Set<String>> carried) {
        List<Finding> findings = new ArrayList<>();
        JsonNode entries = tree.path("entry");
        for (int i = 0; i < entries.size(); i++) {
            JsonNode resource = entries.get(i).path("resource");
            Set<String> elements =
                    carried.getOrDefault(resource.path("resourceType").asText(), Set.of());
            for (Map.Entry<String, JsonNode> field : resource.properties()) {
                String element = plain(field.getKey());
                if (elements.contains(element)) {
                    field(field, "", "/entry/" + i + "/resource", (path, extensions, pointer) -> {
                        for (int j = 0; j < extensions.size(); j++) {
                            String url = extensions.get(j).path("url").asText();
                            if (!isHubs(url) && !url.equals(ABSENT)) {
                                findings.add(Findings.of(Severity.WARNING, "fhir.not-carried", pointer + "/" + j));
                            }
                        }
                    });
                }
            }
        }
        return bounded(findings);
    }

    private static List<Finding> bounded(List<Finding> findings) {
        return findings.size() > Findings.MAX_PER_CHECK ? findings.subList(0, Findings.MAX_PER_CHECK) : findings;
    }

    private static void walk(JsonNode node, String path, String pointer, Visitor visitor) {
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                walk(node.get(i), path, pointer + "/" + i, visitor);
            }
        } else if (node.isObject()) {
            String type = node.path("resourceType").asText();
            String here = type.isEmpty() ? path : type;
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                field(field, here, pointer, visitor);
            }
        }
    }

    private static void field(Map.Entry<String, JsonNode> field, String path, String pointer, Visitor visitor) {
        String at = pointer + "/" + Tree.escape(field.getKey());
        if (field.getKey().equals("extension") && field.getValue().isArray()) {
            visitor.list(path, field.getValue(), at);
        } else {
            walk(field.getValue(), path + "." + plain(field.getKey()), at, visitor);
        }
    }

    /** Of a primitive element JSON has the extensions beside the value. */
    private static String plain(String key) {
        return key.startsWith("_") ? key.substring(1) : key;
    }

    private static boolean isHubs(String url) {
        return url.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "").contains(ANY_OF_HUB);
    }

    /** @param outermost true for a list in which extensions of others may stand */
    private static void list(
            JsonNode extensions, String pointer, Map<String, Known> known, boolean outermost, List<Finding> findings) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < extensions.size() && findings.size() <= Findings.MAX_PER_CHECK; i++) {
            JsonNode extension = extensions.get(i);
            String url = extension.path("url").asText();
            if (outermost && !isHubs(url)) {
                continue;
            }
            String at = pointer + "/" + i;
            Known meant = known.get(url);
            if (meant == null) {
                String allowed = known.isEmpty() ? "-" : String.join(", ", new TreeSet<>(known.keySet()));
                findings.add(
                        Findings.of(Severity.ERROR, "fhir.unknown-extension", at + "/url", Map.of("allowed", allowed)));
            } else if (!seen.add(url) && !meant.repeated()) {
                findings.add(Findings.of(Severity.ERROR, "fhir.repeated-extension", at + "/url"));
            } else {
                content(extension, at, meant, findings);
            }
        }
    }

    private static void content(JsonNode extension, String at, Known meant, List<Finding> findings) {
        @Nullable JsonNode content = extension.get(meant.value());
        if (content == null) {
            findings.add(Findings.of(
                    Severity.ERROR,
                    "fhir.extension-value",
                    at + "/" + meant.value(),
                    Map.of("expected", meant.value())));
        } else if (content.isArray()) {
            list(content, at + "/extension", meant.parts(), false, findings);
        }
    }
}
