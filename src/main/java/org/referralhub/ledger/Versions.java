package org.referralhub.ledger;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for the versions of the configuration that have handled something, and for the sets of fields that were shown. For the
 * ledger's thread.
 */
final class Versions {
    private static final String[] NOTHING = {};

    private final Numbers editions = new Numbers(
            "select id from edition where version = ?",
            "insert into edition (id, version) select coalesce(max(id), 0) + 1, ? from edition"
                    + " where 1 = 1 on conflict do nothing");
    private final Numbers fieldSets = new Numbers(
            "select id from field_set where name = ?",
            "insert into field_set (id, name, names) select coalesce(max(id), 0) + 1, ?, ? from field_set"
                    + " where 1 = 1 on conflict do nothing");

    /** What was not committed is not known any more. */
    void forget() {
        editions.forget();
        fieldSets.forget();
    }

    /** Sets the parameter to the version's number, or to null where no version is known. */
    void set(PreparedStatement row, int index, @Nullable String version, LedgerTransaction transaction)
            throws SQLException {
        set(row, index, version == null || version.isEmpty() ? null : editions.of(version, NOTHING, transaction));
    }

    /**
     * Sets the parameter to the number of a set of fields, or to null where none is known.
     *
     * @param names the fields themselves; null when whoever told knew that the set has a number
     */
    void setFields(
            PreparedStatement row,
            int index,
            @Nullable String fieldSet,
            @Nullable List<String> names,
            LedgerTransaction transaction)
            throws SQLException {
        String[] more = names == null ? null : new String[] {String.join("\n", names)};
        set(row, index, fieldSet == null ? null : fieldSets.of(fieldSet, more, transaction));
    }

    private static void set(PreparedStatement row, int index, @Nullable Integer number) throws SQLException {
        if (number == null) {
            row.setNull(index, Types.INTEGER);
        } else {
            row.setInt(index, number);
        }
    }
}
