package org.referralhub.api;

import org.springframework.security.core.AuthenticationException;

/** The next try to log in has to wait. */
public final class TooManyFailures extends AuthenticationException {
    private static final long serialVersionUID = 1L;

    private final long seconds;

    TooManyFailures(long seconds) {
        super("too many wrong secrets");
        this.seconds = seconds;
    }

    /** How long. */
    public long seconds() {
        return seconds;
    }
}
