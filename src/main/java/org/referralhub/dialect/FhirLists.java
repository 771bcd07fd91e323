package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same place in two FHIR documents. Entries of a message, extensions, identifiers and the like stand in any order; what
 * tells them apart is their type, address or system, not their position.
 */
final class FhirLists {
    /** Where an element of a list may say what it is; the first that it has counts. */
    private static final List<String> MARKS =
            List.of("/resource/resourceType", "/url", "/type/coding/0/code", "/coding/0/system", "/system", "/use");

    private FhirLists() {}

    /**
     * A pointer into an exemplar as one into a document. It ends at the list where the document has none of the kind, and at
     * the first list that is not there at all.
     */
    static String inside(JsonNode document, String pointer, JsonNode exemplar) {
        StringBuilder inside = new StringBuilder();
        JsonNode here = document;
        JsonNode there = exemplar;
        for (String segment : pointer.substring(1).split("/", -1)) {
            there = Tree.at(there, "/" + segment);
            if (here.isArray()) {
                int index = index(here, there, Integer.parseInt(segment));
                if (index < 0) {
                    break;
                }
                inside.append('/').append(index);
                here = here.path(index);
            } else {
                inside.append('/').append(segment);
                here = Tree.at(here, "/" + segment);
                if (there.isArray() && !here.isArray()) {
                    break;
                }
            }
        }
        return inside.toString();
    }

    /** The position of the element of the same kind; -1 when there is none. */
    private static int index(JsonNode list, JsonNode wanted, int position) {
        String mark = mark(wanted);
        for (int i = 0; i < list.size() && mark != null; i++) {
            if (mark.equals(mark(list.get(i)))) {
                return i;
            }
        }
        return mark == null && position < list.size() ? position : -1;
    }

    private static @Nullable String mark(JsonNode element) {
        // Of observations a message holds many, each of another kind.
        String kind = element.at("/resource/resourceType").asText().equals("Observation")
                ? element.at("/resource/code/coding/0/code").asText()
                : "";
        for (String mark : MARKS) {
            JsonNode value = element.at(mark);
            if (value.isTextual()) {
                return mark + ' ' + value.textValue() + ' ' + kind;
            }
        }
        return null;
    }
}
