package org.referralhub.console;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.DeskFilter;
import org.referralhub.deadletter.LetterState;
import org.referralhub.message.Urgency;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Which letters a reader wants to see, as the form of the desk says it. Empty means any; a state or an urgency that does not
 * exist is taken for none.
 */
public record DeskQuery(
        @Nullable String state,
        @Nullable String q,
        @Nullable String urgency,
        @Nullable String cause,
        @Nullable String stage,
        @Nullable String failure,
        @Nullable String agency,
        @Nullable String sender,
        @Nullable String recipient,
        @Nullable String dialect,
        @Nullable String owner,
        @Nullable String group) {
    private static final String ANY = "ANY";

    DeskFilter filter() {
        return new DeskFilter(
                letterState(),
                given(cause),
                given(group),
                given(agency),
                given(sender),
                given(recipient),
                given(dialect),
                given(stage),
                Arrays.stream(Urgency.values())
                        .filter(known -> known.name().equals(urgency))
                        .findFirst()
                        .orElse(null),
                given(failure),
                null,
                null,
                null,
                null,
                given(owner),
                given(q));
    }

    /** What the form shows as chosen. */
    public String shownState() {
        LetterState chosen = letterState();
        return chosen == null ? ANY : chosen.name();
    }

    private @Nullable LetterState letterState() {
        if (ANY.equals(state)) {
            return null;
        }
        return Arrays.stream(LetterState.values())
                .filter(known -> known.name().equals(state))
                .findFirst()
                .orElse(LetterState.OPEN);
    }

    /** True when only a part of the open letters is wanted. */
    public boolean narrows() {
        return parameters().keySet().stream().anyMatch(name -> !name.equals("state"))
                || letterState() != LetterState.OPEN;
    }

    /** True when a filter beyond state and text is set, so that the form unfolds. */
    public boolean unfolds() {
        return parameters().keySet().stream().anyMatch(name -> !name.equals("state") && !name.equals("q"));
    }

    /** The same list from another place on; {@code after} null is its beginning. */
    public String address(@Nullable String after) {
        UriComponentsBuilder address = UriComponentsBuilder.fromPath("/desk");
        parameters().forEach((name, value) -> address.queryParam(name, "{" + name + "}"));
        if (after != null) {
            address.queryParam("after", "{after}");
        }
        Map<String, Object> values = new LinkedHashMap<>(parameters());
        if (after != null) {
            values.put("after", after);
        }
        return address.encode().buildAndExpand(values).toUriString();
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        put(parameters, "state", state);
        put(parameters, "q", q);
        put(parameters, "urgency", urgency);
        put(parameters, "cause", cause);
        put(parameters, "stage", stage);
        put(parameters, "failure", failure);
        put(parameters, "agency", agency);
        put(parameters, "sender", sender);
        put(parameters, "recipient", recipient);
        put(parameters, "dialect", dialect);
        put(parameters, "owner", owner);
        put(parameters, "group", group);
        return parameters;
    }

    private static void put(Map<String, String> parameters, String name, @Nullable String value) {
        String given = given(value);
        if (given != null) {
            parameters.put(name, given);
        }
    }

    private static @Nullable String given(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }
}
