package org.referralhub.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.referralhub.message.Finding;
import org.referralhub.validation.JsonLocator;
import org.referralhub.validation.MessageSchema;
import org.referralhub.validation.StrictJson;

/** Reads a JSON file that people write, as strictly as a message, and checks it against its schema. */
final class JsonFile {
    private JsonFile() {}

    /** Reads the file and adds everything wrong to the faults. */
    static Located read(HubHome home, Path path, MessageSchema schema, Faults faults) {
        String file = home.shown(path);
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            faults.add(file, 0, 0, "The file is not there", "Create it, or correct the name");
            return Located.unreadable(file);
        } catch (IOException e) {
            faults.add(file, 0, 0, "The file can't be read", "Check that it is a file and who may read it");
            return Located.unreadable(file);
        }
        StrictJson.Parsed parsed = StrictJson.parse(bytes);
        JsonNode tree = parsed.tree();
        if (tree == null) {
            for (Finding finding : parsed.findings()) {
                faults.add(
                        file,
                        finding.line(),
                        finding.column(),
                        finding.message().en().replaceFirst("\\.$", ""),
                        "Correct the text here");
            }
            return Located.unreadable(file);
        }
        // Places are only looked up for what is wrong, and for the parents that a missing field takes its place from.
        List<String> pointers =
                schema.check(tree).stream().map(Finding::pointer).toList();
        Map<String, JsonLocator.Place> places = new HashMap<>(JsonLocator.locate(bytes, pointers));
        return YamlFile.checked(file, tree, places, true, schema, faults);
    }
}
