package org.referralhub.ledger;

import java.sql.SQLException;
import java.util.Set;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Notice;

/** Delivery has put messages into inboxes. */
final class DeliveredEntry implements LedgerEntry {
    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.DELIVERED);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        for (Notice notice : Notice.of(input.body())) {
            ((Batch) transaction).settle(notice);
            if (notice.letter() != null) {
                DeskNote.tell(transaction, "resolve", notice.letter(), input.token());
            }
        }
    }
}
