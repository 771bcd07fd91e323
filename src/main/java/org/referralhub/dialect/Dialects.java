package org.referralhub.dialect;

import com.schibsted.spt.data.jslt.Function;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.ConfigSchema;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.validation.MessageSchema;

/** Every dialect below {@code schemas/}, read and compiled once. Safe for use by many threads. */
public final class Dialects {
    static final String FILE = "dialect.yaml";
    /** Beside the dialects' folders: the schemas of the hub's own configuration. */
    private static final String CONFIGURATION = "config";

    private final Map<String, Dialect> byName;
    private final CanonicalSchemas canonical;

    private Dialects(Map<String, Dialect> byName, CanonicalSchemas canonical) {
        this.byName = Collections.unmodifiableMap(byName);
        this.canonical = canonical;
    }

    /**
     * Reads every folder of {@code schemas/} that holds a {@code dialect.yaml}, and the canonical schemas. Whatever is wrong
     * is added to the faults; a dialect with a fault is left out.
     */
    public static Dialects load(HubHome home, CodeLists codeLists, Places places, Faults faults) {
        CanonicalSchemas canonical = CanonicalSchemas.load(home, codeLists, places, faults);
        MessageSchema schema = ConfigSchema.compile(home, "dialect", faults);
        Map<String, Dialect> dialects = new TreeMap<>();
        if (schema != null) {
            List<Function> functions = MappingFunctions.all(codeLists, places);
            List<DialectFolder> later = new ArrayList<>();
            for (Path folder : folders(home, faults)) {
                DialectFolder loader = new DialectFolder(home, folder, schema, canonical, functions, codeLists, faults);
                if (loader.isLikeAnother()) {
                    later.add(loader);
                } else {
                    loader.load().ifPresent(dialect -> dialects.put(dialect.name(), dialect));
                }
            }
            Map<String, Dialect> others = Map.copyOf(dialects);
            later.forEach(loader -> loader.load(others).ifPresent(dialect -> dialects.put(dialect.name(), dialect)));
        }
        return new Dialects(dialects, canonical);
    }

    private static List<Path> folders(HubHome home, Faults faults) {
        try (Stream<Path> entries = Files.list(home.schemas())) {
            List<Path> folders = entries.filter(Files::isDirectory)
                    .filter(entry -> !entry.endsWith(CONFIGURATION))
                    .sorted()
                    .toList();
            List<Path> dialects = folders.stream()
                    .filter(folder -> Files.isRegularFile(folder.resolve(FILE)))
                    .toList();
            folders.stream()
                    .filter(folder -> !dialects.contains(folder))
                    .forEach(folder -> faults.add(
                            home.shown(folder),
                            1,
                            1,
                            "the folder of a dialect has no " + FILE,
                            "write it, as docs/dialects.md tells, or remove the folder"));
            return dialects;
        } catch (IOException e) {
            faults.add(
                    home.shown(home.schemas()),
                    1,
                    1,
                    "the folder of the dialects can't be read",
                    "run the hub from the folder that holds schemas/");
            return List.of();
        }
    }

    /** The dialect of this name. */
    public Optional<Dialect> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Their names, in alphabetical order. */
    public Set<String> names() {
        return all().stream().map(Dialect::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Every dialect, by name. */
    public Collection<Dialect> all() {
        return byName.values();
    }

    CanonicalSchemas canonical() {
        return canonical;
    }
}
