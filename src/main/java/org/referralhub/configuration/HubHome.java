package org.referralhub.configuration;

import java.nio.file.Path;

/**
 * The folders that a hub runs from.
 *
 * @param root absolute path of the folder with {@code routes/ schemas/ config/}: what people write
 * @param data absolute path of the folder with the journal and the ledger: what the hub writes
 * @param base absolute path from which the files themselves count, where they name another one, for example a secret's
 */
public record HubHome(Path root, Path data, Path base) {
    public HubHome {
        root = root.toAbsolutePath().normalize();
        data = data.toAbsolutePath().normalize();
        base = base.toAbsolutePath().normalize();
    }

    /** A home with its data elsewhere. */
    public HubHome(Path root, Path data) {
        this(root, data, root);
    }

    /** A home with its data in the folder {@code data/}. */
    public HubHome(Path root) {
        this(root, root.resolve("data"));
    }

    /** The same home as it was when it was copied to this folder, with the places that were imported then. */
    public HubHome copiedTo(Path copy) {
        return new HubHome(copy, copy.resolve("data"), base);
    }

    /** Where an imported list of places lies, if there is one; it takes the place of the one in the configuration. */
    public Path importedPlaces() {
        return data.resolve("places.csv");
    }

    /** A file as people are told of it: within the home as it is written there, {@code config/recipients.yaml}, else in full. */
    public String shown(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        return absolute.startsWith(root) ? root.relativize(absolute).toString() : absolute.toString();
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

    /** The schema of a configuration file, {@code schemas/config/<name>.schema.json}. */
    public Path configSchema(String name) {
        return schemas().resolve("config").resolve(name + ".schema.json");
    }
}
