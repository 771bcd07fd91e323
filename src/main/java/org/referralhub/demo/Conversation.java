package org.referralhub.demo;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.AgencyKind;

/** A referral that invented agencies exchange messages about. */
final class Conversation {
    private final String referralId;
    private final boolean recalled;
    private final Set<String> parties = new HashSet<>();

    /**
     * Begins one.
     *
     * @param referralId what it is about
     * @param sender who refers
     * @param recalled the sender is about to call it off; whoever gets it does no more than acknowledge
     */
    Conversation(String referralId, String sender, boolean recalled) {
        this.referralId = referralId;
        this.recalled = recalled;
        parties.add(sender);
    }

    String referralId() {
        return referralId;
    }

    boolean isRecalled() {
        return recalled;
    }

    /** This agency has been asked. */
    void joined(String agency) {
        parties.add(agency);
    }

    /** A shelter to hand over to: one without a part in the referral so far, for the hub refuses others. It has one now. */
    Optional<String> successor(AgencyRegistry agencies) {
        return agencies.all().stream()
                .filter(agency -> agency.kind() == AgencyKind.SHELTER)
                .map(Agency::id)
                .filter(parties::add)
                .findFirst();
    }
}
