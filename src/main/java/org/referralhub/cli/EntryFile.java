package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;
import org.referralhub.validation.JsonLocator;

/** The entry of an agency in the file where it stands. Lines can be put into it; all others stay as somebody wrote them. */
final class EntryFile {
    private final Path path;
    private final Located located;
    private final String pointer;

    private EntryFile(Path path, Located located, String pointer) {
        this.path = path;
        this.located = located;
        this.pointer = pointer;
    }

    /** The entry with this id; empty when no file has one. A file that can't be read is passed over: the check tells. */
    static Optional<EntryFile> find(HubHome home, boolean demo, String id) {
        Faults passedOver = new Faults();
        for (Path path : AgencyRegistry.files(home, demo, passedOver)) {
            Located located = YamlFile.read(home, path, passedOver);
            JsonNode entries = located.tree().path("agencies");
            for (int i = 0; i < entries.size(); i++) {
                if (entries.get(i).path("id").asText().equals(id)) {
                    return Optional.of(new EntryFile(path, located, "/agencies/" + i));
                }
            }
        }
        return Optional.empty();
    }

    Path path() {
        return path;
    }

    /** True when the entry itself says this; what stands in the file's defaults is not the entry's. */
    boolean has(String field) {
        return entry().has(field);
    }

    /** File and line as people are told of them. */
    String shown(String field) {
        return located.file() + ":" + located.place(pointer + "/" + field).line();
    }

    private JsonNode entry() {
        return located.tree().at(pointer);
    }

    /**
     * The file with these lines in the entry, before its last field and that field's comment.
     *
     * @param lines indented as from the left margin
     * @return empty when the entry is written in one line, {@code - { id: ... }}: there is no room
     */
    Optional<String> with(List<String> lines) throws IOException {
        List<String> file = new ArrayList<>(Files.readAllLines(path));
        JsonLocator.Place begin = located.place(pointer);
        int indent = begin.column() - 1;
        if (file.get(begin.line() - 1).startsWith("{", indent)) {
            return Optional.empty();
        }
        int last = begin.line();
        for (Iterator<String> fields = entry().fieldNames(); fields.hasNext(); ) {
            last = Math.max(last, located.place(pointer + "/" + fields.next()).line());
        }
        int at = last - 1;
        // A text may begin on the line after its name.
        while (at > begin.line() && indentOf(file.get(at)) != indent) {
            at--;
        }
        while (at > begin.line() && file.get(at - 1).strip().startsWith("#") && indentOf(file.get(at - 1)) == indent) {
            at--;
        }
        if (at < begin.line()) {
            return Optional.empty();
        }
        file.addAll(at, lines.stream().map(line -> " ".repeat(indent) + line).toList());
        return Optional.of(String.join("\n", file) + "\n");
    }

    private static int indentOf(String line) {
        return line.length() - line.stripLeading().length();
    }
}
