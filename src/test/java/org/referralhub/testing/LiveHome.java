package org.referralhub.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A copy of the project's own routes, schemas and configuration, for changing it under a hub that runs. */
public record LiveHome(Path folder) {
    /** Copies them. */
    public static LiveHome in(Path folder) throws IOException {
        return new LiveHome(RunningHub.copyHome(folder));
    }

    /** Puts one text in the place of another, everywhere in the file. */
    public LiveHome replace(String file, String text, String by) {
        String content = read(file);
        if (!content.contains(text)) {
            throw new AssertionError(file + " does not hold: " + text);
        }
        return write(file, content.replace(text, by));
    }

    /** Adds a text to the file's end. */
    public LiveHome append(String file, String text) {
        return write(file, read(file) + text);
    }

    /** Writes the file. */
    public LiveHome write(String file, String content) {
        try {
            Files.writeString(folder.resolve(file), content, StandardCharsets.UTF_8);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What stands in the file. */
    public String read(String file) {
        try {
            return Files.readString(folder.resolve(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
