package org.referralhub.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.referralhub.configuration.HubHome;

/** The project's own {@code routes/ schemas/ config/} in a folder where a test may break them. */
public final class HomeCopy {
    private final HubHome home;

    private HomeCopy(HubHome home) {
        this.home = home;
    }

    /** Copies them into this folder. */
    public static HomeCopy of(Path folder) throws IOException {
        for (String part : List.of("routes", "schemas", "config")) {
            try (Stream<Path> paths = Files.walk(Path.of(part))) {
                for (Path path : paths.toList()) {
                    Files.copy(path, folder.resolve(path.toString()));
                }
            }
        }
        return new HomeCopy(new HubHome(folder));
    }

    /** The copy. */
    public HubHome home() {
        return home;
    }

    /** A file or folder of it by its path within. */
    public Path path(String name) {
        return home.root().resolve(name);
    }

    /** The path within. */
    public String shown(Path file) {
        return home.shown(file);
    }

    /** What a file holds. */
    public String read(String name) throws IOException {
        return Files.readString(path(name));
    }

    /** Writes a file, also a new one. */
    public void write(String name, String content) throws IOException {
        Files.createDirectories(path(name).getParent());
        Files.writeString(path(name), content);
    }

    /**
     * Replaces the first match.
     *
     * @throws IllegalArgumentException when nothing matches
     */
    public void replace(String name, String pattern, String replacement) throws IOException {
        String before = read(name);
        String after = before.replaceFirst(pattern, replacement);
        if (after.equals(before)) {
            throw new IllegalArgumentException(name + " has no " + pattern);
        }
        write(name, after);
    }
}
