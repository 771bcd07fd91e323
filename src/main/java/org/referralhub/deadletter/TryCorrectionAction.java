package org.referralhub.deadletter;

import java.sql.SQLException;
import java.util.Map;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;

/**
 * Somebody has asked what the checks would say of a correction. That tells something of fields that are masked, so it is noted
 * which, and only a letter that waits for somebody can be asked about.
 */
final class TryCorrectionAction implements DeskAction {
    static final String NAME = "try-correction";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        Letters.Row letter = Letters.find(transaction, order.subject());
        if (letter == null) {
            return DeskOutcome.unknown();
        }
        DeskOutcome refusal = Letters.refusal(order, letter, LetterState.OPEN);
        if (refusal != null) {
            return refusal;
        }
        String fields = order.parameter(CorrectAction.FIELDS);
        return DeskOutcome.done(Map.of(CorrectAction.FIELDS, fields == null ? "" : fields));
    }
}
