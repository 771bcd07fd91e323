package org.referralhub.ledger;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import org.referralhub.message.ConfigurationChange;
import org.referralhub.message.LedgerKind;

/** The configuration was changed, or was not: one row of the history and one of the audit chain, however often it is told. */
final class ConfigurationEntry implements LedgerEntry {
    private static final String INSERT =
            "insert into configuration_change (id, at, node, how, actor, outcome, version, previous, faults, reason)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing";

    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.CONFIGURATION);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        ConfigurationChange change = ConfigurationChange.of(input.body());
        PreparedStatement insert = transaction.statement(INSERT);
        insert.setString(1, change.id());
        insert.setLong(2, change.at());
        insert.setString(3, change.node());
        insert.setString(4, change.how());
        insert.setString(5, change.actor());
        insert.setString(6, change.outcome());
        insert.setString(7, change.version());
        insert.setString(8, change.previous());
        insert.setInt(9, change.faults());
        insert.setString(10, change.reason());
        if (insert.executeUpdate() == 1) {
            AuditChain.append(
                    transaction,
                    change.actor(),
                    "configuration-" + (change.forced() ? "forced-" : "")
                            + change.outcome().toLowerCase(Locale.ROOT),
                    change.id(),
                    change.reason());
        }
    }
}
