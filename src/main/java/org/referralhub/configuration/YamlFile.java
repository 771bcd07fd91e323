package org.referralhub.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.referralhub.message.Finding;
import org.referralhub.validation.JsonLocator;
import org.referralhub.validation.MessageSchema;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.representer.Representer;

/**
 * Reads a YAML file that people write, checks it against its schema, and remembers where everything stands.
 *
 * <p>Plain values are read as YAML 1.2 has them: {@code no}, {@code 22:00} and {@code 0123} are texts, not a boolean, a
 * sexagesimal or an octal number.
 */
public final class YamlFile {
    /** More values than any configuration has; aliases of aliases would make billions. */
    private static final int MAX_VALUES = 500_000;

    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
    private static final Pattern FRACTION = Pattern.compile("-?(0|[1-9][0-9]*)\\.[0-9]+");

    private final String file;
    private final Faults faults;
    private final Map<String, JsonLocator.Place> places = new HashMap<>();
    private int values;
    private boolean sound = true;

    private YamlFile(String file, Faults faults) {
        this.file = file;
        this.faults = faults;
    }

    /**
     * Reads a file that has a schema of the configuration.
     *
     * @param schema its name, as in {@code schemas/config/<name>.schema.json}
     * @return the file's tree; {@link Located#isSound()} is false when a fault was added
     */
    public static Located read(HubHome home, Path path, String schema, Faults faults) {
        MessageSchema compiled = ConfigSchema.compile(home, schema, faults);
        return compiled == null ? Located.unreadable(home.shown(path)) : read(home, path, compiled, faults);
    }

    /**
     * Reads a file whose form others know. A missing or unreadable file, a YAML error or a duplicate key is a fault.
     *
     * @return the file's tree; {@link Located#isSound()} is false when a fault was added
     */
    public static Located read(HubHome home, Path path, Faults faults) {
        YamlFile reader = new YamlFile(home.shown(path), faults);
        JsonNode tree = reader.tree(path);
        return tree.isMissingNode()
                ? Located.unreadable(reader.file)
                : new Located(reader.file, tree, reader.places, reader.sound);
    }

    /**
     * Reads the file. A missing or unreadable file, a YAML error, a duplicate key or a schema error is added to the faults.
     *
     * @param home decides how the file's path is shown
     * @return the file's tree; {@link Located#isSound()} is false when a fault was added
     */
    public static Located read(HubHome home, Path path, MessageSchema schema, Faults faults) {
        YamlFile reader = new YamlFile(home.shown(path), faults);
        JsonNode tree = reader.tree(path);
        if (tree.isMissingNode()) {
            return Located.unreadable(reader.file);
        }
        return checked(reader.file, tree, reader.places, reader.sound, schema, faults);
    }

    /** Checks a tree against its schema and adds what it finds, with the places known. */
    static Located checked(
            String file,
            JsonNode tree,
            Map<String, JsonLocator.Place> places,
            boolean soundSoFar,
            MessageSchema schema,
            Faults faults) {
        boolean sound = soundSoFar;
        Located located = new Located(file, tree, places, sound);
        for (Finding finding : schema.check(tree)) {
            String problem =
                    (finding.pointer().isEmpty() ? "" : finding.pointer().substring(1) + ": ")
                            + withoutFullStop(finding.message().en());
            faults.add(located.fault(finding.pointer(), problem, remedy(finding.code())));
            sound = false;
        }
        return new Located(file, tree, places, sound);
    }

    private static String withoutFullStop(String text) {
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    private static String remedy(String code) {
        return switch (code) {
            case "schema.required", "schema.dependent-required" -> "Add the field";
            case "schema.additional-property", "schema.not-allowed" -> "Correct the name, or remove the field";
            case "schema.enum", "schema.const" -> "Use an allowed value, spelled exactly so";
            case "schema.type" -> "Write a value of that type; a text that looks like a number needs quotes";
            case "schema.any-of-required", "schema.any-of", "schema.one-of" -> "Keep to one of the allowed forms";
            default -> "Correct the value; the file's schema in schemas/config says what it may be";
        };
    }

    private JsonNode tree(Path path) {
        String text;
        try {
            byte[] bytes = Files.readAllBytes(path);
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException e) {
            return refuse(0, 0, "The file is not there", "Create it, or correct the name");
        } catch (CharacterCodingException e) {
            return refuse(0, 0, "The file is not UTF-8", "Save it as UTF-8");
        } catch (IOException e) {
            return refuse(0, 0, "The file can't be read", "Check that it is a file and who may read it");
        }
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(10_000);
        options.setCodePointLimit(64 << 20);
        Yaml yaml = new Yaml(
                new SafeConstructor(options),
                new Representer(new DumperOptions()),
                new DumperOptions(),
                options,
                new org.yaml.snakeyaml.resolver.Resolver());
        try {
            Node root = yaml.compose(new java.io.StringReader(text));
            if (root == null) {
                return refuse(1, 1, "The file is empty", "Fill it in, or remove it");
            }
            return value(root, "");
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            return refuse(
                    mark == null ? 0 : mark.getLine() + 1,
                    mark == null ? 0 : mark.getColumn() + 1,
                    "This is not YAML: " + e.getProblem(),
                    "Check indentation, colons and quotes around here");
        } catch (YAMLException | TooMuch e) {
            return refuse(0, 0, "This is not YAML that can be read", "Check it with an editor that knows YAML");
        }
    }

    private JsonNode refuse(int line, int column, String problem, String remedy) {
        faults.add(file, line, column, problem, remedy);
        sound = false;
        return MissingNode.getInstance();
    }

    private void fault(Node node, String problem, String remedy) {
        JsonLocator.Place place = place(node);
        refuse(place.line(), place.column(), problem, remedy);
    }

    private static JsonLocator.Place place(Node node) {
        Mark mark = node.getStartMark();
        return new JsonLocator.Place(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private JsonNode value(Node node, String pointer) {
        // An anchor within its own value comes round for ever, and is found by its depth.
        if (++values > MAX_VALUES || pointer.chars().filter(c -> c == '/').count() > 64) {
            throw new TooMuch();
        }
        places.putIfAbsent(pointer, place(node));
        if (node instanceof MappingNode mapping) {
            return object(mapping, pointer);
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            for (Node item : sequence.getValue()) {
                array.add(value(item, pointer + "/" + array.size()));
            }
            return array;
        }
        return scalar((ScalarNode) node);
    }

    private ObjectNode object(MappingNode mapping, String pointer) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                fault(entry.getKeyNode(), "A key must be a text", "Write a plain name before the colon");
                continue;
            }
            String name = key.getValue();
            if (name.equals("<<")) {
                fault(key, "Merge keys (<<) are not read", "Write the fields out");
                continue;
            }
            if (object.has(name)) {
                fault(key, "The key " + name + " is there twice", "Keep one of the two");
                continue;
            }
            String child = pointer + "/" + name.replace("~", "~0").replace("/", "~1");
            if (!(entry.getValueNode() instanceof ScalarNode)) {
                // The value begins on a later line; the key is what people look for.
                places.put(child, place(key));
            }
            object.set(name, value(entry.getValueNode(), child));
        }
        return object;
    }

    private JsonNode scalar(ScalarNode node) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        String text = node.getValue();
        if (!node.isPlain()) {
            return nodes.textNode(text);
        }
        if (text.isEmpty() || text.equals("~") || text.equals("null")) {
            return nodes.nullNode();
        }
        if (text.equals("true") || text.equals("false")) {
            return nodes.booleanNode(text.equals("true"));
        }
        if (WHOLE.matcher(text).matches()) {
            long number = Long.parseLong(text);
            return number == (int) number ? nodes.numberNode((int) number) : nodes.numberNode(number);
        }
        if (FRACTION.matcher(text).matches()) {
            return nodes.numberNode(Double.parseDouble(text));
        }
        return nodes.textNode(text);
    }

    /** The file unfolds into more than any configuration holds. */
    private static final class TooMuch extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
