package org.referralhub.recipient;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;

/** The rules of {@code config/recipients.yaml}. Immutable and safe to share. */
public final class RecipientRules {
    private final AgencyRegistry registry;

    private RecipientRules(AgencyRegistry registry) {
        this.registry = registry;
    }

    /** Reads the rules; what is wrong with them is added to the faults. */
    public static RecipientRules load(HubHome home, AgencyRegistry registry, Faults faults) {
        return new RecipientRules(registry);
    }

    /**
     * Who gets this REQUEST, in the order of the rules, nobody twice; never the sender, never one the child's consent
     * withholds it from. Never empty, unless no other agency exists at all.
     *
     * @param request a whole canonical message
     * @param at when it arrived; decides the time of day
     */
    public List<Choice> choose(JsonNode request, Instant at) {
        throw new UnsupportedOperationException("" + registry + at);
    }
}
