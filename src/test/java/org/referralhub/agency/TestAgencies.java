package org.referralhub.agency;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Text;

/** A registry without files, for tests of rooms that only read it. */
public final class TestAgencies {
    private final Map<String, Agency> agencies = new LinkedHashMap<>();

    /** Adds an office that is always open and speaks the canonical form. */
    public TestAgencies with(String id, AgencyKind kind, String... serves) {
        return with(agency(id, kind, serves));
    }

    /** An office that is always open and speaks the canonical form. */
    public static Agency agency(String id, AgencyKind kind, String... serves) {
        return new Agency(
                id, kind, new Text(id + " (mn)", id), Set.of(serves), "canonical", OpeningHours.ALWAYS, Reach.INBOX);
    }

    /** Adds this office. */
    public TestAgencies with(Agency agency) {
        agencies.put(agency.id(), agency);
        return this;
    }

    /** The registry; a place lies in every code that it begins with. */
    public AgencyRegistry registry() {
        return new AgencyRegistry(agencies.values(), Map.of(), TestAgencies::upward);
    }

    private static List<String> upward(String place) {
        return place.length() <= 2
                ? List.of(place)
                : place.length() <= 4
                        ? List.of(place, place.substring(0, 2))
                        : List.of(place, place.substring(0, 4), place.substring(0, 2));
    }
}
