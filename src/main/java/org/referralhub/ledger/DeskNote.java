package org.referralhub.ledger;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;

/** Tells the desk, in the same transaction, what the ledger has learnt about one of its letters. */
final class DeskNote {
    private DeskNote() {}

    /**
     * The desk does so, if the letter's state allows it.
     *
     * @param action as orders name it: {@code withdraw}, {@code resolve}, {@code supersede} or {@code hasten}
     * @param why from which it follows; the same again is the same note
     */
    static void tell(LedgerTransaction transaction, String action, String letter, String why) throws SQLException {
        String order = JsonNodeFactory.instance
                .objectNode()
                .put("action", action)
                .put("subject", letter)
                .toString();
        String stamp = Identifiers.derive("note", action, letter, why);
        transaction.record(new LedgerInput(
                stamp,
                LedgerKind.DESK,
                Map.of(Headers.STAMP, stamp, Headers.SENDER, Receipts.HUB),
                order.getBytes(StandardCharsets.UTF_8)));
    }
}
