package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;

/**
 * Turns what the XSD validator says into findings. Its texts repeat values of the message, so nothing of them is kept but
 * names, limits and allowed values that come from the schema. In every pattern below the value is swallowed by a greedy
 * {@code .*} in front of words that the validator itself puts last, so a value that imitates them gains nothing.
 */
final class XsdFindings {
    private static final int MOST = 200;

    private static final Pattern KEY = Pattern.compile("^([a-zA-Z0-9.-]+):");
    private static final Pattern ATTRIBUTE_VALUE = Pattern.compile(
            "^.* of attribute '([^']+)' on element '[^']+' is not valid with respect to its type, '[^']*'\\.$",
            Pattern.DOTALL);
    private static final Pattern ATTRIBUTE = Pattern.compile("^[^:]+: Attribute '([^']+)' ");
    private static final Pattern EXPECTED = Pattern.compile("'?\\{([^{}]*)\\}'? is expected\\.$", Pattern.DOTALL);
    private static final Pattern EXPECTED_NAME = Pattern.compile("(?:\"[^\"]*\":)?([^\",{}\\s]+)(?:,|$)");
    private static final Pattern ALLOWED = Pattern.compile(
            "^.*' is not facet-valid with respect to enumeration '\\[(.*)\\]'\\. It must be a value from the enumeration\\.$",
            Pattern.DOTALL);
    private static final Pattern LIMIT = Pattern.compile(
            "^.* facet-valid with respect to (?:length|minLength|maxLength|minInclusive|maxInclusive|minExclusive|maxExclusive)"
                    + " '([^']*)' for type '[^']*'\\.$",
            Pattern.DOTALL);
    private static final Pattern TYPE =
            Pattern.compile("^.*' is not a valid value (?:for|of union type) '([A-Za-z]+)'\\.$", Pattern.DOTALL);

    /** Element that came too early, or instead of one that is missing; decided when the tree is whole. */
    private record OutOfPlace(int index, String pointer, String missing) {}

    private record Facet(String code, Map<String, Object> arguments) {}

    private final XsdNames names;
    private final List<Finding> findings = new ArrayList<>();
    private final List<OutOfPlace> outOfPlace = new ArrayList<>();
    private @Nullable Facet facet;

    XsdFindings(XsdNames names) {
        this.names = names;
    }

    /**
     * Takes one message of the validator.
     *
     * @param message its text; in English
     * @param pointer the element being validated
     */
    void add(String message, String pointer) {
        if (findings.size() >= MOST) {
            return;
        }
        Matcher matcher = KEY.matcher(message);
        String key = matcher.find() ? matcher.group(1) : "";
        Facet held = facet;
        facet = null;
        switch (key) {
            case "cvc-type.3.1.3", "cvc-complex-type.2.2" -> add(held, pointer);
            case "cvc-attribute.3" -> add(held, pointer + attribute(message, ATTRIBUTE_VALUE));
            case "cvc-complex-type.3.2.2" -> add("xsd.unexpected", pointer + attribute(message, ATTRIBUTE), Map.of());
            case "cvc-complex-type.4" -> add("xsd.required", pointer + attribute(message, ATTRIBUTE), Map.of());
            case "cvc-complex-type.2.4.a" -> unexpected(message, pointer);
            case "cvc-complex-type.2.4.b" -> incomplete(message, pointer);
            case "cvc-complex-type.2.4.d", "cvc-complex-type.2.4.e", "cvc-complex-type.2.4.f" ->
                add("xsd.unexpected", pointer, Map.of());
            case "cvc-complex-type.2.3" -> add("xsd.text", pointer, Map.of());
            case "cvc-type.3.1.2", "cvc-complex-type.2.1" -> add("xsd.children", pointer, Map.of());
            case "cvc-type.3.1.1" -> add("xsd.unexpected", pointer, Map.of());
            case "cvc-elt.1.a", "cvc-elt.1" -> add("xsd.root", pointer, Map.of());
            case "cvc-elt.3.1", "cvc-elt.3.2.1" -> add("xsd.nil", pointer, Map.of());
            default -> {
                facet = facet(key, message);
                if (facet == null) {
                    add("xsd.invalid", pointer, Map.of());
                }
            }
        }
        if (held != null && !key.equals("cvc-type.3.1.3") && !key.equals("cvc-attribute.3")) {
            // A facet is always followed by the element or attribute it belongs to, except for a simple content.
            if (!key.equals("cvc-complex-type.2.2") && facet == null) {
                add(held, pointer);
            }
        }
    }

    private static @Nullable Facet facet(String key, String message) {
        return switch (key) {
            case "cvc-enumeration-valid" -> new Facet("xsd.enumeration", argument("allowed", ALLOWED, message));
            case "cvc-pattern-valid" -> new Facet("xsd.pattern", Map.of());
            case "cvc-minLength-valid" -> new Facet("xsd.min-length", argument("limit", LIMIT, message));
            case "cvc-maxLength-valid" -> new Facet("xsd.max-length", argument("limit", LIMIT, message));
            case "cvc-length-valid" -> new Facet("xsd.length", argument("limit", LIMIT, message));
            case "cvc-minInclusive-valid", "cvc-minExclusive-valid" ->
                new Facet("xsd.minimum", argument("limit", LIMIT, message));
            case "cvc-maxInclusive-valid", "cvc-maxExclusive-valid" ->
                new Facet("xsd.maximum", argument("limit", LIMIT, message));
            case "cvc-datatype-valid.1.2.1", "cvc-datatype-valid.1.2.3" ->
                new Facet("xsd.type", argument("type", TYPE, message));
            case "cvc-fractionDigits-valid", "cvc-totalDigits-valid" -> new Facet("xsd.pattern", Map.of());
            default -> null;
        };
    }

    private static Map<String, Object> argument(String name, Pattern pattern, String message) {
        Matcher matcher = pattern.matcher(message);
        return Map.of(name, matcher.find() ? matcher.group(1) : "–");
    }

    private static String attribute(String message, Pattern pattern) {
        Matcher matcher = pattern.matcher(message);
        if (!matcher.find()) {
            return "";
        }
        String name = matcher.group(1);
        return "/@" + name.substring(name.indexOf(':') + 1);
    }

    private static List<String> expected(String message) {
        Matcher matcher = EXPECTED.matcher(message);
        List<String> expected = new ArrayList<>();
        if (matcher.find()) {
            Matcher name = EXPECTED_NAME.matcher(matcher.group(1));
            while (name.find()) {
                expected.add(name.group(1));
            }
        }
        return expected;
    }

    private void unexpected(String message, String pointer) {
        List<String> expected = expected(message);
        String parent = Tree.parent(pointer);
        String name = pointer.substring(parent.length() + 1);
        if (!name.isEmpty() && Character.isDigit(name.charAt(0))) {
            name = parent.substring(Tree.parent(parent).length() + 1);
            parent = Tree.parent(parent);
        }
        String container = parent;
        String found = name;
        if (names.declared().contains(found)) {
            names.missing(expected)
                    .ifPresent(missing ->
                            outOfPlace.add(new OutOfPlace(findings.size(), pointer, container + "/" + missing)));
        }
        add("xsd.unexpected", pointer, Map.of());
    }

    private void incomplete(String message, String pointer) {
        List<String> expected = expected(message);
        names.missing(expected)
                .ifPresentOrElse(
                        missing -> add("xsd.required", pointer + "/" + missing, Map.of()),
                        () -> add("xsd.incomplete", pointer, Map.of("expected", String.join(", ", expected))));
    }

    private void add(@Nullable Facet held, String pointer) {
        if (held == null) {
            add("xsd.invalid", pointer, Map.of());
        } else {
            add(held.code(), pointer, held.arguments());
        }
    }

    private void add(String code, String pointer, Map<String, Object> arguments) {
        findings.add(Findings.of(Severity.ERROR, code, pointer, arguments));
    }

    /** Everything found; the tree tells whether an element out of place came too early or instead of a missing one. */
    List<Finding> against(JsonNode tree) {
        for (OutOfPlace one : outOfPlace) {
            boolean missing = Tree.at(tree, one.missing()).isMissingNode();
            findings.set(
                    one.index(),
                    missing
                            ? Findings.of(Severity.ERROR, "xsd.required", one.missing())
                            : Findings.of(Severity.ERROR, "xsd.order", one.pointer()));
        }
        Map<String, Finding> distinct = new LinkedHashMap<>();
        findings.forEach(finding -> distinct.putIfAbsent(finding.code() + ' ' + finding.pointer(), finding));
        return List.copyOf(distinct.values());
    }
}
