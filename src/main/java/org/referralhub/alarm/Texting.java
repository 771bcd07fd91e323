package org.referralhub.alarm;

import java.io.IOException;

/** Sends a text message. A bean of this type replaces the one that writes files. */
@FunctionalInterface
public interface Texting {
    /**
     * Sends it.
     *
     * @param number as {@code config/alarms.yaml} has it
     * @param text one line
     * @throws IOException when it could not be handed over; it is tried again then
     */
    void send(String number, String text) throws IOException;
}
