package org.referralhub.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What couriers bring again: one line for all that an agency is told of a referral, in the order in which it came into the inbox.
 * Only what has failed or waits behind it stands in a line, so that a document that is taken at once costs one look and no write.
 */
public final class CourierLines {
    private static final String READ =
            "select delivery_id, arrived_at, seen_at from courier_line where agency = ? and referral_id = ?";
    private static final String STAND =
            "insert into courier_line (agency, referral_id, delivery_id, arrived_at, seen_at)"
                    + " values (?, ?, ?, ?, ?) on conflict (agency, referral_id, delivery_id)"
                    + " do update set arrived_at = excluded.arrived_at, seen_at = excluded.seen_at";
    private static final String LEAVE =
            "delete from courier_line where agency = ? and referral_id = ? and delivery_id = ?";

    private final LedgerDatabase database;

    /**
     * One that stands in a line.
     *
     * @param delivery id of the delivery
     * @param arrived when it came into the inbox
     * @param seen when a courier last had it in hand
     */
    public record Place(String delivery, Instant arrived, Instant seen) {
        /** True when it stands before a delivery that came into the inbox then. */
        public boolean isBefore(Instant otherArrived, String otherDelivery) {
            int order = arrived.compareTo(otherArrived);
            return order == 0 ? delivery.compareTo(otherDelivery) < 0 : order < 0;
        }
    }

    public CourierLines(LedgerDatabase database) {
        this.database = database;
    }

    /**
     * The line, in no order; mostly empty.
     *
     * @throws LedgerUnavailableException when the ledger can't be read now
     */
    public List<Place> read(String agency, String referral) {
        try (Connection connection = database.readers().getConnection();
                PreparedStatement select = connection.prepareStatement(READ)) {
            select.setString(1, agency);
            select.setString(2, referral);
            List<Place> line = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    line.add(new Place(
                            rows.getString(1),
                            Instant.ofEpochMilli(rows.getLong(2)),
                            Instant.ofEpochMilli(rows.getLong(3))));
                }
            }
            return line;
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /**
     * Puts the delivery into the line, or notes when it was seen there.
     *
     * @throws LedgerUnavailableException when the ledger can't be written now
     */
    public void stand(String agency, String referral, Place place) {
        try (Connection connection = database.writer();
                PreparedStatement insert = connection.prepareStatement(STAND)) {
            insert.setString(1, agency);
            insert.setString(2, referral);
            insert.setString(3, place.delivery());
            insert.setLong(4, place.arrived().toEpochMilli());
            insert.setLong(5, place.seen().toEpochMilli());
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /**
     * Takes the delivery out of the line.
     *
     * @throws LedgerUnavailableException when the ledger can't be written now
     */
    public void leave(String agency, String referral, String delivery) {
        try (Connection connection = database.writer();
                PreparedStatement delete = connection.prepareStatement(LEAVE)) {
            delete.setString(1, agency);
            delete.setString(2, referral);
            delete.setString(3, delivery);
            delete.executeUpdate();
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }
}
