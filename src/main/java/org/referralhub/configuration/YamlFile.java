package org.referralhub.configuration;

import java.nio.file.Path;
import org.referralhub.validation.MessageSchema;

/** Reads a YAML file that people write, checks it against its schema, and remembers where everything stands. */
public final class YamlFile {
    private YamlFile() {}

    /**
     * Reads the file. A missing or unreadable file, a YAML error, a duplicate key or a schema error is added to the faults.
     *
     * @return the file's tree; {@link Located#isSound()} is false when a fault was added
     */
    public static Located read(Path file, MessageSchema schema, Faults faults) {
        throw new UnsupportedOperationException("not built yet");
    }
}
