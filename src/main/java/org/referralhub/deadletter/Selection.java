package org.referralhub.deadletter;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Urgency;

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
    private static final Set<String> FILTERS = Set.of(
            "state",
            "cause",
            "group",
            "agency",
            "sender",
            "recipient",
            "dialect",
            "stage",
            "urgency",
            "failure",
            "referral",
            "since",
            "until",
            "due-before",
            "owner",
            "q");

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
        Map<String, String> given = search == null ? Map.of() : search;
        if (!FILTERS.containsAll(given.keySet())) {
            throw new IllegalArgumentException("there is no such filter");
        }
        String urgency = given.get("urgency");
        return new DeskFilter(
                LetterState.valueOf(given.getOrDefault("state", LetterState.OPEN.name())),
                given.get("cause"),
                given.get("group"),
                given.get("agency"),
                given.get("sender"),
                given.get("recipient"),
                given.get("dialect"),
                given.get("stage"),
                urgency == null ? null : Urgency.valueOf(urgency),
                given.get("failure"),
                given.get("referral"),
                moment(given.get("since")),
                moment(given.get("until")),
                moment(given.get("due-before")),
                given.get("owner"),
                given.get("q"));
    }

    private static @Nullable Instant moment(@Nullable String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not a moment with offset", e);
        }
    }
}
