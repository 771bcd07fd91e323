package org.referralhub.console;

/** There is nothing at this address. */
public final class NoSuchPageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NoSuchPageException() {
        super("no such page", null, false, false);
    }
}
