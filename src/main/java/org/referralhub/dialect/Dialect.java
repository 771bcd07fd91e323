package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;

/** One format, ready for use. Safe for use by many threads. */
public final class Dialect {
    /** A whole document with what it becomes; it shows where a field that is missing elsewhere belongs. */
    record Exemplar(JsonNode document, JsonNode canonical) {}

    private final String name;
    private final Text title;
    private final List<String> mediaTypes;
    private final Path folder;
    private final String samplesSender;
    private final Instant samplesNow;
    private final Codec codec;
    private final Mapping toCanonical;
    private final Mapping fromCanonical;
    private final Supplier<List<Exemplar>> exemplars;
    /** Where an exemplar has a field. */
    private record Home(String pointer, JsonNode document) {}

    private final Map<String, Optional<Home>> homes = new ConcurrentHashMap<>();
    private volatile @Nullable List<Exemplar> loadedExemplars;

    Dialect(
            String name,
            Text title,
            List<String> mediaTypes,
            Path folder,
            String samplesSender,
            Instant samplesNow,
            Codec codec,
            Mapping toCanonical,
            Mapping fromCanonical,
            Supplier<List<Exemplar>> exemplars) {
        this.name = name;
        this.title = title;
        this.mediaTypes = List.copyOf(mediaTypes);
        this.folder = folder;
        this.samplesSender = samplesSender;
        this.samplesNow = samplesNow;
        this.codec = codec;
        this.toCanonical = toCanonical;
        this.fromCanonical = fromCanonical;
        this.exemplars = exemplars;
    }

    /** The folder's name; also the last part of the intake queue's. */
    public String name() {
        return name;
    }

    /** What people call it. */
    public Text title() {
        return title;
    }

    /** Media types that mean this dialect; the first is the one the hub sends. */
    public List<String> mediaTypes() {
        return mediaTypes;
    }

    /** Where its files are. */
    public Path folder() {
        return folder;
    }

    /** In whose name its samples are read. */
    public String samplesSender() {
        return samplesSender;
    }

    /** When its samples are read. */
    public Instant samplesNow() {
        return samplesNow;
    }

    Codec codec() {
        return codec;
    }

    Mapping toCanonical() {
        return toCanonical;
    }

    Mapping fromCanonical() {
        return fromCanonical;
    }

    /**
     * Where documents of this dialect have the field that becomes this canonical field, as the accepted samples show it.
     * Worked out at first need.
     *
     * @param document the one that the pointer is for
     * @param shape name of the kind of document, because samples of another kind show nothing
     */
    Optional<String> home(String canonicalPointer, JsonNode document, String shape) {
        if (homes.size() > 2_000) {
            // Pointers hold positions in lists and are thus without number; the catalogue of fields is not.
            homes.clear();
        }
        return homes.computeIfAbsent(shape + ' ' + canonicalPointer, unused -> findHome(canonicalPointer, shape))
                .map(home -> codec.inside(document, home.pointer(), home.document()));
    }

    /** The accepted samples that can be read, fullest first; read at first need. */
    List<Exemplar> exemplars() {
        List<Exemplar> loaded = loadedExemplars;
        if (loaded == null) {
            loaded = List.copyOf(exemplars.get());
            loadedExemplars = loaded;
        }
        return loaded;
    }

    private Optional<Home> findHome(String canonicalPointer, String shape) {
        for (Exemplar exemplar : exemplars()) {
            if (exemplar.canonical().path("messageType").asText().equals(shape)) {
                Provenance provenance = new Provenance(toCanonical, exemplar.document(), exemplar.canonical());
                if (provenance.has(canonicalPointer)) {
                    Provenance.Source source = provenance.of(canonicalPointer);
                    if (source.exact() && !source.pointer().isEmpty()) {
                        return Optional.of(new Home(source.pointer(), exemplar.document()));
                    }
                }
            }
        }
        return Optional.empty();
    }
}
