package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.recipient.Choice;

/**
 * What the ledger goes by, all of one version of the configuration. A batch is decided by one of them from its first message to
 * its last.
 *
 * @param version of the configuration, for the record
 * @param recipients who gets a REQUEST that arrived at this moment
 * @param views what a recipient may see of it
 * @param agencies who takes part
 * @param responseTimes how soon a referral must be answered
 * @param ladder who is asked next when one is not
 */
public record Rulebook(
        String version,
        BiFunction<JsonNode, Instant, List<Choice>> recipients,
        Views views,
        AgencyRegistry agencies,
        ResponseTimes responseTimes,
        Ladder ladder) {}
