package org.referralhub.cli;

import java.net.URI;

/** No hub answered at the address. */
final class HubUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HubUnreachableException(URI base, Exception cause) {
        super("No hub answers at %s. Start one with ./hub run, or name another with --url.".formatted(base), cause);
    }
}
