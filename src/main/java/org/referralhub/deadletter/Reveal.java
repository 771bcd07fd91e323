package org.referralhub.deadletter;

/** Which masked values a caller may see at this moment. */
@FunctionalInterface
interface Reveal {
    /** Nobody's. */
    Reveal NOTHING = (pointer, needs) -> false;

    /** True when the value at this pointer may be shown. */
    boolean may(String pointer, Field.Needs needs);
}
