package org.referralhub.api;

import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;

/** From a caller to what the registry knows. */
final class Callers {
    private final AgencyRegistry agencies;

    Callers(AgencyRegistry agencies) {
        this.agencies = agencies;
    }

    /** The calling agency. */
    Agency agency(Caller caller) {
        return agencies.find(caller.id()).orElseThrow(() -> ProblemException.of(Problem.FORBIDDEN, null));
    }
}
