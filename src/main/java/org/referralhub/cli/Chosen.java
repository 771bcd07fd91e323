package org.referralhub.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Which letters a command is for: some, a group, or what a search finds. */
final class Chosen {
    @Parameters(paramLabel = "ID", description = "Letters.")
    private List<String> letters = new ArrayList<>();

    @Option(names = "--group", paramLabel = "FINGERPRINT", description = "The open letters of this group.")
    private @Nullable String group;

    @Option(
            names = "--where",
            paramLabel = "FILTER=VALUE",
            description = "The open letters that match, for example --where recipient=police-bzd; may be repeated.")
    private Map<String, String> search = new LinkedHashMap<>();

    /** As the API takes it. */
    ObjectNode selection(CommandSpec command) {
        int ways = (letters.isEmpty() ? 0 : 1) + (group == null ? 0 : 1) + (search.isEmpty() ? 0 : 1);
        if (ways != 1) {
            throw new ParameterException(
                    command.commandLine(), "Say which letters: their ids, or --group, or --where.");
        }
        ObjectNode selection = JsonNodeFactory.instance.objectNode();
        if (!letters.isEmpty()) {
            ArrayNode ids = selection.putArray("letters");
            letters.forEach(ids::add);
        } else if (group != null) {
            selection.put("group", group);
        } else {
            ObjectNode filters = selection.putObject("search");
            search.forEach(filters::put);
        }
        return selection;
    }
}
