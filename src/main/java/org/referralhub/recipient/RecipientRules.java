package org.referralhub.recipient;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.WithholdList;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.Places;
import org.referralhub.configuration.YamlFile;
import org.referralhub.message.AgencyKind;

/** The rules of {@code config/recipients.yaml}. Immutable and safe to share. */
public final class RecipientRules {
    private static final String FILE = "recipients";
    private static final ZoneId COUNTRY = ZoneId.of("Asia/Ulaanbaatar");
    /** In whole years: a referral about somebody older is refused before it comes here. */
    private static final int OLDEST_CHILD = 17;

    private static final String LAST_RESORT = "last-resort";

    private final AgencyRegistry registry;
    private final ZoneId zone;
    private final List<Rule> rules;
    private final Rule otherwise;

    /** One place to fill: the first of these kinds that has an office. */
    private record Seat(List<AgencyKind> kinds) {}

    /** A rule; an empty condition means any. */
    private record Rule(
            String id,
            Set<String> concerns,
            Set<String> urgency,
            Set<String> riskLevel,
            Set<String> places,
            int youngest,
            int oldest,
            @Nullable LocalTime from,
            @Nullable LocalTime to,
            List<Seat> choose) {}

    /** What the rules look at. */
    private record Facts(
            Set<String> concerns,
            String urgency,
            String riskLevel,
            @Nullable String place,
            Set<String> places,
            int age,
            LocalTime time) {}

    private RecipientRules(AgencyRegistry registry, ZoneId zone, List<Rule> rules, Rule otherwise) {
        this.registry = registry;
        this.zone = zone;
        this.rules = rules;
        this.otherwise = otherwise;
    }

    /**
     * Reads the rules; what is wrong with them is added to the faults.
     *
     * @param places tells whether a rule's place exists
     */
    public static RecipientRules load(HubHome home, AgencyRegistry registry, Places places, Faults faults) {
        Located file = YamlFile.read(home, home.config().resolve(FILE + ".yaml"), FILE, faults);
        if (!file.isSound()) {
            return new RecipientRules(registry, COUNTRY, List.of(), lastResort());
        }
        Set<String> ids = new HashSet<>();
        JsonNode written = file.tree().path("rules");
        for (int i = 0; i < written.size(); i++) {
            String pointer = "/rules/" + i;
            if (!ids.add(written.path(i).path("id").asText())) {
                faults.add(file.fault(
                        pointer + "/id",
                        "another rule has this id already",
                        "give each rule an id of its own: it is recorded with every choice"));
            }
            checkThatItCanApply(file, pointer + "/when", places, faults);
        }
        try {
            return of(file.tree(), registry);
        } catch (DateTimeException e) {
            faults.add(file.fault("/zone", "no such time zone", "write the zone as Asia/Ulaanbaatar or Asia/Hovd"));
            return new RecipientRules(registry, COUNTRY, List.of(), lastResort());
        }
    }

    /** A rule that never applies looks like protection and is none. */
    private static void checkThatItCanApply(Located file, String pointer, Places places, Faults faults) {
        JsonNode when = file.tree().at(pointer);
        JsonNode age = when.path("age");
        int youngest = age.path("from").asInt(0);
        if (youngest > age.path("to").asInt(Integer.MAX_VALUE)) {
            faults.add(file.fault(
                    pointer + "/age",
                    "this rule can never apply: its youngest age is above its oldest",
                    "make from at most as high as to"));
        } else if (youngest > OLDEST_CHILD) {
            faults.add(file.fault(
                    pointer + "/age/from",
                    "this rule can never apply: nobody of this age is a child",
                    "begin at " + OLDEST_CHILD + " or below"));
        }
        for (int i = 0; i < when.path("places").size(); i++) {
            if (places.find(when.path("places").path(i).asText()).isEmpty()) {
                faults.add(file.fault(
                        pointer + "/places/" + i,
                        "no such place, so this rule can never apply there",
                        "use a code from the list of places, or import the national list first"));
            }
        }
    }

    /** The rules in a tree that fits the schema. */
    static RecipientRules of(JsonNode tree, AgencyRegistry registry) {
        List<Rule> rules = new ArrayList<>();
        tree.path("rules").forEach(rule -> rules.add(rule(rule)));
        return new RecipientRules(
                registry,
                ZoneId.of(tree.path("zone").asText(COUNTRY.getId())),
                List.copyOf(rules),
                rule(tree.path("otherwise")));
    }

    /**
     * Who gets this REQUEST, in the order of the rules, nobody twice; never the sender, never one the child's consent
     * withholds it from. Never empty, unless no other agency exists at all; of an exercise, the agency it names alone.
     *
     * @param request a whole canonical message
     * @param at when it arrived; decides the time of day
     */
    public List<Choice> choose(JsonNode request, Instant at) {
        String sender = request.path("sender").asText();
        JsonNode body = request.path("body");
        WithholdList withheld = WithholdList.of(body.path("consent"));
        Predicate<Agency> possible = agency -> !agency.id().equals(sender) && !withheld.names(agency);
        Facts facts = facts(body, at);
        Map<String, Choice> chosen = new LinkedHashMap<>();
        registry.find(request.path("recipient").asText(null))
                .filter(possible)
                .ifPresent(agency -> chosen.put(agency.id(), new Choice(agency, Choice.NAMED)));
        if (registry.isExercise(sender)) {
            return List.copyOf(chosen.values());
        }
        for (Rule rule : rules) {
            if (applies(rule, facts)) {
                for (Seat seat : rule.choose()) {
                    office(seat, facts.place(), sender, possible, at)
                            .ifPresent(agency -> chosen.putIfAbsent(agency.id(), new Choice(agency, rule.id())));
                }
            }
        }
        if (chosen.isEmpty()) {
            for (Seat seat : otherwise.choose()) {
                office(seat, facts.place(), sender, possible, at)
                        .ifPresent(agency -> chosen.putIfAbsent(agency.id(), new Choice(agency, otherwise.id())));
            }
        }
        if (chosen.isEmpty()) {
            lastResort(possible).ifPresent(agency -> chosen.put(agency.id(), new Choice(agency, LAST_RESORT)));
        }
        return List.copyOf(chosen.values());
    }

    private Optional<Agency> office(
            Seat seat, @Nullable String place, String sender, Predicate<Agency> possible, Instant at) {
        for (AgencyKind kind : seat.kinds()) {
            List<Agency> offices = registry.offices(kind, place);
            if (offices.stream().anyMatch(office -> office.id().equals(sender))) {
                // The office for this place is the one that asks for help: it knows already.
                return Optional.empty();
            }
            Agency first = null;
            for (Agency office : offices) {
                if (possible.test(office)) {
                    if (office.hours().isOpen(at)) {
                        return Optional.of(office);
                    }
                    first = first == null ? office : first;
                }
            }
            if (first != null) {
                return Optional.of(first);
            }
        }
        return Optional.empty();
    }

    /** Anybody rather than nobody: the first agency of the most protective kind, wherever it is. */
    private Optional<Agency> lastResort(Predicate<Agency> possible) {
        for (AgencyKind kind : lastResort().choose().get(0).kinds()) {
            for (Agency agency : registry.all()) {
                if (agency.kind() == kind && !agency.exercise() && possible.test(agency)) {
                    return Optional.of(agency);
                }
            }
        }
        return Optional.empty();
    }

    private static Rule lastResort() {
        List<AgencyKind> kinds = new ArrayList<>(
                List.of(AgencyKind.JOINT_TEAM, AgencyKind.SOCIAL_WORKER, AgencyKind.HELPLINE_108, AgencyKind.POLICE));
        for (AgencyKind kind : AgencyKind.values()) {
            if (!kinds.contains(kind)) {
                kinds.add(kind);
            }
        }
        return new Rule(
                LAST_RESORT,
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                0,
                Integer.MAX_VALUE,
                null,
                null,
                List.of(new Seat(kinds)));
    }

    private static boolean applies(Rule rule, Facts facts) {
        return meets(rule.concerns(), facts.concerns())
                && (rule.urgency().isEmpty() || rule.urgency().contains(facts.urgency()))
                && (rule.riskLevel().isEmpty() || rule.riskLevel().contains(facts.riskLevel()))
                && meets(rule.places(), facts.places())
                && ageFits(rule, facts.age())
                && timeFits(rule.from(), rule.to(), facts.time());
    }

    private static boolean meets(Set<String> wanted, Set<String> present) {
        if (wanted.isEmpty()) {
            return true;
        }
        for (String one : present) {
            if (wanted.contains(one)) {
                return true;
            }
        }
        return false;
    }

    /** An unknown age fits only a rule that does not ask for one. */
    private static boolean ageFits(Rule rule, int age) {
        boolean asks = rule.youngest() > 0 || rule.oldest() < Integer.MAX_VALUE;
        return !asks || age >= rule.youngest() && age <= rule.oldest();
    }

    private static boolean timeFits(@Nullable LocalTime from, @Nullable LocalTime to, LocalTime time) {
        if (from == null || to == null) {
            return true;
        }
        boolean overnight = !from.isBefore(to);
        return overnight ? !time.isBefore(from) || time.isBefore(to) : !time.isBefore(from) && time.isBefore(to);
    }

    private Facts facts(JsonNode body, Instant at) {
        JsonNode child = body.path("child");
        JsonNode address = child.path("address");
        if (place(address) == null) {
            address = body.path("placement").path("address");
        }
        Set<String> places = new HashSet<>();
        for (String level : LEVELS) {
            if (address.hasNonNull(level)) {
                places.add(address.path(level).asText());
            }
        }
        var local = at.atZone(zone);
        return new Facts(
                texts(body.path("concerns")),
                body.path("urgency").asText(),
                body.path("riskLevel").asText(),
                place(address),
                places,
                age(child, local.toLocalDate()),
                local.toLocalTime());
    }

    private static final List<String> LEVELS = List.of("subdistrict", "district", "state");

    private static @Nullable String place(JsonNode address) {
        for (String level : LEVELS) {
            if (address.hasNonNull(level)) {
                return address.path(level).asText();
            }
        }
        return null;
    }

    /** In whole years; -1 when nobody knows. A date that is not whole counts from its first day. */
    private static int age(JsonNode child, LocalDate today) {
        String birth = child.path("birthDate").asText("");
        try {
            LocalDate born =
                    switch (birth.length()) {
                        case 4 -> LocalDate.of(Integer.parseInt(birth), 1, 1);
                        case 7 -> LocalDate.parse(birth + "-01");
                        case 10 -> LocalDate.parse(birth);
                        default -> null;
                    };
            if (born != null) {
                return Period.between(born, today).getYears();
            }
        } catch (DateTimeException | NumberFormatException e) {
            // The checks before have passed it; for the rules it is as good as no date.
        }
        return child.path("ageEstimate").asInt(-1);
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new HashSet<>();
        list.forEach(entry -> texts.add(entry.asText()));
        return texts;
    }

    private static Rule rule(JsonNode node) {
        JsonNode when = node.path("when");
        List<Seat> seats = new ArrayList<>();
        for (JsonNode seat : node.path("choose")) {
            List<AgencyKind> kinds = new ArrayList<>();
            if (seat.isTextual()) {
                kinds.add(AgencyKind.valueOf(seat.asText()));
            } else {
                seat.path("firstOf").forEach(kind -> kinds.add(AgencyKind.valueOf(kind.asText())));
            }
            seats.add(new Seat(List.copyOf(kinds)));
        }
        JsonNode time = when.path("time");
        return new Rule(
                node.path("id").asText(),
                texts(when.path("concerns")),
                texts(when.path("urgency")),
                texts(when.path("riskLevel")),
                texts(when.path("places")),
                when.path("age").path("from").asInt(0),
                when.path("age").path("to").asInt(Integer.MAX_VALUE),
                time.isMissingNode() ? null : LocalTime.parse(time.path("from").asText()),
                time.isMissingNode() ? null : LocalTime.parse(time.path("to").asText()),
                List.copyOf(seats));
    }
}
