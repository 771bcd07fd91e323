package org.referralhub.agency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;
import org.referralhub.validation.Findings;
import org.referralhub.validation.RegisterNumber;

/** Who must not learn of a referral, as the consent lists them: agencies, kinds of agency, and people in words. */
public final class WithholdList {
    private static final String LIST = "withholdFrom";
    /** Where a REQUEST has its consent, and an AMEND. */
    private static final List<String> CONSENT = List.of("/body/consent", "/body/changes/consent");

    private final List<String> entries;

    private WithholdList(List<String> entries) {
        this.entries = entries;
    }

    /** @param consent of a canonical message; without a list, or missing, it names nobody */
    public static WithholdList of(JsonNode consent) {
        List<String> entries = new ArrayList<>();
        consent.path(LIST).forEach(entry -> entries.add(plain(entry.asText())));
        return new WithholdList(entries);
    }

    /** Whether an entry is the agency's id, one of its names, or the code of its kind, however it is spelt. */
    public boolean names(Agency agency) {
        return !entries.isEmpty() && spellings(agency).anyMatch(entries::contains);
    }

    /**
     * Tells of each entry that names no agency and no kind: a person, perhaps, or an agency by a name that the hub does not
     * know, from which it then withholds nothing.
     */
    public static List<Finding> unrecognised(JsonNode canonical, AgencyRegistry agencies) {
        List<Finding> findings = new ArrayList<>();
        for (String consent : CONSENT) {
            List<String> entries = of(canonical.at(consent)).entries;
            for (int i = 0; i < entries.size(); i++) {
                if (!agencies.isSpelt(entries.get(i))) {
                    findings.add(Findings.of(
                            Severity.INFORMATION, "consent.nobody-of-this-name", consent + "/" + LIST + "/" + i));
                }
            }
        }
        return findings;
    }

    /**
     * Puts the id of each agency that an entry gives by its name at the end of the list that is kept: a new name must not let
     * the agency see what was kept from it.
     *
     * @param consent of a canonical message; changed
     * @return whether any was added
     */
    public static boolean addIds(JsonNode consent, AgencyRegistry agencies) {
        if (!(consent.path(LIST) instanceof ArrayNode list)) {
            return false;
        }
        List<String> entries = of(consent).entries;
        int given = list.size();
        agencies.all().stream()
                .filter(agency -> !entries.contains(plain(agency.id())))
                .filter(agency -> plain(agency.name()).anyMatch(entries::contains))
                .forEach(agency -> list.add(agency.id()));
        return list.size() > given;
    }

    static Stream<String> spellings(Agency agency) {
        return Stream.concat(
                plain(agency.name()),
                Stream.of(agency.id(), agency.kind().name()).map(WithholdList::plain));
    }

    private static Stream<String> plain(Text name) {
        return Stream.of(name.mn(), name.en())
                .map(WithholdList::plain)
                // An entry without a letter names nobody.
                .filter(spelling -> !spelling.isEmpty());
    }

    /**
     * Letters and digits only, alike in case and in script: nobody is told of a child because of a capital letter, a stray
     * blank, a hyphen or a Cyrillic letter that looks like a Latin one. Only for comparing.
     */
    static String plain(String written) {
        return RegisterNumber.fold(written)
                .codePoints()
                .filter(Character::isLetterOrDigit)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
