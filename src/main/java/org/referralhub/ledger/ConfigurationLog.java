package org.referralhub.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.referralhub.message.ConfigurationChange;
import org.referralhub.message.LedgerKind;

/** The record of what was done to the configuration, by all nodes. */
public final class ConfigurationLog {
    private static final String SELECT =
            "select id, at, node, how, actor, outcome, version, previous, faults, reason from configuration_change"
                    + " order by at desc, id limit ?";

    private final Notes notes;
    private final DataSource readers;

    ConfigurationLog(Notes notes, DataSource readers) {
        this.notes = notes;
        this.readers = readers;
    }

    /** On the broker's disk when this returns; while the broker does not answer, it is kept in the data folder and brought again. */
    public void note(ConfigurationChange change) {
        notes.bringOrWait(new Notes.Note(LedgerKind.CONFIGURATION, change.id(), null, change.toBytes()));
    }

    /**
     * What was done, the latest first.
     *
     * @param most how many at most
     * @throws LedgerUnavailableException when the database does not answer
     */
    public List<ConfigurationChange> last(int most) {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setInt(1, most);
            List<ConfigurationChange> changes = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    changes.add(new ConfigurationChange(
                            row.getString(1),
                            row.getLong(2),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getString(6),
                            row.getString(7),
                            row.getString(8),
                            row.getInt(9),
                            row.getString(10)));
                }
            }
            return changes;
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }
}
