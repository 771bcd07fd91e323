package org.referralhub.disclosure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.referralhub.message.FieldSet;

/**
 * A message cut down to what one recipient may see.
 *
 * @param canonical a new canonical message; the one it was made from is unchanged
 * @param basis on what basis it is disclosed, one of the codes in {@link Disclosure}; recorded with the delivery
 * @param shown which fields are disclosed; recorded with the delivery
 */
public record Projection(ObjectNode canonical, String basis, FieldSet shown) {

    /** The basis only: the message is personal. */
    @Override
    public String toString() {
        return "Projection[basis=" + basis + "]";
    }
}
