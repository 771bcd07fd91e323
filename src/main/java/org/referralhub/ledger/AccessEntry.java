package org.referralhub.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;

/** Somebody looked for something personal: one row of the audit chain, however often the note comes. */
final class AccessEntry implements LedgerEntry {
    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.ACCESS);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        String subject = input.property(Headers.STAMP);
        String actor = input.property(Headers.SENDER);
        if (subject == null || actor == null) {
            throw new IllegalArgumentException("a note of access without its actor or its stamp");
        }
        PreparedStatement select = transaction.statement("select 1 from audit where subject = ?");
        select.setString(1, subject);
        try (ResultSet known = select.executeQuery()) {
            if (known.next()) {
                return;
            }
        }
        AuditChain.append(transaction, actor, new String(input.body(), StandardCharsets.UTF_8), subject);
    }
}
