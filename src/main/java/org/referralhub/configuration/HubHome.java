package org.referralhub.configuration;

import java.nio.file.Path;

/**
 * The folder that a hub runs from.
 *
 * @param root absolute path of the folder with {@code routes/ schemas/ config/ data/}
 */
public record HubHome(Path root) {
    public HubHome {
        root = root.toAbsolutePath().normalize();
    }

    /** Who takes part and by which rules. */
    public Path config() {
        return root.resolve("config");
    }

    /** How messages flow. */
    public Path routes() {
        return root.resolve("routes");
    }

    /** What messages and configuration files look like. */
    public Path schemas() {
        return root.resolve("schemas");
    }

    /** What the hub itself writes: journal, database, imported reference data. */
    public Path data() {
        return root.resolve("data");
    }

    /** The schema of a configuration file, {@code schemas/config/<name>.schema.json}. */
    public Path configSchema(String name) {
        return schemas().resolve("config").resolve(name + ".schema.json");
    }
}
