package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.schibsted.spt.data.jslt.Function;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;
import org.referralhub.message.Text;
import org.referralhub.validation.MessageSchema;

/** Reads one folder of {@code schemas/}. What is wrong is added to the faults. */
final class DialectFolder {
    private final HubHome home;
    private final Path folder;
    private final Located file;
    private final List<Function> functions;
    private final Faults faults;
    private final CodecFile codecs;

    DialectFolder(
            HubHome home,
            Path folder,
            MessageSchema yamlSchema,
            CanonicalSchemas canonical,
            List<Function> functions,
            CodeLists codeLists,
            Faults faults) {
        this.home = home;
        this.folder = folder;
        this.file = YamlFile.read(home, folder.resolve(Dialects.FILE), yamlSchema, faults);
        this.functions = functions;
        this.faults = faults;
        this.codecs = new CodecFile(home, folder, file, canonical, codeLists, faults);
    }

    /** True when the format is another dialect's, written in another form. */
    boolean isLikeAnother() {
        return file.isSound() && file.tree().has("like");
    }

    Optional<Dialect> load(Map<String, Dialect> others) {
        Dialect other = others.get(file.tree().path("like").asText());
        if (other == null) {
            faults.add(file.fault(
                    "/like", "there is no sound dialect of this name", "name a folder of schemas/ that is no like"));
            return Optional.empty();
        }
        List<String> mediaTypes = mediaTypes();
        return now().map(now -> new Dialect(
                String.valueOf(folder.getFileName()),
                title(),
                mediaTypes,
                folder,
                file.tree().at("/samples/sender").asText(),
                now,
                other.codec().writing(mediaTypes.get(0)),
                other.toCanonical(),
                other.fromCanonical(),
                other::exemplars));
    }

    private Text title() {
        return new Text(
                file.tree().at("/title/mn").asText(),
                file.tree().at("/title/en").asText());
    }

    private List<String> mediaTypes() {
        List<String> mediaTypes = new ArrayList<>();
        file.tree().path("mediaTypes").forEach(mediaType -> mediaTypes.add(mediaType.asText()));
        return mediaTypes;
    }

    private Optional<Instant> now() {
        try {
            return Optional.of(
                    OffsetDateTime.parse(file.tree().at("/samples/now").asText())
                            .toInstant());
        } catch (DateTimeParseException e) {
            faults.add(file.fault(
                    "/samples/now",
                    "this is not a date and time with offset",
                    "write it like 2026-11-20T10:00:00+08:00"));
            return Optional.empty();
        }
    }

    Optional<Dialect> load() {
        if (!file.isSound()) {
            return Optional.empty();
        }
        JsonNode tree = file.tree();
        Optional<Instant> now = now();
        if (now.isEmpty()) {
            return Optional.empty();
        }
        Optional<Codec> codec = codecs.codec();
        Optional<Mapping> toCanonical = mapping("toCanonical");
        Optional<Mapping> fromCanonical = mapping("fromCanonical");
        if (codec.isEmpty() || toCanonical.isEmpty() || fromCanonical.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Dialect(
                String.valueOf(folder.getFileName()),
                title(),
                mediaTypes(),
                folder,
                tree.at("/samples/sender").asText(),
                now.get(),
                codec.get(),
                toCanonical.get(),
                fromCanonical.get(),
                () -> exemplars(codec.get(), toCanonical.get())));
    }

    private Optional<Mapping> mapping(String key) {
        JsonNode tree = file.tree();
        if (!tree.has("mappings")) {
            return Optional.of(Mapping.IDENTITY);
        }
        String name = tree.path("mappings").path(key).asText();
        if (!codecs.exists(name, "/mappings/" + key)) {
            return Optional.empty();
        }
        Path path = folder.resolve(name);
        return Mapping.compile(path, home.shown(path), functions, faults);
    }

    /** The accepted samples that can be read, fullest first. */
    private List<Dialect.Exemplar> exemplars(Codec codec, Mapping toCanonical) {
        Path accepted = folder.resolve("samples").resolve("accepted");
        List<Dialect.Exemplar> exemplars = new ArrayList<>();
        if (Files.isDirectory(accepted)) {
            try (Stream<Path> files = Files.list(accepted)) {
                for (Path file : files.sorted().toList()) {
                    String name = String.valueOf(file.getFileName());
                    if (!name.endsWith(".canonical.json") && !name.endsWith(".findings.json")) {
                        exemplar(Files.readAllBytes(file), codec, toCanonical).ifPresent(exemplars::add);
                    }
                }
            } catch (IOException e) {
                // Samples only make reports more exact; without them a missing field is reported at its parent.
                exemplars.clear();
            }
        }
        exemplars.sort((a, b) -> Integer.compare(size(b.canonical()), size(a.canonical())));
        return exemplars;
    }

    private static Optional<Dialect.Exemplar> exemplar(byte[] bytes, Codec codec, Mapping toCanonical) {
        @Nullable JsonNode document = codec.read(bytes).tree();
        if (document == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Dialect.Exemplar(document, toCanonical.apply(document)));
        } catch (Mapping.Failure e) {
            return Optional.empty();
        }
    }

    private static int size(JsonNode tree) {
        int[] leaves = {0};
        Tree.leaves(tree, "", (pointer, leaf) -> leaves[0]++);
        return leaves[0];
    }
}
