package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.referralhub.message.Finding;

/**
 * Who may not learn of a report, and who wants to stay unknown. Where a message says so in a way that can't be read, it must
 * not be sent as though it had said nothing, however urgent it is.
 */
final class Guards {
    /** What only the sender can say: who is told and who is not, on what basis, and whether the reporter stays unknown. */
    private static final List<String> SENDERS_ALONE = List.of(
            "/recipient",
            "/body/consent",
            "/body/legalBasis",
            "/body/reporter/anonymous",
            "/body/to",
            "/body/redirectTo",
            "/body/changes/consent",
            "/body/changes/legalBasis",
            "/body/changes/reporter/anonymous");

    private static final List<String> FIELDS = List.of("/body/consent/withholdFrom", "/body/reporter/anonymous");

    /** Names that nobody knows; one of them may be meant to be a guard's. */
    private static final Set<String> UNKNOWN_NAMES =
            Set.of("schema.additional-property", "xsd.unexpected", "fhir.unknown-element");
    /** What such an extension says can't be known, and it may be the list. */
    private static final Set<String> STRANGE_EXTENSIONS = Set.of("fhir.unknown-extension", "fhir.repeated-extension");

    private static final int SHORTEST_NAME = 6;
    private static final int SLIPS = 2;

    private Guards() {}

    /**
     * True when what a message says of this may be other than what was read of it.
     *
     * @param canonical the message as it was mapped
     * @param onCanonical findings with pointers into the canonical message
     * @param document the sender's document
     * @param onDocument findings with pointers into the sender's document
     * @param home where the document has, or would have, a canonical field
     */
    static boolean unreadable(
            JsonNode canonical,
            List<Finding> onCanonical,
            JsonNode document,
            List<Finding> onDocument,
            Function<String, Optional<String>> home) {
        for (String field : FIELDS) {
            if (touches(onCanonical, field, canonical, true)) {
                return true;
            }
            String there = home.apply(field).orElse("");
            boolean given = !Tree.at(canonical, field).isMissingNode();
            // of a field that is not there the home may be a list that holds much else
            boolean own = given || !Tree.at(document, there).isArray();
            if (!there.isEmpty() && touches(onDocument, there, document, own)) {
                return true;
            }
        }
        return false;
    }

    /** True when both messages say the same of all that only their sender can say. */
    static boolean saySame(JsonNode one, JsonNode other) {
        return SENDERS_ALONE.stream().allMatch(field -> Tree.at(one, field).equals(Tree.at(other, field)));
    }

    /** @param own false when the guard's place is only something that may hold it */
    private static boolean touches(List<Finding> findings, String guard, JsonNode tree, boolean own) {
        return findings.stream().filter(Finding::refuses).anyMatch(finding -> {
            String pointer = finding.pointer();
            return pointer.equals(guard)
                    || (own && Tree.isWithin(pointer, guard))
                    || (!pointer.isEmpty() && Tree.isWithin(guard, pointer) && holdsNothing(Tree.at(tree, pointer)))
                    || (UNKNOWN_NAMES.contains(finding.code()) && resembles(name(pointer), name(guard)))
                    || (STRANGE_EXTENSIONS.contains(finding.code())
                            && Tree.isWithin(guard, Tree.parent(Tree.parent(pointer))));
        });
    }

    /** True for something other than the object or list that it should be, so that nothing in it could be read. */
    private static boolean holdsNothing(JsonNode node) {
        return node.isValueNode() && !node.isNull();
    }

    /** The last name of a pointer, its letters only. */
    private static String name(String pointer) {
        String named = pointer.replaceAll("(/[0-9]+)+$", "");
        return named.substring(named.lastIndexOf('/') + 1)
                .replaceAll("[^A-Za-z]", "")
                .toLowerCase(Locale.ROOT);
    }

    private static boolean resembles(String written, String name) {
        if (written.length() >= SHORTEST_NAME && (name.contains(written) || written.contains(name))) {
            return true;
        }
        return Math.abs(written.length() - name.length()) <= SLIPS && distance(written, name) <= SLIPS;
    }

    /** Levenshtein's: how many letters are other, missing or too many. */
    static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
