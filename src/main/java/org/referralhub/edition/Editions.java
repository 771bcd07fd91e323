package org.referralhub.edition;

/** The one place where it stands which edition runs. Asking costs a read of memory; who has asked keeps what it was given. */
public final class Editions {
    private volatile Edition current;

    /** @param first runs from the start */
    public Editions(Edition first) {
        this.current = first;
    }

    /** The edition for what begins now. */
    public Edition current() {
        return current;
    }

    /** From now on this one is for what begins; what has begun is ended with the one it began with. */
    void swap(Edition next) {
        current = next;
    }
}
