package org.referralhub.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers that stand for texts, so that rows hold a number and not a text. For the ledger's thread. */
final class Numbers {
    private final String find;
    private final String add;
    private final Map<String, Integer> known = new HashMap<>();

    /**
     * @param find gives the number of a text
     * @param add gives a text, with what else belongs to it, the next number; does nothing when it has one
     */
    Numbers(String find, String add) {
        this.find = find;
        this.add = add;
    }

    /** What was not committed is not known any more. */
    void forget() {
        known.clear();
    }

    /**
     * The number of a text.
     *
     * @param more what else is to stand with a text that is new; null when only one that has a number will do
     * @return null when it has none and gets none
     */
    @Nullable
    Integer of(String text, String @Nullable [] more, LedgerTransaction transaction) throws SQLException {
        Integer number = known.get(text);
        if (number != null) {
            return number;
        }
        number = look(text, transaction);
        if (number == null && more != null) {
            PreparedStatement insert = transaction.statement(add);
            insert.setString(1, text);
            for (int i = 0; i < more.length; i++) {
                insert.setString(2 + i, more[i]);
            }
            insert.executeUpdate();
            number = look(text, transaction);
            if (number == null) {
                throw new SQLTransientException("another node took the number", "40001");
            }
        }
        if (number != null) {
            known.put(text, number);
        }
        return number;
    }

    private @Nullable Integer look(String text, LedgerTransaction transaction) throws SQLException {
        PreparedStatement select = transaction.statement(find);
        select.setString(1, text);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getInt(1) : null;
        }
    }
}
