package org.referralhub.ledger;

import java.sql.SQLException;
import java.util.Set;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;

/** Delivery has put a message into an inbox. */
final class DeliveredEntry implements LedgerEntry {
    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.DELIVERED);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        String delivery = input.property(Headers.DELIVERY_ID);
        if (delivery == null) {
            throw new IllegalArgumentException("a notice of delivery without a delivery");
        }
        ((Batch) transaction)
                .settle(
                        delivery,
                        input.property(Headers.RECIPIENT),
                        input.property(Headers.BASIS),
                        Integer.parseInt(input.property(Headers.ATTEMPTS, "1")));
    }
}
