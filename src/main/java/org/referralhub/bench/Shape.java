package org.referralhub.bench;

import java.util.List;

/**
 * What one referral weighs on each of its hops, so that the bare courses move the same bytes through the same queues.
 *
 * @param parcel bytes from intake to the ledger
 * @param copies one for each recipient, and the receipt for the sender
 */
record Shape(int parcel, List<Copy> copies) {

    /**
     * One message from the ledger to one inbox.
     *
     * @param agency whose inbox
     * @param delivery bytes from the ledger to delivery
     * @param inbox bytes in the inbox
     */
    record Copy(String agency, int delivery, int inbox) {}
}
