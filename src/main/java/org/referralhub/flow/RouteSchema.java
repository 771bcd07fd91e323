package org.referralhub.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.PathType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;

/** Holds route files to the JSON Schema that Camel's YAML DSL brings along, so that the visual designers open them too. */
final class RouteSchema {

    private final HubHome home;
    private final Schema schema = compile();

    RouteSchema(HubHome home) {
        this.home = home;
    }

    private static Schema compile() {
        try (InputStream file = YamlRoutesBuilderLoader.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            if (file == null) {
                throw new IllegalStateException("Camel's YAML DSL has no schema in its jar");
            }
            return SchemaRegistry.withDefaultDialect(
                            SpecificationVersion.DRAFT_4,
                            builder -> builder.schemaRegistryConfig(SchemaRegistryConfig.builder()
                                    .pathType(PathType.JSON_POINTER)
                                    // Most of its 800 kB no route here needs.
                                    .preloadSchema(false)
                                    .build()))
                    .getSchema(new String(file.readAllBytes(), StandardCharsets.UTF_8), InputFormat.JSON);
        } catch (IOException e) {
            throw new IllegalStateException("Camel's schema can't be read", e);
        }
    }

    /** Adds, for each file that does not fit, the deepest place at which it does not: what is above follows from it. */
    void check(List<Path> files, Faults faults) {
        for (Path path : files) {
            Located file = YamlFile.read(home, path, new Faults());
            if (file.isSound()) {
                worst(schema.validate(file.tree().toString(), InputFormat.JSON), placeholders(file.tree()))
                        .ifPresent(error -> faults.add(file.fault(
                                error.getInstanceLocation().toString(),
                                String.valueOf(error.getMessage()).replaceFirst("\\.$", ""),
                                "Write it as Camel's YAML DSL has it; the visual designers do")));
            }
        }
    }

    /** Where a value stands that is filled in later, {@code {{name}}}: it may become of any type. */
    private static List<String> placeholders(JsonNode tree) {
        List<String> found = new ArrayList<>();
        collect(tree, "", found);
        return found;
    }

    private static void collect(JsonNode node, String pointer, List<String> found) {
        if (node.isTextual() && node.asText().contains("{{")) {
            found.add(pointer);
        }
        node.properties()
                .forEach(field -> collect(
                        field.getValue(),
                        pointer + "/" + field.getKey().replace("~", "~0").replace("/", "~1"),
                        found));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            collect(node.get(i), pointer + "/" + i, found);
        }
    }

    /** What is wrong with a placeholder, or follows from it further up, is no fault. */
    private static Optional<Error> worst(List<Error> errors, List<String> placeholders) {
        return errors.stream()
                .filter(error -> placeholders.stream().noneMatch(pointer -> (pointer + "/")
                        .startsWith(error.getInstanceLocation().toString() + "/")))
                .max(Comparator.comparingInt(
                        error -> error.getInstanceLocation().getNameCount()));
    }
}
