package org.referralhub.courier;

/** Brings one agency its documents by one way. Used by one thread at a time. */
interface Carrier extends AutoCloseable {
    /**
     * Returns when the agency has taken the document.
     *
     * @throws UndeliveredException when it has not, or nobody knows
     * @throws InterruptedException when the hub stops
     */
    void bring(Document document) throws InterruptedException;

    /** Ends what is open. */
    @Override
    default void close() {
        // Most hold nothing.
    }
}
