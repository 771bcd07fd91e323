package org.referralhub.flow;

/** A message was in hand each time the process ended. What it would do now is not tried again. */
public final class ProcessEndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProcessEndedException(int ends) {
        super("in hand at the last " + ends + " ends of the process");
    }
}
