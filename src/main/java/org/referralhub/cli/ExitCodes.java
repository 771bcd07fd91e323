package org.referralhub.cli;

/** What a command tells the shell. */
public final class ExitCodes {
    /** Done. */
    public static final int OK = 0;
    /** The message was refused, or faults were found. */
    public static final int REFUSED = 1;
    /** The command was called in a way it does not know. */
    public static final int USAGE = 2;
    /** No hub answered. */
    public static final int UNREACHABLE = 3;

    private ExitCodes() {}
}
