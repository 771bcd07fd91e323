package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;

/**
 * Says who looks after a letter or a group, or leaves a note on it. The parameter has the column's name; without it, or when
 * it is blank, the label is taken off.
 */
final class LabelAction implements DeskAction {
    private final String name;
    private final String column;
    private final int longest;
    private final boolean hasState;
    private final String find;
    private final String update;

    /**
     * @param table with {@code revision}, {@code changed_at} and {@code changed_by}
     * @param key its primary key
     * @param longest characters that the column holds
     */
    LabelAction(String name, String table, String key, String column, int longest) {
        this.name = name;
        this.column = column;
        this.longest = longest;
        this.hasState = table.equals("letter");
        this.find = "select revision, changed_at, changed_by" + (hasState ? ", state" : "") + " from " + table
                + " where " + key + " = ?";
        this.update = "update " + table + " set " + column
                + " = ?, revision = revision + 1, changed_at = ?, changed_by = ? where " + key
                + " = ? and revision = ?";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        int revision;
        PreparedStatement select = transaction.statement(find);
        select.setString(1, order.subject());
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return DeskOutcome.unknown();
            }
            revision = rows.getInt(1);
            if (order.expected() != null && order.expected() != revision) {
                return changed(rows);
            }
        }
        PreparedStatement row = transaction.statement(update);
        row.setString(1, Capture.cut(text(order), longest));
        row.setLong(2, transaction.now().toEpochMilli());
        row.setString(3, order.actor());
        row.setString(4, order.subject());
        row.setInt(5, revision);
        Letters.changed(row.executeUpdate());
        return DeskOutcome.done();
    }

    private DeskOutcome changed(ResultSet row) throws SQLException {
        Map<String, String> now = new TreeMap<>();
        now.put("revision", row.getString(1));
        now.put("at", Instant.ofEpochMilli(row.getLong(2)).toString());
        now.put("by", row.getString(3));
        if (hasState) {
            now.put("state", row.getString(4));
        }
        return new DeskOutcome(DeskOutcome.CHANGED, now);
    }

    private @Nullable String text(DeskOrder order) {
        String text = order.parameter(column);
        return text == null || text.isBlank() ? null : text.strip();
    }
}
