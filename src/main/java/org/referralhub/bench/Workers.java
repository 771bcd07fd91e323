package org.referralhub.bench;

import org.referralhub.ledger.LedgerStage;
import org.springframework.core.env.Environment;

/**
 * How many work at each stage; the hub's own settings, so that all courses have the same hands.
 *
 * @param intake consumers of each dialect's intake
 * @param ledger consumers of the ledger's queue
 * @param batch messages that the ledger takes in one transaction at most
 * @param delivery consumers of the delivery queue
 */
record Workers(int intake, int ledger, int batch, int delivery) {

    static Workers of(Environment settings) {
        return new Workers(
                settings.getRequiredProperty("hub.flow.intake-consumers", Integer.class),
                1,
                LedgerStage.BATCH,
                settings.getRequiredProperty("hub.flow.delivery-consumers", Integer.class));
    }
}
