package org.referralhub.counts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Places;
import org.referralhub.ledger.BusyException;
import org.referralhub.ledger.LedgerUnavailableException;

/**
 * Counts referrals for the authority: how many were opened in some months, and what has become of them by now. A referral that
 * was sent in error is not counted. Reads the ledger month by month and holds nobody up.
 */
public final class Counts {
    /** Referrals that must stand behind a figure unless the settings say otherwise. */
    public static final int ENOUGH = 5;
    /** Dimensions of one table at most. */
    public static final int MOST_DIMENSIONS = 3;
    /** Months of one table at most. */
    public static final int MOST_MONTHS = 120;

    /** Months are those of the capital. */
    static final ZoneId ZONE = ZoneId.of("Asia/Ulaanbaatar");

    private static final int FETCH = 1000;
    private static final int REJECTED = 1;
    private static final int TRANSFERRED = 2;
    private static final int COMPLETED = 4;

    /** One row for each agency that was asked, those of one referral together. */
    private static final String ASSIGNMENTS = "select r.id, r.place, r.concerns, r.urgency, r.sender, a.recipient,"
            + " a.predecessor, a.state, min(case when p.state = 'requested' then p.at end),"
            + " min(case when p.state in ('received', 'accepted', 'rejected') then p.at end),"
            + " min(case when p.state = 'accepted' then p.at end),"
            + " max(case when p.state = 'rejected' then 1 else 0 end)"
            + " + max(case when p.state = 'transferred' then 2 else 0 end)"
            + " + max(case when p.state = 'completed' then 4 else 0 end),"
            + " case when exists (select 1 from clock c where c.opened_at = q.opened_at and c.referral_id = a.referral_id"
            + " and c.agency = a.recipient and c.kind in ('ACKNOWLEDGE', 'ACCEPT') and c.fired_at is not null) then 1 else 0 end"
            + " from posting q join referral r on r.id = q.referral_id join assignment a on a.referral_id = q.referral_id"
            + " join progress p on p.opened_at = q.opened_at and p.referral_id = a.referral_id"
            + " and p.recipient = a.recipient"
            + " where q.term = 'all' and q.opened_at >= ? and q.opened_at < ?"
            + " group by q.opened_at, r.id, a.referral_id, a.recipient order by q.opened_at, r.id, a.recipient";
    /** Why an agency declined stands in its message alone. */
    private static final String REASON = "select canonical from message where referral_id = ? and sender = ?"
            + " and type = 'REJECT' and status = 'accepted' order by recorded_at desc, id limit 1";

    private final DataSource readers;
    private final Supplier<AgencyRegistry> agencies;
    private final Supplier<Places> places;
    private final Supplier<CodeLists> codes;
    private final int enough;
    private final ObjectMapper mapper = new ObjectMapper();
    private final Lock counting = new ReentrantLock();

    /** @param enough referrals that must stand behind a figure, or it is hidden */
    public Counts(
            DataSource readers,
            Supplier<AgencyRegistry> agencies,
            Supplier<Places> places,
            Supplier<CodeLists> codes,
            int enough) {
        this.readers = readers;
        this.agencies = agencies;
        this.places = places;
        this.codes = codes;
        this.enough = enough;
    }

    /** Referrals that must stand behind a figure. */
    public int enough() {
        return enough;
    }

    /**
     * Counts the referrals that were opened in these months. One table at a time.
     *
     * @param to the last month
     * @param by what to tell apart; a soum stands with its aimag, whether that is asked for or not
     * @throws TooFineException when what must be hidden can't be, or there are more figures than are of use
     * @throws BusyException while another table is counted
     * @throws LedgerUnavailableException when the database fails
     */
    public CountTable count(YearMonth from, YearMonth to, List<Dimension> by) {
        if (!counting.tryLock()) {
            throw new BusyException();
        }
        try {
            return counted(from, to, by);
        } finally {
            counting.unlock();
        }
    }

    private CountTable counted(YearMonth from, YearMonth to, List<Dimension> by) {
        Gathering gathering = new Gathering(by, agencies.get(), places.get());
        try (Connection connection = readers.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement assignments = connection.prepareStatement(ASSIGNMENTS);
                    PreparedStatement reason = connection.prepareStatement(REASON)) {
                assignments.setFetchSize(FETCH);
                for (YearMonth month = from; !month.isAfter(to); month = month.plusMonths(1)) {
                    read(month, assignments, reason, gathering);
                    // Lets go of the moment it has read: the ledger goes on writing.
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
        return gathering.table(enough, codes.get());
    }

    private void read(YearMonth month, PreparedStatement assignments, PreparedStatement reason, Gathering gathering)
            throws SQLException {
        gathering.month(month);
        assignments.setLong(1, start(month));
        assignments.setLong(2, start(month.plusMonths(1)));
        try (ResultSet row = assignments.executeQuery()) {
            while (row.next()) {
                String referral = row.getString(1);
                gathering.referral(
                        referral,
                        () -> new Gathering.About(
                                row.getString(2), row.getString(3), row.getString(4), row.getString(5)));
                if ("entered-in-error".equals(row.getString(8))) {
                    continue;
                }
                String recipient = row.getString(6);
                int came = row.getInt(12);
                gathering.assignment(new Gathering.Asked(
                        recipient,
                        row.getString(7) != null,
                        seconds(row, 10),
                        seconds(row, 11),
                        (came & REJECTED) == 0 ? null : reason(reason, referral, recipient),
                        (came & TRANSFERRED) != 0,
                        (came & COMPLETED) != 0,
                        row.getInt(13) != 0));
            }
        }
        gathering.finish();
    }

    private static long start(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZONE).toInstant().toEpochMilli();
    }

    /** Seconds from the request to what this column says; negative when that never came. */
    private static int seconds(ResultSet row, int column) throws SQLException {
        long at = row.getLong(column);
        if (row.wasNull()) {
            return -1;
        }
        // A clock that was set back in between must not look like an answer that never came.
        return (int) Math.max(0, (at - row.getLong(9)) / 1000);
    }

    private String reason(PreparedStatement select, String referral, String recipient) throws SQLException {
        select.setString(1, referral);
        select.setString(2, recipient);
        try (ResultSet rows = select.executeQuery()) {
            String code = rows.next() ? reason(rows.getBytes(1)).orElse(Dimension.UNKNOWN) : Dimension.UNKNOWN;
            // Free text must not become a column of a public table.
            return codes.get().contains("reject_reason", code) ? code : Dimension.UNKNOWN;
        }
    }

    private Optional<String> reason(byte[] canonical) {
        try {
            JsonNode reason = mapper.readTree(canonical).at("/body/reason");
            return reason.isTextual() ? Optional.of(reason.textValue()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The month in which this moment lies. */
    public static YearMonth month(Instant moment) {
        return YearMonth.from(moment.atZone(ZONE));
    }
}
