package org.referralhub.recipient;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.Place;
import org.referralhub.configuration.Places;
import org.referralhub.configuration.YamlFile;
import org.referralhub.message.AgencyKind;

/** What of {@code config/recipients.yaml} only shows together with the offices, the places and the code lists. */
public final class RuleCheck {
    private static final String FILE = "recipients";
    /** More places than these are counted and not named. */
    private static final int NAMED = 3;

    private final HubHome home;
    private final AgencyRegistry agencies;
    private final Places places;
    private final CodeLists codeLists;

    public RuleCheck(HubHome home, AgencyRegistry agencies, Places places, CodeLists codeLists) {
        this.home = home;
        this.agencies = agencies;
        this.places = places;
        this.codeLists = codeLists;
    }

    /** Adds a fault for each code that no list has, and each rule that adds nobody. */
    public void rules(Faults faults) {
        Located file = read();
        if (!file.isSound()) {
            return; // told when it was read
        }
        JsonNode rules = file.tree().path("rules");
        for (int i = 0; i < rules.size(); i++) {
            String when = "/rules/" + i + "/when/";
            codes(file, when + "concerns", "concern", faults);
            codes(file, when + "riskLevel", "risk_level", faults);
            codes(file, when + "urgency", "urgency", faults);
            shadowed(file, rules, i, faults);
        }
    }

    /**
     * Adds a fault for each seat that no office fills anywhere, and for what leaves a case alone. Only for people who ask: the
     * first offices of a hub can't serve every rule, and it must start and take them all the same.
     */
    public void offices(Faults faults) {
        Located file = read();
        // Before the first office there is nobody to whom a rule could lead.
        if (file.isSound() && agencies.all().stream().anyMatch(agency -> !agency.exercise())) {
            for (int i = 0; i < file.tree().path("rules").size(); i++) {
                seats(file, "/rules/" + i + "/choose", faults);
            }
            alone(file, faults);
        }
    }

    private Located read() {
        return YamlFile.read(home, home.config().resolve(FILE + ".yaml"), new Faults());
    }

    private void codes(Located file, String pointer, String list, Faults faults) {
        JsonNode codes = file.tree().at(pointer);
        for (int i = 0; i < codes.size(); i++) {
            if (!codeLists.contains(list, codes.get(i).asText())) {
                faults.add(file.fault(
                        pointer + "/" + i,
                        "the list %s of config/code-lists.json has no %s, so no message can say it"
                                .formatted(list, codes.get(i).asText()),
                        "Add it to the list with its labels, or take it out here"));
            }
        }
    }

    /** The same conditions and the same choice twice: the second adds nobody. */
    private static void shadowed(Located file, JsonNode rules, int index, Faults faults) {
        for (int i = 0; i < index; i++) {
            if (rules.get(i).path("when").equals(rules.get(index).path("when"))
                    && rules.get(i).path("choose").equals(rules.get(index).path("choose"))) {
                faults.add(file.fault(
                        "/rules/" + index,
                        "this rule never adds anybody: %s asks the same and chooses the same"
                                .formatted(rules.get(i).path("id").asText()),
                        "Remove one of the two"));
                return;
            }
        }
    }

    private void seats(Located file, String pointer, Faults faults) {
        JsonNode seats = file.tree().at(pointer);
        for (int i = 0; i < seats.size(); i++) {
            List<AgencyKind> kinds = kinds(seats.get(i));
            if (agencies.all().stream().noneMatch(agency -> !agency.exercise() && kinds.contains(agency.kind()))) {
                faults.add(file.fault(
                        pointer + "/" + i,
                        "no office anywhere is " + names(kinds) + ", so this chooses nobody",
                        "Add such an office (./hub new agency), or another kind that can do it: firstOf"));
            }
        }
    }

    /** Places for which even {@code otherwise} finds nobody: a child there would get whichever office comes first. */
    private void alone(Located file, Faults faults) {
        List<List<AgencyKind>> seats = new ArrayList<>();
        file.tree().at("/otherwise/choose").forEach(seat -> seats.add(kinds(seat)));
        Set<String> parents = places.all().stream()
                .map(Place::parent)
                .filter(parent -> parent != null)
                .collect(Collectors.toSet());
        List<String> alone = places.all().stream()
                .map(Place::code)
                .filter(code -> !parents.contains(code))
                .filter(code -> seats.stream().allMatch(seat -> seat.stream()
                        .allMatch(kind -> agencies.offices(kind, code).isEmpty())))
                .sorted()
                .toList();
        if (!alone.isEmpty()) {
            faults.add(file.fault(
                    "/otherwise/choose",
                    "in %d places (%s%s) this finds no office, and a child there would get whichever comes first"
                            .formatted(
                                    alone.size(),
                                    String.join(", ", alone.subList(0, Math.min(NAMED, alone.size()))),
                                    alone.size() > NAMED ? ", …" : ""),
                    "Let an office of one of these kinds serve the whole country: serves: [\"*\"]"));
        }
    }

    private static List<AgencyKind> kinds(JsonNode seat) {
        List<AgencyKind> kinds = new ArrayList<>();
        if (seat.isTextual()) {
            kinds.add(AgencyKind.valueOf(seat.asText()));
        } else {
            seat.path("firstOf").forEach(kind -> kinds.add(AgencyKind.valueOf(kind.asText())));
        }
        return kinds;
    }

    private static String names(List<AgencyKind> kinds) {
        return kinds.stream().map(AgencyKind::name).collect(Collectors.joining(" or "));
    }
}
