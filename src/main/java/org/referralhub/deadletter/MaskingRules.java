package org.referralhub.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;

/**
 * Which fields of each dialect operators see, from {@code config/desk.yaml}. What is not named there is masked and needs a
 * second person; without the file that is everything.
 */
public final class MaskingRules {
    private static final String FILE = "desk";
    private static final OfDialect NOTHING = new OfDialect(List.of(), List.of(), List.of());

    private final Map<String, OfDialect> dialects;

    private MaskingRules(Map<String, OfDialect> dialects) {
        this.dialects = Map.copyOf(dialects);
    }

    /** Fields of one dialect. */
    record OfDialect(List<FieldPath> codes, List<FieldPath> identifiers, List<FieldPath> reasonEnough) {
        /** Names that stand in the paths, and so are the format's own. */
        Set<String> names() {
            Set<String> names = new HashSet<>();
            List.of(codes, identifiers, reasonEnough)
                    .forEach(paths -> paths.forEach(path -> names.addAll(path.names())));
            return names;
        }
    }

    /**
     * Reads the file, if there is one; what is wrong with it is added to the faults.
     *
     * @param known names of the dialects there are
     */
    public static MaskingRules load(HubHome home, Set<String> known, Faults faults) {
        Path path = home.config().resolve(FILE + ".yaml");
        if (!Files.exists(path)) {
            return new MaskingRules(Map.of());
        }
        Located file = YamlFile.read(home, path, FILE, faults);
        Map<String, OfDialect> dialects = new HashMap<>();
        file.tree().path("dialects").properties().forEach(dialect -> {
            if (!known.contains(dialect.getKey())) {
                faults.add(file.fault(
                        "/dialects/" + dialect.getKey(),
                        "there is no dialect " + dialect.getKey(),
                        "Name a folder of schemas/, or remove the entry"));
            }
            dialects.put(
                    dialect.getKey(),
                    new OfDialect(
                            paths(dialect.getValue(), "codes"),
                            paths(dialect.getValue(), "identifiers"),
                            paths(dialect.getValue(), "reasonEnough")));
        });
        return new MaskingRules(dialects);
    }

    private static List<FieldPath> paths(JsonNode dialect, String key) {
        List<FieldPath> paths = new ArrayList<>();
        dialect.path(key).forEach(path -> paths.add(FieldPath.of(path.asText())));
        return List.copyOf(paths);
    }

    OfDialect of(String dialect) {
        return dialects.getOrDefault(dialect, NOTHING);
    }
}
