package org.referralhub.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What somebody has ordered at the desk.
 *
 * @param stamp the order's own; the same again is a redelivery after a crash
 * @param actor who gave it; {@code hub} for the hub itself
 * @param action name of the {@link DeskAction}
 * @param subject id of a letter, fingerprint of a group, or id of a run
 * @param expected the revision that the actor saw; null when it need not be that one
 * @param reason in the actor's words, without anything personal; may be empty
 * @param parameters the whole order as it came, for what only one action needs
 */
public record DeskOrder(
        String stamp,
        String actor,
        String action,
        String subject,
        @Nullable Integer expected,
        String reason,
        JsonNode parameters) {
    /** Names of what every order has. */
    static final String ACTION = "action";

    static final String SUBJECT = "subject";
    static final String EXPECTED = "expected";
    static final String REASON = "reason";

    /** A parameter's text; null when it is not there. */
    public @Nullable String parameter(String name) {
        JsonNode value = parameters.path(name);
        return value.isValueNode() && !value.isNull() ? value.asText() : null;
    }
}
