package org.referralhub.validation;

import java.nio.file.Path;

/** A folder of JSON Schemas that may refer to each other and to nothing else: no network, no class path. */
public final class SchemaSet {
    private final Path folder;

    private SchemaSet(Path folder) {
        this.folder = folder;
    }

    /** The schemas under this folder. */
    public static SchemaSet of(Path folder) {
        return new SchemaSet(folder.toAbsolutePath().normalize());
    }

    Path folder() {
        return folder;
    }
}
