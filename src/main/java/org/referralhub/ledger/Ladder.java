package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.Place;
import org.referralhub.configuration.Places;
import org.referralhub.configuration.YamlFile;
import org.referralhub.message.AgencyKind;

/** Who is asked next when a recipient does not answer in time, from {@code config/escalation.yaml}. Immutable. */
public final class Ladder {
    /** Nobody is asked next. */
    public static final Ladder NONE =
            new Ladder(AgencyRegistry.of(List.of(), Map.of(), List::of), Places.NONE, List.of());

    private static final String FILE = "escalation";

    private final AgencyRegistry agencies;
    private final Places places;
    private final List<Steps> ladders;

    /** One ladder; for no kind when it is for all that no other names. */
    private record Steps(Set<AgencyKind> kinds, List<Rung> rungs) {}

    private record Rung(AgencyKind kind, Level level) {}

    /** From where the registry looks upwards. */
    private enum Level {
        SUBDISTRICT(EnumSet.allOf(Place.Level.class)),
        DISTRICT(EnumSet.of(Place.Level.DISTRICT, Place.Level.SOUM, Place.Level.CAPITAL, Place.Level.AIMAG)),
        STATE(EnumSet.of(Place.Level.CAPITAL, Place.Level.AIMAG)),
        COUNTRY(EnumSet.noneOf(Place.Level.class));

        private final Set<Place.Level> levels;

        Level(Set<Place.Level> levels) {
            this.levels = levels;
        }

        /** The place that contains this one, at this level or the next above; null for the whole country. */
        @Nullable
        String of(@Nullable String place, Places places) {
            return places.upward(place).stream()
                    .filter(above -> levels.contains(above.level()))
                    .map(Place::code)
                    .findFirst()
                    .orElse(null);
        }
    }

    private Ladder(AgencyRegistry agencies, Places places, List<Steps> ladders) {
        this.agencies = agencies;
        this.places = places;
        this.ladders = List.copyOf(ladders);
    }

    /** Reads the file; what is wrong with it is added to the faults. */
    public static Ladder load(HubHome home, AgencyRegistry agencies, Places places, Faults faults) {
        Located file = YamlFile.read(home, home.config().resolve(FILE + ".yaml"), FILE, faults);
        List<Steps> ladders = new ArrayList<>();
        if (file.isSound()) {
            Set<AgencyKind> named = EnumSet.noneOf(AgencyKind.class);
            boolean others = false;
            JsonNode written = file.tree().path("ladders");
            for (int i = 0; i < written.size(); i++) {
                Steps steps = steps(written.path(i));
                boolean reached = steps.kinds().isEmpty() ? !others : Collections.disjoint(named, steps.kinds());
                named.addAll(steps.kinds());
                others |= steps.kinds().isEmpty();
                if (!reached) {
                    faults.add(file.fault(
                            "/ladders/" + i,
                            "a ladder above this one is for the same recipients",
                            "remove one of the two, or name other kinds"));
                }
                ladders.add(steps);
            }
        }
        return new Ladder(agencies, places, ladders);
    }

    private static Steps steps(JsonNode written) {
        Set<AgencyKind> kinds = EnumSet.noneOf(AgencyKind.class);
        written.path("for").forEach(kind -> kinds.add(AgencyKind.valueOf(kind.asText())));
        List<Rung> rungs = new ArrayList<>();
        for (JsonNode rung : written.path("rungs")) {
            rungs.add(new Rung(
                    AgencyKind.valueOf(rung.path("kind").asText()),
                    Level.valueOf(rung.path("level").asText("subdistrict").toUpperCase(Locale.ROOT))));
        }
        return new Steps(kinds, rungs);
    }

    /**
     * The offices above a late one, the nearest first; on one rung those that are open come first.
     *
     * @param place code of the child's place; null when nobody knows it
     * @return without the late one; empty when there is none above it
     */
    List<Agency> above(Agency late, @Nullable String place, Instant now) {
        Steps steps = ladders.stream()
                .filter(ladder -> ladder.kinds().contains(late.kind()))
                .findFirst()
                .or(() -> ladders.stream()
                        .filter(ladder -> ladder.kinds().isEmpty())
                        .findFirst())
                .orElse(null);
        Set<Agency> above = new LinkedHashSet<>();
        if (steps != null) {
            for (Rung rung : steps.rungs()) {
                List<Agency> offices =
                        agencies.offices(rung.kind(), rung.level().of(place, places));
                if (offices.contains(late)) {
                    // Everything so far stands below it or beside it.
                    above.clear();
                } else {
                    offices.stream()
                            .sorted(Comparator.comparing(
                                    office -> !office.hours().isOpen(now)))
                            .forEach(above::add);
                }
            }
        }
        return List.copyOf(above);
    }
}
