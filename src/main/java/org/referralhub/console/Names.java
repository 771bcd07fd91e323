package org.referralhub.console;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Place;
import org.referralhub.configuration.Places;
import org.referralhub.message.Text;

/** What people call agencies, places and codes, in the reader's language; {@code names} in the templates. */
public final class Names {
    /** What a page offers to choose from at most. */
    private static final int OFFERED = 500;

    private static final Set<Place.Level> CHOSEN =
            EnumSet.of(Place.Level.CAPITAL, Place.Level.AIMAG, Place.Level.DISTRICT, Place.Level.SOUM);

    private final boolean english;
    private final AgencyRegistry agencies;
    private final Places places;
    private final CodeLists codes;

    Names(boolean english, AgencyRegistry agencies, Places places, CodeLists codes) {
        this.english = english;
        this.agencies = agencies;
        this.places = places;
        this.codes = codes;
    }

    /** Something to choose. */
    public record Choice(String code, String name) {}

    /** The text in the reader's language. */
    public String of(Text text) {
        return english ? text.en() : text.mn();
    }

    /** Name of an agency; its id when it does not take part any more. */
    public String agency(String id) {
        return agencies.find(id).map(Agency::name).map(this::of).orElse(id);
    }

    /** Label of a code; the code itself when its list does not have it. */
    public String code(String list, String code) {
        return of(codes.label(list, code));
    }

    /** The place and what it lies in, the innermost first; the code itself when nobody knows it. */
    public String place(@Nullable String code) {
        if (code == null) {
            return "";
        }
        List<Place> way = places.upward(code);
        return way.isEmpty()
                ? code
                : way.stream().map(place -> of(place.name())).collect(Collectors.joining(", "));
    }

    /** Places that are large enough to search in, with what they lie in. */
    public List<Choice> places() {
        return places.all().stream()
                .filter(place -> CHOSEN.contains(place.level()))
                .map(place -> new Choice(place.code(), place(place.code())))
                .toList();
    }

    /** Every code of a list. */
    public List<Choice> codes(String list) {
        return codes.codes(list).stream()
                .map(code -> new Choice(code, code(list, code)))
                .toList();
    }

    /** The first agencies; who looks for another one types its id. */
    public List<Choice> agencies() {
        Collection<Agency> all = agencies.all();
        return all.stream()
                .limit(OFFERED)
                .map(agency -> new Choice(agency.id(), of(agency.name())))
                .toList();
    }
}
