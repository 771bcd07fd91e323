package org.referralhub.agency;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Place;
import org.referralhub.configuration.Places;
import org.referralhub.message.AgencyKind;

/** Every agency that takes part. Immutable and safe to share. */
public final class AgencyRegistry {
    private final Map<String, Agency> agencies;
    private final Map<AgencyKind, Map<String, List<Agency>>> byPlace = new EnumMap<>(AgencyKind.class);
    private final Secrets secrets;
    private final Function<String, Optional<char[]>> secretAgain;
    private final Function<String, List<String>> upward;
    /** Every agency and kind as a {@link WithholdList} may name it. */
    private final Set<String> spellings;

    /**
     * A registry from what is already checked.
     *
     * @param agencies all of them, with different ids
     * @param secrets secret by agency id; one without a secret cannot log in
     * @param upward code of a place to the codes of itself and all that contain it, smallest first
     */
    AgencyRegistry(Collection<Agency> agencies, Map<String, char[]> secrets, Function<String, List<String>> upward) {
        this(agencies, secrets, id -> Optional.ofNullable(secrets.get(id)), upward);
    }

    private AgencyRegistry(
            Collection<Agency> agencies,
            Map<String, char[]> secrets,
            Function<String, Optional<char[]>> secretAgain,
            Function<String, List<String>> upward) {
        Map<String, Agency> byId = new LinkedHashMap<>();
        agencies.forEach(agency -> byId.put(agency.id(), agency));
        this.agencies = Collections.unmodifiableMap(byId);
        this.secrets = new Secrets(secrets);
        this.secretAgain = secretAgain;
        this.upward = upward;
        this.spellings = Stream.concat(
                        Arrays.stream(AgencyKind.values()).map(kind -> WithholdList.plain(kind.name())),
                        byId.values().stream().flatMap(WithholdList::spellings))
                .collect(Collectors.toUnmodifiableSet());
        for (Agency agency : byId.values()) {
            if (agency.exercise()) {
                continue; // nobody's office
            }
            Map<String, List<Agency>> places = byPlace.computeIfAbsent(agency.kind(), kind -> new HashMap<>());
            for (String place : agency.serves()) {
                places.computeIfAbsent(place, code -> new ArrayList<>()).add(agency);
            }
        }
        byPlace.values().forEach(places -> places.replaceAll((place, offices) -> List.copyOf(offices)));
    }

    /**
     * Reads every {@code *.yaml} under {@code config/agencies/}, and in the demo {@code config/demo/agencies.yaml} too.
     * Everything wrong is added to the faults with its file, line and remedy; an agency with a fault is left out.
     *
     * @param demo true for the demo profile, the only one where a secret may stand in the file
     * @param dialects names of the dialects there are
     */
    public static AgencyRegistry load(HubHome home, boolean demo, Places places, Set<String> dialects, Faults faults) {
        AgencyFiles files =
                new AgencyFiles(home, places, dialects, new SecretSource(home, demo, System::getenv), faults);
        files.read(demo);
        return new AgencyRegistry(
                files.agencies(), files.secrets(), files::secretAgain, code -> places.upward(code).stream()
                        .map(Place::code)
                        .toList());
    }

    /**
     * The files that {@link #load} reads, in its order. One that can't be listed is a fault.
     *
     * @param demo true for the demo profile
     */
    public static List<Path> files(HubHome home, boolean demo, Faults faults) {
        return AgencyFiles.files(home, demo, faults);
    }

    /**
     * A registry for tests and tools, from agencies that are known to be sound.
     *
     * @param secrets secret by agency id; one without cannot log in
     * @param upward code of a place to the codes of itself and all that contain it, smallest first
     */
    public static AgencyRegistry of(
            Collection<Agency> agencies, Map<String, String> secrets, Function<String, List<String>> upward) {
        Map<String, char[]> characters = new HashMap<>();
        secrets.forEach((id, secret) -> characters.put(id, secret.toCharArray()));
        return new AgencyRegistry(agencies, characters, upward);
    }

    /** The agency with this id. */
    public Optional<Agency> find(@Nullable String id) {
        return id == null ? Optional.empty() : Optional.ofNullable(agencies.get(id));
    }

    /** All agencies, in the order of the files. */
    public Collection<Agency> all() {
        return agencies.values();
    }

    /** Whether an agency or a kind is written so, in a {@link WithholdList}'s own spelling. */
    boolean isSpelt(String plain) {
        return spellings.contains(plain);
    }

    /** True for an agency all of whose messages are exercises; see {@link Agency#exercise}. */
    public boolean isExercise(@Nullable String id) {
        return find(id).map(Agency::exercise).orElse(false);
    }

    /**
     * The offices of a kind that serve a place: those of the place itself, or else of the nearest that contains it, or else
     * those that serve the whole country.
     *
     * @param place code of a place; null or unknown when nobody knows where: then the country-wide ones
     * @return in the order of the files; empty when there is none
     */
    public List<Agency> offices(AgencyKind kind, @Nullable String place) {
        Map<String, List<Agency>> places = byPlace.getOrDefault(kind, Map.of());
        if (place != null) {
            for (String code : upward.apply(place)) {
                List<Agency> offices = places.get(code);
                if (offices != null) {
                    return offices;
                }
            }
        }
        return places.getOrDefault(Agency.EVERYWHERE, List.of());
    }

    /** The place itself and those that contain it, smallest first; empty when the code is not known. */
    public List<String> upward(String place) {
        return upward.apply(place);
    }

    /** True when it is this agency's secret; in constant time, also for an agency that does not exist. */
    public boolean authenticate(@Nullable String id, char @Nullable [] secret) {
        return secrets.matches(id, secret);
    }

    /** By whose clock the agency's days begin; the capital's for one that does not take part any more. */
    public ZoneId zone(String id) {
        return find(id).map(agency -> agency.hours().zone()).orElse(OpeningHours.ALWAYS.zone());
    }

    /**
     * The agency's secret itself, fetched again from where its entry says, for a broker outside that has to know it. It is
     * not kept: do not keep it either.
     */
    public Optional<char[]> secret(String id) {
        return agencies.containsKey(id) ? secretAgain.apply(id) : Optional.empty();
    }

    /**
     * Whether an agency that took part before has to log in anew: it has left, or its secret or its dialect is another one.
     *
     * @param before the registry that the agency is from
     */
    public boolean isAnother(Agency agency, AgencyRegistry before) {
        Agency known = agencies.get(agency.id());
        if (known == null || !known.dialect().equals(agency.dialect())) {
            return true;
        }
        return secret(agency.id())
                .map(secret -> !before.authenticate(agency.id(), secret))
                .orElse(before.secrets.knows(agency.id()));
    }

    @Override
    public String toString() {
        return "AgencyRegistry[" + agencies.size() + " agencies]";
    }
}
