package org.referralhub.courier;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import org.referralhub.ledger.AuditChain;
import org.referralhub.ledger.LedgerEntry;
import org.referralhub.ledger.LedgerInput;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;

/** Somebody has paused an agency or resumed it: one row and one link of the audit chain, however often the order comes. */
final class PauseEntry implements LedgerEntry {
    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.PAUSE, LedgerKind.RESUME);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        String stamp = input.property(Headers.STAMP);
        String actor = input.property(Headers.SENDER);
        String agency = input.property(Headers.RECIPIENT);
        if (stamp == null || actor == null || agency == null) {
            throw new IllegalArgumentException("an order to pause without its actor, its agency or its stamp");
        }
        PreparedStatement known = transaction.statement("select 1 from agency_pause where stamp = ?");
        known.setString(1, stamp);
        try (ResultSet rows = known.executeQuery()) {
            if (rows.next()) {
                return;
            }
        }
        String reason = new String(input.body(), StandardCharsets.UTF_8);
        boolean paused = input.kind() == LedgerKind.PAUSE;
        PreparedStatement insert =
                transaction.statement("insert into agency_pause (number, stamp, agency, paused, actor, reason, at)"
                        + " select coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ? from agency_pause");
        insert.setString(1, stamp);
        insert.setString(2, agency);
        insert.setInt(3, paused ? 1 : 0);
        insert.setString(4, actor);
        insert.setString(5, reason);
        insert.setLong(6, transaction.now().toEpochMilli());
        insert.executeUpdate();
        AuditChain.append(transaction, actor, paused ? "pause" : "resume", agency, reason);
    }
}
