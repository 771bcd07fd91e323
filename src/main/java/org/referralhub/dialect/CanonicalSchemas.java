package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.message.Finding;
import org.referralhub.message.MessageType;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.referralhub.validation.MessageSchema;
import org.referralhub.validation.SchemaCompilationException;
import org.referralhub.validation.SchemaSet;

/** The schemas of {@code schemas/canonical/} with the codes and places that they speak of, one for each message type. */
final class CanonicalSchemas {
    private record Checks(MessageSchema schema, CodesAndPlaces codes) {}

    private final Map<MessageType, Checks> checks;
    private final @Nullable MessageSchema core;

    private CanonicalSchemas(Map<MessageType, Checks> checks, @Nullable MessageSchema core) {
        this.checks = checks;
        this.core = core;
    }

    static CanonicalSchemas load(HubHome home, CodeLists codeLists, Places places, Faults faults) {
        Path folder = home.schemas().resolve("canonical");
        SchemaSet set = SchemaSet.of(home.schemas());
        Map<MessageType, Checks> checks = new EnumMap<>(MessageType.class);
        for (MessageType type : MessageType.values()) {
            Path file = folder.resolve(type.name().toLowerCase(Locale.ROOT) + ".schema.json");
            compile(file, set, home, faults)
                    .ifPresent(schema -> checks.put(
                            type, new Checks(schema, CodesAndPlaces.of(file, home, codeLists, places, faults))));
        }
        return new CanonicalSchemas(
                checks,
                compile(folder.resolve("core.schema.json"), set, home, faults).orElse(null));
    }

    static Optional<MessageSchema> compile(Path file, SchemaSet set, HubHome home, Faults faults) {
        if (!Files.isRegularFile(file)) {
            faults.add(home.shown(file), 0, 0, "the schema is not there", "put the file there or correct its name");
            return Optional.empty();
        }
        try {
            return Optional.of(MessageSchema.compile(file, set));
        } catch (SchemaCompilationException e) {
            faults.add(
                    home.shown(file),
                    0,
                    0,
                    "the schema can't be used: "
                            + String.valueOf(e.getMessage()).replaceAll("\\s+", " "),
                    "mend the schema");
            return Optional.empty();
        }
    }

    /** Schema findings of a canonical message; a type that there is not is one. */
    List<Finding> checkSchema(JsonNode message) {
        Checks found = checks.get(type(message));
        return found == null ? List.of(unknownType()) : found.schema().check(message);
    }

    /** Findings about codes and places; none for an unknown type. */
    List<Finding> checkCodes(JsonNode message) {
        Checks found = checks.get(type(message));
        return found == null ? List.of() : found.codes().check(message);
    }

    /**
     * Schema findings of a message on its way out, which may lack whatever its recipient may not see.
     */
    List<Finding> checkDisclosed(JsonNode message) {
        List<Finding> findings = new ArrayList<>(checkSchema(message));
        findings.removeIf(finding -> finding.code().equals("schema.required")
                || finding.code().equals("schema.any-of-required")
                || finding.code().equals("schema.min-properties"));
        return findings;
    }

    /** True when an urgent core is one. */
    boolean isCore(JsonNode message) {
        return core != null && core.check(message).isEmpty();
    }

    private static Finding unknownType() {
        return Findings.of(
                Severity.ERROR,
                "message-type.unknown",
                "/messageType",
                Map.of(
                        "allowed",
                        Stream.of(MessageType.values())
                                .filter(type -> type != MessageType.RECEIPT)
                                .map(Enum::name)
                                .collect(Collectors.joining(", "))));
    }

    private static @Nullable MessageType type(JsonNode message) {
        String name = message.path("messageType").asText();
        for (MessageType type : MessageType.values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }
}
