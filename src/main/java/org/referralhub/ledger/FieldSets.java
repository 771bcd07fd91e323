package org.referralhub.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** Which sets of fields the ledger has the names of, so that nobody tells it again with every delivery. */
public final class FieldSets {
    private final DataSource readers;
    /** A set stays for ever, so what is known stays known. */
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    public FieldSets(DataSource readers) {
        this.readers = readers;
    }

    /** True when the ledger has its names; false also when it can't be asked, since telling it twice does no harm. */
    public boolean has(String fieldSet) {
        return known.contains(fieldSet) || look(fieldSet);
    }

    private boolean look(String fieldSet) {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement("select 1 from field_set where name = ?")) {
            select.setString(1, fieldSet);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() && known.add(fieldSet);
            }
        } catch (SQLException e) {
            return false;
        }
    }
}
