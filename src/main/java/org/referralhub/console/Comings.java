package org.referralhub.console;

import org.referralhub.api.Caller;
import org.referralhub.ledger.AccessLog;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/** Who came in and who went, for the audit. Programs come in with every call; what they do says enough of them. */
@Component
class Comings {
    private final AccessLog audit;

    Comings(AccessLog audit) {
        this.audit = audit;
    }

    @EventListener
    void in(InteractiveAuthenticationSuccessEvent event) {
        note(event.getAuthentication(), "sign-in");
    }

    @EventListener
    void out(LogoutSuccessEvent event) {
        note(event.getAuthentication(), "sign-out");
    }

    private void note(Authentication known, String action) {
        Caller caller = Visit.caller(known);
        if (caller != null) {
            // Nobody waits for it: when the broker is away, somebody must come in and look why.
            audit.noteLater(caller.id(), action);
        }
    }
}
