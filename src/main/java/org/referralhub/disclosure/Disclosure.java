package org.referralhub.disclosure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.referralhub.message.AgencyKind;

/** What each kind of agency may see, as {@code config/disclosure.csv} says. */
public final class Disclosure {
    /** Basis: the recipient's kind needs it for its task; nothing conditional was disclosed. */
    public static final String NEED_TO_KNOW = "need-to-know";
    /** Basis: consent to disclosure is recorded, and conditional fields were disclosed on it. */
    public static final String CONSENT = "consent";
    /** Basis: consent was overridden with a recorded reason, and conditional fields were disclosed on that. */
    public static final String OVERRIDE = "override";
    /** Basis: a legal obligation is recorded, and conditional fields were disclosed to a court on it. */
    public static final String LEGAL_BASIS = "legal-basis";
    /** Basis: the recipient is on the withhold-from list and got identifiers and state only. */
    public static final String WITHHELD = "withheld";

    private Disclosure() {}

    /**
     * Cuts a message down to what a recipient may see. The message is not changed.
     *
     * @param canonical a message that has passed the canonical schema
     * @param kind the recipient's kind
     * @param recipient the recipient's id, held against the withhold-from list
     */
    public Projection project(ObjectNode canonical, AgencyKind kind, String recipient) {
        throw new UnsupportedOperationException("not yet built");
    }
}
