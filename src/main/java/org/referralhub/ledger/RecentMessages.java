package org.referralhub.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** What agencies have sent last, as they sent it, for trying a change of the configuration on it. */
public final class RecentMessages {
    /** So far back it looks for messages of a dialect; a dialect that is rarer than that has none. */
    private static final int REACH = 20_000;

    private static final String SELECT = "select m.sender, m.original, m.arrived_at from"
            + " (select id, dialect, recorded_at from message order by recorded_at desc limit " + REACH + ") recent"
            + " join message m on m.id = recent.id where recent.dialect = ? order by recent.recorded_at desc limit ?";

    private final DataSource readers;

    public RecentMessages(DataSource readers) {
        this.readers = readers;
    }

    /**
     * A message that was accepted.
     *
     * @param original the sender's bytes; as personal as they are
     */
    public record Recent(String sender, byte[] original, Instant arrivedAt) {
        /** Nothing of the message. */
        @Override
        public String toString() {
            return "Recent[" + sender + "]";
        }
    }

    /**
     * The last messages in this dialect, the latest first.
     *
     * @param most how many at most
     * @throws LedgerUnavailableException when the database does not answer
     */
    public List<Recent> of(String dialect, int most) {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setString(1, dialect);
            select.setInt(2, most);
            List<Recent> recent = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    recent.add(new Recent(rows.getString(1), rows.getBytes(2), Instant.ofEpochMilli(rows.getLong(3))));
                }
            }
            return recent;
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }
}
