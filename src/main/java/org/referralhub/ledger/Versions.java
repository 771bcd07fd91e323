package org.referralhub.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers for the versions of the configuration that have handled something. For the ledger's thread. */
final class Versions {
    private static final String FIND = "select id from edition where version = ?";
    private static final String ADD =
            "insert into edition (id, version) select coalesce(max(id), 0) + 1, ? from edition"
                    + " where 1 = 1 on conflict do nothing";

    private final Map<String, Integer> known = new HashMap<>();

    /** What was not committed is not known any more. */
    void forget() {
        known.clear();
    }

    /** Sets the parameter to the version's number, or to null where no version is known. */
    void set(PreparedStatement row, int index, @Nullable String version, LedgerTransaction transaction)
            throws SQLException {
        if (version == null || version.isEmpty()) {
            row.setNull(index, Types.INTEGER);
        } else {
            row.setInt(index, number(version, transaction));
        }
    }

    private int number(String version, LedgerTransaction transaction) throws SQLException {
        Integer number = known.get(version);
        if (number == null) {
            number = find(version, transaction);
            if (number == null) {
                PreparedStatement add = transaction.statement(ADD);
                add.setString(1, version);
                add.executeUpdate();
                number = find(version, transaction);
            }
            if (number == null) {
                throw new SQLTransientException("another node took the number", "40001");
            }
            known.put(version, number);
        }
        return number;
    }

    private static @Nullable Integer find(String version, LedgerTransaction transaction) throws SQLException {
        PreparedStatement select = transaction.statement(FIND);
        select.setString(1, version);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getInt(1) : null;
        }
    }
}
