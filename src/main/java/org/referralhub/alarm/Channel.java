package org.referralhub.alarm;

/** A way to operators. */
interface Channel {
    /** As metrics and logs name it. */
    String name();

    /** Tells it from the other channels, also after a restart: what waits for it is kept under this. */
    default String address() {
        return name();
    }

    /**
     * Sends the notice, or throws; it is tried again then.
     *
     * @throws Exception whatever the way fails with
     */
    void send(Notice notice) throws Exception;
}
