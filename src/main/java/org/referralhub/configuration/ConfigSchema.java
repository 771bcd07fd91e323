package org.referralhub.configuration;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.referralhub.validation.MessageSchema;
import org.referralhub.validation.SchemaCompilationException;
import org.referralhub.validation.SchemaSet;

/** The schemas of the files that people write, {@code schemas/config/<name>.schema.json}. */
public final class ConfigSchema {
    private ConfigSchema() {}

    /** The schema of this name; null, with a fault, when it is not there or can't be used. */
    public static @Nullable MessageSchema compile(HubHome home, String name, Faults faults) {
        Path file = home.configSchema(name);
        if (!Files.isRegularFile(file)) {
            faults.add(home.shown(file), 0, 0, "the schema is not there", "Restore it from the release");
            return null;
        }
        try {
            return MessageSchema.compile(file, SchemaSet.of(home.schemas()));
        } catch (SchemaCompilationException e) {
            faults.add(home.shown(file), 0, 0, "this schema can't be used", "Restore it from the release");
            return null;
        }
    }
}
