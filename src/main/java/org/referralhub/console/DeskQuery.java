package org.referralhub.console;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.DeskFilter;
import org.referralhub.deadletter.LetterState;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Which letters a reader wants to see, as the form of the desk says it. Empty means any; what does not exist is taken for none,
 * and a moment without offset is one of the console's zone.
 *
 * @param given filters by name, without those that say nothing
 */
public record DeskQuery(Map<String, String> given) {
    public DeskQuery {
        given = Collections.unmodifiableMap(new LinkedHashMap<>(given));
    }

    /** From the parameters of an address or a form; others are left out. */
    static DeskQuery of(Map<String, String> parameters) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String name : DeskFilter.NAMES) {
            String value = withOffset(parameters.getOrDefault(name, "").strip());
            if (!value.isEmpty() && isFilter(name, value)) {
                given.put(name, value);
            }
        }
        return new DeskQuery(given);
    }

    private static boolean isFilter(String name, String value) {
        try {
            return DeskFilter.of(Map.of(name, value)) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String withOffset(String value) {
        try {
            return LocalDateTime.parse(value)
                    .atZone(Times.ZONE)
                    .toOffsetDateTime()
                    .toString();
        } catch (DateTimeException e) {
            return value;
        }
    }

    DeskFilter filter() {
        return DeskFilter.of(given);
    }

    /** What the form shows of this filter; null when it is not set. */
    public @Nullable String of(String name) {
        return given.get(name);
    }

    /** A moment as the form takes it. */
    public @Nullable String local(String name) {
        String value = given.get(name);
        return value == null
                ? null
                : OffsetDateTime.parse(value)
                        .atZoneSameInstant(Times.ZONE)
                        .toLocalDateTime()
                        .toString();
    }

    /** What the form shows as chosen. */
    public String shownState() {
        LetterState chosen = filter().state();
        return chosen == null ? "ANY" : chosen.name();
    }

    /** True when only a part of the open letters is wanted. */
    public boolean narrows() {
        return given.keySet().stream().anyMatch(name -> !name.equals("state"))
                || !shownState().equals("OPEN");
    }

    /** True when a filter beyond state and text is set, so that the form unfolds. */
    public boolean unfolds() {
        return given.keySet().stream().anyMatch(name -> !name.equals("state") && !name.equals("q"));
    }

    /** The same list from another place on; {@code after} null is its beginning. */
    public String address(@Nullable String after) {
        UriComponentsBuilder address = UriComponentsBuilder.fromPath("/desk");
        Map<String, Object> values = new LinkedHashMap<>(given);
        if (after != null) {
            values.put("after", after);
        }
        values.keySet().forEach(name -> address.queryParam(name, "{" + name + "}"));
        return address.encode().buildAndExpand(values).toUriString();
    }
}
