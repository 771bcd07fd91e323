package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.referralhub.agency.Agency;

/** What an agency may see of a REQUEST, to tell it of an amendment only when that changes. */
@FunctionalInterface
public interface Views {
    /** Everybody is shown everything, and hears of every amendment. */
    Views WHOLE = (request, agency) -> request;

    /**
     * The part of a REQUEST that this agency may see.
     *
     * @param request a canonical REQUEST with its amendments; not to be changed
     */
    JsonNode of(ObjectNode request, Agency agency);
}
