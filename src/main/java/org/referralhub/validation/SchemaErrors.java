package org.referralhub.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;

/** Turns what the schema validator reports into findings that point at the exact field and hold no value. */
final class SchemaErrors {
    private static final int MOST_VALUES_NAMED = 25;
    /** Far more than are told, because several errors of the validator may become one finding. */
    private static final int MOST_EXPLAINED = 10 * Findings.MAX_PER_CHECK;

    private static final String BRANCH_FIT = "schema.any-of";

    /** After these the next part of an evaluation path is a name, not a keyword. */
    private static final Set<String> NAMED = Set.of(
            "properties", "patternProperties", "dependentSchemas", "$defs", "prefixItems", "anyOf", "oneOf", "allOf");

    /** These go one level down into the document. */
    private static final Set<String> DESCENDING = Set.of(
            "properties",
            "patternProperties",
            "additionalProperties",
            "unevaluatedProperties",
            "items",
            "prefixItems",
            "unevaluatedItems",
            "contains");

    private final SchemaSet set;
    private final URI root;

    SchemaErrors(SchemaSet set, URI root) {
        this.set = set;
        this.root = root;
    }

    List<Finding> explain(List<Error> errors) {
        Set<Finding> findings = new LinkedHashSet<>();
        explain(errors.stream().limit(MOST_EXPLAINED).map(Located::new).toList(), 0, findings);
        List<Finding> all = new ArrayList<>(findings);
        if (all.size() > Findings.MAX_PER_CHECK) {
            all = new ArrayList<>(all.subList(0, Findings.MAX_PER_CHECK));
            all.add(Findings.more());
        }
        return all;
    }

    /** An error with its two paths taken apart. */
    private record Located(Error error, List<Object> way, List<Object> instance) {
        Located(Error error) {
            this(error, elements(error.getEvaluationPath()), elements(error.getInstanceLocation()));
        }

        private static List<Object> elements(NodePath path) {
            List<Object> elements = new ArrayList<>();
            for (int i = 0; i < path.getNameCount(); i++) {
                elements.add(path.getElement(i));
            }
            return elements;
        }

        /** Index in the way of the next choice between branches that this error lies within; -1 when there is none. */
        int choice(int from) {
            for (int i = 0; i < way.size(); i++) {
                String keyword = way.get(i).toString();
                if (i >= from && i + 1 < way.size() && (keyword.equals("anyOf") || keyword.equals("oneOf"))) {
                    return i;
                }
                if (NAMED.contains(keyword)) {
                    i++;
                }
            }
            return -1;
        }

        /** The part of the document that the schema at this index of the way is about. */
        List<Object> instanceAt(int index) {
            int depth = 0;
            for (int i = 0; i < index; i++) {
                String keyword = way.get(i).toString();
                if (DESCENDING.contains(keyword)) {
                    depth++;
                }
                if (NAMED.contains(keyword)) {
                    i++;
                }
            }
            return instance.subList(0, Math.min(depth, instance.size()));
        }

        /** True for the choice's own error, which the validator may add to those of its branches. */
        boolean isChoiceItself() {
            return "oneOf".equals(error.getKeyword()) || "anyOf".equals(error.getKeyword());
        }

        boolean isMissing() {
            return "required".equals(error.getKeyword());
        }

        /** The field that is missing or superfluous; null for an error about a value. */
        @Nullable
        String field() {
            // of a dependent requirement the validator's own property is the field that asks for the other
            return "dependentRequired".equals(error.getKeyword())
                    ? String.valueOf(error.getArguments()[0])
                    : error.getProperty();
        }

        /** Where it is: the missing or superfluous field itself, not the object that lacks or has it. */
        String pointer() {
            String pointer = Pointers.of(instance);
            String property = field();
            return property == null ? pointer : Pointers.child(pointer, property);
        }
    }

    private void explain(List<Located> errors, int from, Set<Finding> findings) {
        Map<List<Object>, List<Located>> choices = new LinkedHashMap<>();
        Map<List<Object>, Integer> choiceIndex = new LinkedHashMap<>();
        for (Located error : errors) {
            int choice = error.choice(from);
            if (choice < 0) {
                if (!error.isChoiceItself() || !explained(error, errors)) {
                    findings.add(finding(error));
                }
            } else {
                List<Object> key = List.of(error.way.subList(0, choice + 1), error.instanceAt(choice));
                choices.computeIfAbsent(key, unseen -> new ArrayList<>()).add(error);
                choiceIndex.put(key, choice);
            }
        }
        choices.forEach((key, group) -> choose(group, choiceIndex.getOrDefault(key, 0), findings));
    }

    private static boolean explained(Located choice, List<Located> errors) {
        int length = choice.way.size();
        return errors.stream()
                .anyMatch(other -> other.way.size() > length
                        && other.way.subList(0, length).equals(choice.way)
                        && other.instanceAt(length).equals(choice.instance));
    }

    /**
     * No branch of a choice fits. When one branch is evidently meant, says what is wrong with it; otherwise one finding
     * instead of one for every branch.
     */
    private void choose(List<Located> errors, int choice, Set<Finding> findings) {
        Located first = errors.get(0);
        List<Object> instance = first.instanceAt(choice);
        Finding own = ownFinding(schemaAt(first.way.subList(0, choice)), Pointers.of(instance));
        if (own != null) {
            findings.add(own);
            return;
        }
        Map<Object, List<Located>> branches = errors.stream()
                .collect(Collectors.groupingBy(
                        error -> error.way.get(choice + 1), LinkedHashMap::new, Collectors.toList()));
        List<List<Located>> meant = branches.values().stream()
                .filter(branch -> branch.stream().noneMatch(error -> rulesOut(error, instance)))
                .toList();
        if (meant.size() == 1) {
            explain(meant.get(0), choice + 2, findings);
            return;
        }
        Set<String> fields = new LinkedHashSet<>();
        boolean everyBranchMisses = branches.values().stream().allMatch(branch -> branch.stream()
                .filter(Located::isMissing)
                .findFirst()
                .map(error -> fields.add(relative(error, instance)) || true)
                .orElse(false));
        String pointer = Pointers.of(instance);
        findings.add(
                everyBranchMisses
                        ? Findings.of(
                                Severity.ERROR,
                                "schema.any-of-required",
                                pointer,
                                Map.of("fields", String.join(", ", fields)))
                        : Findings.of(
                                Severity.ERROR,
                                first.way.get(choice).equals("oneOf") ? "schema.one-of" : BRANCH_FIT,
                                pointer));
    }

    /** True for an error that shows that its branch was not the one meant: another type, constant, or a field not there. */
    private static boolean rulesOut(Located error, List<Object> instance) {
        return switch (error.error.getKeyword()) {
            case "required", "contains" -> true;
            case "type" -> error.instance.equals(instance);
            case "const", "enum" -> error.instance.size() <= instance.size() + 1;
            default -> false;
        };
    }

    private static String relative(Located error, List<Object> instance) {
        String pointer = error.pointer();
        return pointer.substring(
                        Math.min(pointer.length(), Pointers.of(instance).length() + 1))
                .replace('/', '.');
    }

    private Finding finding(Located located) {
        Error error = located.error;
        String pointer = located.pointer();
        List<Object> way = located.way;
        JsonNode schema = schemaAt(way.subList(0, Math.max(0, way.size() - 1)));
        Finding own = ownFinding(schema, pointer);
        if (own != null) {
            return own;
        }
        String keyword = error.getKeyword();
        JsonNode rule = schema.path(keyword);
        return switch (keyword) {
            case "required" -> Findings.of(Severity.ERROR, "schema.required", pointer);
            case "additionalProperties", "unevaluatedProperties" ->
                Findings.of(Severity.ERROR, "schema.additional-property", pointer);
            case "type" -> of("schema.type", pointer, "expected", types(rule));
            case "enum" -> of("schema.enum", pointer, "allowed", values(rule));
            case "const" -> of("schema.const", pointer, "allowed", plain(rule));
            case "pattern" -> of("schema.pattern", pointer, "form", form(schema.path("x-form"), plain(rule)));
            case "format" -> of("schema.format", pointer, "format", word("format." + plain(rule), plain(rule)));
            case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "multipleOf" ->
                of("schema." + kebab(keyword), pointer, "limit", plain(rule));
            case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" ->
                of("schema." + kebab(keyword), pointer, "limit", plain(rule));
            case "uniqueItems", "contains", "not" -> Findings.of(Severity.ERROR, "schema." + kebab(keyword), pointer);
            case "minContains", "maxContains" -> Findings.of(Severity.ERROR, "schema.contains", pointer);
            case "anyOf" -> Findings.of(Severity.ERROR, BRANCH_FIT, pointer);
            case "oneOf" -> Findings.of(Severity.ERROR, "schema.one-of", pointer);
            case "propertyNames" -> Findings.of(Severity.ERROR, "schema.property-name", pointer);
            case "dependentRequired" ->
                of("schema.dependent-required", pointer, "field", String.valueOf(error.getProperty()));
            case "false" -> Findings.of(Severity.ERROR, "schema.not-allowed", pointer);
            default -> of("schema.other", pointer, "keyword", keyword);
        };
    }

    private static Finding of(String code, String pointer, String name, Object argument) {
        return Findings.of(Severity.ERROR, code, pointer, Map.of(name, argument));
    }

    private static @Nullable Finding ownFinding(JsonNode schema, String pointer) {
        JsonNode own = schema.path("x-finding");
        if (own.isTextual() && Findings.knows(own.textValue())) {
            return Findings.of(Severity.ERROR, own.textValue(), pointer);
        }
        if (own.isObject()) {
            Text text = new Text(own.path("mn").asText(), own.path("en").asText());
            return new Finding(Severity.ERROR, own.path("code").asText(), pointer, 0, 0, text);
        }
        return null;
    }

    /** What a pattern means: a word of the catalogue, or the schema's own; without either the pattern itself. */
    private static Text form(JsonNode form, String pattern) {
        return form.isObject()
                ? new Text(form.path("mn").asText(), form.path("en").asText())
                : word("form." + form.asText(), pattern);
    }

    private static Text types(JsonNode rule) {
        List<Text> words = new ArrayList<>();
        if (rule.isTextual()) {
            words.add(Findings.word("type." + rule.textValue()));
        }
        rule.forEach(type -> words.add(Findings.word("type." + type.asText())));
        return new Text(
                words.stream().map(Text::mn).collect(Collectors.joining(", ")),
                words.stream().map(Text::en).collect(Collectors.joining(", ")));
    }

    private static Text word(String key, String otherwise) {
        Text word = Findings.word(key);
        return word.en().equals(key) ? new Text(otherwise, otherwise) : word;
    }

    private static String values(JsonNode rule) {
        String named = StreamSupport.stream(rule.spliterator(), false)
                .limit(MOST_VALUES_NAMED)
                .map(SchemaErrors::plain)
                .collect(Collectors.joining(", "));
        return rule.size() > MOST_VALUES_NAMED ? named + ", …" : named;
    }

    private static String plain(JsonNode node) {
        return node.isValueNode() ? node.asText() : node.toString();
    }

    private static String kebab(String keyword) {
        return keyword.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
    }

    /** The schema that evaluation came to along this way; missing when it can't be followed. */
    private JsonNode schemaAt(List<Object> way) {
        URI base = root;
        JsonNode here = resolve(base);
        for (Object step : way) {
            if (step.equals("$ref") && here.path("$ref").isTextual()) {
                base = base.resolve(here.path("$ref").textValue());
                here = resolve(base);
            } else if (here.isArray()) {
                here = here.path(Integer.parseInt(step.toString()));
            } else {
                here = here.path(step.toString());
            }
        }
        return here;
    }

    private JsonNode resolve(URI address) {
        try {
            JsonNode document = set.document(address);
            String fragment = address.getFragment();
            return fragment == null || fragment.isEmpty() ? document : document.at(fragment);
        } catch (RuntimeException e) {
            return MissingNode.getInstance();
        }
    }
}
