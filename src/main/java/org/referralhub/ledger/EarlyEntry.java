package org.referralhub.ledger;

import java.sql.SQLException;
import java.util.Set;
import org.referralhub.message.LedgerKind;

/** The time of a message that came too early is up: it is decided on what is known now. */
final class EarlyEntry implements LedgerEntry {
    private final FollowUp followUp;
    private final Obligations obligations;

    EarlyEntry(FollowUp followUp, Obligations obligations) {
        this.followUp = followUp;
        this.obligations = obligations;
    }

    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.EARLY);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        Batch batch = (Batch) transaction;
        EarlyMessages.Early early = batch.early().find(Arrival.key(input));
        if (early == null) {
            return;
        }
        if (early.decidedBy() == null) {
            followUp.timeUp(early.input(), input.token(), batch);
        } else {
            // Nothing, unless this very announcement comes again.
            for (String key : batch.early().decidedWith(input.token())) {
                obligations.emitAgain(batch, key);
            }
        }
    }
}
