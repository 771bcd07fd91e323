package org.referralhub.configuration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The administrative places that referrals may name. */
public final class Places {
    /** No place at all. */
    public static final Places NONE = new Places(List.of());

    private final Map<String, Place> byCode;

    Places(Collection<Place> places) {
        Map<String, Place> map = new LinkedHashMap<>();
        places.forEach(place -> map.putIfAbsent(place.code(), place));
        this.byCode = Collections.unmodifiableMap(map);
    }

    /** The imported list {@code data/places.csv} if there is one, otherwise {@code config/places.csv}. */
    public static Places load(HubHome home, Faults faults) {
        Path imported = home.importedPlaces();
        return PlacesFile.read(
                home, Files.exists(imported) ? imported : home.config().resolve("places.csv"), faults);
    }

    /** The place with this code. */
    public Optional<Place> find(@Nullable String code) {
        return code == null ? Optional.empty() : Optional.ofNullable(byCode.get(code));
    }

    /** The place itself and those it lies in, innermost first; empty for an unknown code. */
    public List<Place> upward(@Nullable String code) {
        List<Place> way = new ArrayList<>();
        for (Optional<Place> at = find(code); at.isPresent(); at = find(at.get().parent())) {
            way.add(at.get());
        }
        return way;
    }

    /** Every place. */
    public Collection<Place> all() {
        return byCode.values();
    }
}
