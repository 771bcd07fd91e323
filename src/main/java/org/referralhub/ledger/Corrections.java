package org.referralhub.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Headers;
import org.referralhub.message.MessageType;

/**
 * A message that its sender has mended takes the place of the letter that the faulty one became: in the transaction that
 * accepts it, so that never both go out. It is recognised by its sender and its id, or by naming the faulty one in
 * {@code correlationId}.
 */
final class Corrections {
    /** As the index {@code letter_key} has it. */
    private static final String WAITS = "state in ('OPEN', 'REPLAYED', 'DISCARDED') and message_key is not null";

    private static final String ANY = "select 1 from letter where " + WAITS + " limit 1";
    private static final String FIND = "select id from letter where message_key = ? and " + WAITS;
    /** What has been decided otherwise meanwhile does not go on. */
    private static final Set<String> OVER = Set.of("SUPERSEDED", "DISCARDED", "RETURNED", "WITHDRAWN");

    private final LedgerTransaction transaction;
    /** Whether there are such letters at all, which mostly there are not; null before it was asked. */
    private @Nullable Boolean any;

    Corrections(LedgerTransaction transaction) {
        this.transaction = transaction;
    }

    /** The arrival was accepted: closes the letters it takes the place of. */
    void accepted(Arrival arrival) throws SQLException {
        if (!any()) {
            return;
        }
        supersede(arrival.key(), arrival);
        String named = arrival.envelope().correlationId();
        if (named != null && arrival.envelope().messageType() == MessageType.REQUEST) {
            supersede(StoredMessage.key(arrival.sender(), named), arrival);
        }
    }

    private boolean any() throws SQLException {
        Boolean known = any;
        if (known == null) {
            try (ResultSet rows = transaction.statement(ANY).executeQuery()) {
                known = rows.next();
            }
            any = known;
        }
        return known;
    }

    private void supersede(String key, Arrival arrival) throws SQLException {
        PreparedStatement select = transaction.statement(FIND);
        select.setString(1, key);
        // Several, when the sender has got it wrong more than once.
        List<String> letters = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                letters.add(rows.getString(1));
            }
        }
        // One that the desk sent again does not take its own place.
        letters.remove(arrival.input().property(Headers.REPLAY_OF));
        for (String letter : letters) {
            DeskNote.tell(transaction, "supersede", letter, arrival.stamp());
        }
    }

    /** Whether the desk sent this again, and meanwhile something else has taken its place: then it must not go on. */
    boolean isOver(LedgerInput input) throws SQLException {
        String letter = input.property(Headers.REPLAY_OF);
        if (letter == null) {
            return false;
        }
        transaction.flush();
        PreparedStatement select = transaction.statement("select state from letter where id = ?");
        select.setString(1, letter);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() && OVER.contains(rows.getString(1));
        }
    }
}
