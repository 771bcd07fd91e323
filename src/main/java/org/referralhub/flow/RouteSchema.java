package org.referralhub.flow;

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
                worst(schema.validate(file.tree().toString(), InputFormat.JSON))
                        .ifPresent(error -> faults.add(file.fault(
                                error.getInstanceLocation().toString(),
                                String.valueOf(error.getMessage()).replaceFirst("\\.$", ""),
                                "Write it as Camel's YAML DSL has it; the visual designers do")));
            }
        }
    }

    private static Optional<Error> worst(List<Error> errors) {
        return errors.stream().max(Comparator.comparingInt(error -> error.getInstanceLocation()
                .getNameCount()));
    }
}
