package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;
import org.referralhub.agency.Agency;
import org.referralhub.message.Withheld;

/**
 * What an agency may see of a message: to tell it of an amendment only when that changes what it sees, and to tell the sender
 * what it is not shown.
 */
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

    /**
     * What each of its recipients is not shown of a message.
     *
     * @param message a canonical message; not to be changed
     */
    default Function<Agency, Withheld> withheld(ObjectNode message) {
        return agency -> Withheld.NOTHING;
    }
}
