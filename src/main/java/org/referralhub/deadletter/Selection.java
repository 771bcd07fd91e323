package org.referralhub.deadletter;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Letters that something is to be done with: exactly one of the three.
 *
 * @param letters ids
 * @param group fingerprint of letters that failed alike; the open ones
 * @param search filters as the list of letters takes them, by name; open ones unless it says another state
 */
@Schema(name = "LetterSelection", description = "Exactly one of the three.")
public record Selection(
        @Nullable List<String> letters,
        @Nullable String group,
        @Nullable Map<String, String> search) {
    public Selection {
        letters = letters == null ? null : List.copyOf(letters);
        search = search == null ? null : Map.copyOf(search);
    }

    /** These letters. */
    public static Selection of(List<String> letters) {
        return new Selection(letters, null, null);
    }

    /** True when it says in one way which letters are meant. */
    boolean isClear() {
        int ways = (letters == null ? 0 : 1) + (group == null ? 0 : 1) + (search == null ? 0 : 1);
        return ways == 1 && (letters == null || !letters.isEmpty()) && (search == null || !search.isEmpty());
    }

    /**
     * The filter that a group or a search is.
     *
     * @throws IllegalArgumentException when the search has a filter that does not exist, or a value that can't be
     */
    DeskFilter filter() {
        if (group != null) {
            return DeskFilter.OPEN.of(group);
        }
        return DeskFilter.of(search == null ? Map.of() : search);
    }
}
