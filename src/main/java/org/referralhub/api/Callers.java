package org.referralhub.api;

import java.util.function.Supplier;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;

/** From a caller to what the registry knows. */
final class Callers {
    private final Supplier<AgencyRegistry> agencies;

    Callers(Supplier<AgencyRegistry> agencies) {
        this.agencies = agencies;
    }

    /** The calling agency. */
    Agency agency(Caller caller) {
        return agencies.get().find(caller.id()).orElseThrow(() -> ProblemException.of(Problem.FORBIDDEN, null));
    }
}
