package org.referralhub.alarm;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;
import org.referralhub.ledger.LedgerEntry;
import org.referralhub.ledger.LedgerInput;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;

/** Operators were told something: one row, however often the note of it comes. */
final class AlarmEntry implements LedgerEntry {
    private static final int HEAD = 3;
    private static final int LONGEST = 2000;

    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.ALARM);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        String stamp = input.property(Headers.STAMP);
        String[] body = new String(input.body(), StandardCharsets.UTF_8).split("\n", HEAD + 1);
        if (stamp == null || body.length < HEAD + 1) {
            throw new IllegalArgumentException("a note of an alarm without its stamp or its numbers");
        }
        PreparedStatement insert = transaction.statement("insert into alarm_sent (id, at, all_clear, total, counts)"
                + " values (?, ?, ?, ?, ?) on conflict do nothing");
        insert.setString(1, stamp);
        insert.setLong(2, Long.parseLong(body[0]));
        insert.setInt(3, Integer.parseInt(body[1]));
        insert.setInt(4, Integer.parseInt(body[2]));
        insert.setString(5, body[HEAD].length() > LONGEST ? body[HEAD].substring(0, LONGEST) : body[HEAD]);
        insert.executeUpdate();
    }
}
