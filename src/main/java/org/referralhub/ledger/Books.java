package org.referralhub.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Queues;

/**
 * Whether everything that was accepted is accounted for: owed = delivered + waiting + at the desk + withdrawn, and the same
 * seen from outside the tables.
 */
public final class Books {

    /**
     * Deliveries owed to one agency and where they are.
     *
     * @param agency the agency, or {@code *} for the total
     */
    public record Account(String agency, long owed, long delivered, long waiting, long desk, long withdrawn) {
        /** True when the sum is right. */
        public boolean balanced() {
            return owed == delivered + waiting + desk + withdrawn;
        }
    }

    /**
     * The books at one moment.
     *
     * @param acceptedMessages messages accepted from agencies
     * @param refusedMessages messages refused after they were taken in
     * @param openLetters letters at the desk, deliveries and messages that never came to be one
     * @param since first hour with an entry; null when nothing was ever taken in
     * @param faults what does not agree, in words with ids and counts only
     */
    public record BooksView(
            @Nullable Instant since,
            Account total,
            List<Account> byAgency,
            long acceptedMessages,
            long refusedMessages,
            long openLetters,
            List<String> faults) {
        /** True when nothing disagrees. */
        public boolean balanced() {
            return faults.isEmpty();
        }
    }

    /**
     * What one hour took in, and what became of it by now.
     *
     * @param hour its beginning
     * @param acceptedMessages messages accepted from the agency in this hour
     * @param refusedMessages messages of it that were refused after they were taken in
     * @param account what became owed to it in this hour, and where that is now
     */
    public record Hour(Instant hour, long acceptedMessages, long refusedMessages, Account account) {}

    private static final String ALL = "*";
    private static final String SQLITE = "SQLite";
    /** Deliveries that have not left because the one before them has not arrived. */
    static final String HELD = "select count(*) from delivery d join delivery e on e.id = d.held_by"
            + " where d.held_by is not null and d.state = 'WAITING' and " + Order.KEEPS_BACK;

    private static final String DIFFERENCES = "select agency, "
            + Accounts.COLUMN_NAMES.stream()
                    .map(name ->
                            "sum(case when entry = 0 then %1$s else 0 end), sum(case when entry = 1 then %1$s else 0 end)"
                                    .formatted(name))
                    .collect(Collectors.joining(", "))
            + " from (select 0 as entry, agency, " + String.join(", ", Accounts.COLUMN_NAMES)
            + " from account union all select 1, agency, " + String.join(", ", Accounts.COLUMN_NAMES)
            + " from account_hour) booked group by agency order by agency";

    private final DataSource readers;
    private final DataSource longReaders;
    private final ToLongFunction<String> depth;
    private final Lock verifying = new ReentrantLock();

    /**
     * @param readers connections to the ledger's database
     * @param depth number of messages on a queue, those being worked on included
     */
    public Books(DataSource readers, ToLongFunction<String> depth) {
        this(readers, readers, depth);
    }

    /** @param longReaders connections for what takes long */
    public Books(DataSource readers, DataSource longReaders, ToLongFunction<String> depth) {
        this.readers = readers;
        this.longReaders = longReaders;
        this.depth = depth;
    }

    /**
     * Reads the accounts, and compares them with the queues and the desk. Costs as much as there are agencies, however many
     * messages there are.
     */
    public BooksView books() {
        return read(readers, this::books);
    }

    /** As {@link #verify(Instant, Instant)}, for all hours. */
    public BooksView verify() {
        return verify(null, null);
    }

    /**
     * As {@link #books()}, and looks at every row of these hours again: each entry with the rows it stands for, each message
     * with its digests and what must follow from it. Without an end the accounts are held against the sums of all entries,
     * too.
     *
     * @param from the hour to begin with; null for the first
     * @param to the hour to end before; null for no end
     * @throws BusyException while another one verifies
     */
    public BooksView verify(@Nullable Instant from, @Nullable Instant to) {
        if (!verifying.tryLock()) {
            throw new BusyException();
        }
        try {
            return verified(from, to);
        } finally {
            verifying.unlock();
        }
    }

    private BooksView verified(@Nullable Instant from, @Nullable Instant to) {
        return read(longReaders, connection -> {
            BooksView view = books(connection);
            List<String> faults = new ArrayList<>(view.faults());
            if (to == null) {
                sums(connection, faults);
            }
            new Verification(
                            connection,
                            from == null ? 0 : Accounts.hour(from.toEpochMilli()),
                            to == null ? Long.MAX_VALUE : Accounts.hour(to.toEpochMilli()),
                            faults)
                    .run();
            return new BooksView(
                    view.since(),
                    view.total(),
                    view.byAgency(),
                    view.acceptedMessages(),
                    view.refusedMessages(),
                    view.openLetters(),
                    List.copyOf(faults));
        });
    }

    /**
     * The entries of these hours in order, one for each hour and agency.
     *
     * @param agency the only one wanted; null for the totals of each hour, {@code *} as their agency
     * @param to the first hour that is not wanted
     */
    public List<Hour> hours(@Nullable String agency, Instant from, Instant to) {
        return read(readers, connection -> hours(connection, agency, from, to));
    }

    private static List<Hour> hours(Connection connection, @Nullable String agency, Instant from, Instant to)
            throws SQLException {
        List<Hour> hours = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement("select hour, sum(accepted), sum(refused), sum(owed), sum(delivered),"
                        + " sum(waiting), sum(desk), sum(withdrawn) from account_hour where hour >= ? and hour < ?"
                        + (agency == null ? "" : " and agency = ?")
                        + " group by hour order by hour")) {
            select.setLong(1, Accounts.hour(from.toEpochMilli()));
            select.setLong(2, to.toEpochMilli());
            if (agency != null) {
                select.setString(3, agency);
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    hours.add(new Hour(
                            Instant.ofEpochMilli(row.getLong(1)),
                            row.getLong(2),
                            row.getLong(3),
                            new Account(
                                    agency == null ? ALL : agency,
                                    row.getLong(4),
                                    row.getLong(5),
                                    row.getLong(6),
                                    row.getLong(7),
                                    row.getLong(8))));
                }
            }
        }
        return hours;
    }

    /** Something that is read from the ledger. */
    private interface Reading<T> {
        T read(Connection connection) throws SQLException;
    }

    private static <T> T read(DataSource source, Reading<T> reading) {
        try (Connection connection = source.getConnection()) {
            // One moment for all that is read: the ledger goes on writing meanwhile.
            connection.setAutoCommit(false);
            if (!SQLITE.equals(connection.getMetaData().getDatabaseProductName())) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            }
            try {
                return reading.read(connection);
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    private BooksView books(Connection connection) throws SQLException {
        long pending = pending();
        long onTheWay = depth.applyAsLong(Queues.DELIVERY);
        List<Account> accounts = new ArrayList<>();
        long accepted = 0;
        long refused = 0;
        try (PreparedStatement select = connection.prepareStatement(
                        "select agency, owed, delivered, waiting, desk, withdrawn, accepted, refused from account"
                                + " order by agency");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                accounts.add(new Account(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6)));
                accepted += row.getLong(7);
                refused += row.getLong(8);
            }
        }
        Account total = total(accounts);
        List<String> faults = new ArrayList<>();
        for (Account account : accounts) {
            if (!account.balanced()) {
                faults.add("%s: owed %d, but delivered, waiting, desk and withdrawn are %d"
                        .formatted(
                                account.agency(),
                                account.owed(),
                                account.delivered() + account.waiting() + account.desk() + account.withdrawn()));
            }
        }
        long letters = count(connection, "select count(*) from letter where state = 'OPEN'");
        deskWithoutLetter(connection, accounts, faults);
        boolean quiet = pending == 0 && pending() == 0 && depth.applyAsLong(Queues.DELIVERY) == onTheWay;
        long waiting = total.waiting() - count(connection, HELD);
        if (quiet && waiting != onTheWay) {
            faults.add("%d deliveries are waiting, but %d messages are on %s"
                    .formatted(waiting, onTheWay, Queues.DELIVERY));
        }
        long since = count(connection, "select coalesce(min(hour), -1) from account_hour");
        return new BooksView(
                since < 0 ? null : Instant.ofEpochMilli(since),
                total,
                accounts,
                accepted,
                refused,
                letters,
                List.copyOf(faults));
    }

    /** What the ledger has still to hear of; while there is any, rows and queues may differ for good reason. */
    private long pending() {
        return depth.applyAsLong(Queues.LEDGER) + depth.applyAsLong(Queues.DEAD_LETTER);
    }

    /** Compares the accounts with the entries they are the sums of. */
    private static void sums(Connection connection, List<String> faults) throws SQLException {
        int found = 0;
        try (PreparedStatement select = connection.prepareStatement(DIFFERENCES);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                StringJoiner differences = new StringJoiner("; ");
                for (int column = 0; column < Accounts.COLUMN_NAMES.size(); column++) {
                    long account = row.getLong(2 + 2 * column);
                    long entries = row.getLong(3 + 2 * column);
                    if (account != entries) {
                        differences.add("%s %d, but its hours add up to %d"
                                .formatted(Accounts.COLUMN_NAMES.get(column), account, entries));
                    }
                }
                if (differences.length() > 0 && found++ < Verification.NAMED) {
                    faults.add("%s: its account says %s".formatted(row.getString(1), differences));
                }
            }
        }
        Verification.more(found, faults);
    }

    private static Account total(List<Account> accounts) {
        Account total = new Account(ALL, 0, 0, 0, 0, 0);
        for (Account account : accounts) {
            total = new Account(
                    ALL,
                    total.owed() + account.owed(),
                    total.delivered() + account.delivered(),
                    total.waiting() + account.waiting(),
                    total.desk() + account.desk(),
                    total.withdrawn() + account.withdrawn());
        }
        return total;
    }

    /** A delivery is at the desk only while an operator can see its letter. */
    private static void deskWithoutLetter(Connection connection, List<Account> accounts, List<String> faults)
            throws SQLException {
        Map<String, Long> letters = new HashMap<>();
        try (PreparedStatement select =
                        connection.prepareStatement("select recipient, count(*) from letter where state = 'OPEN'"
                                + " and delivery_id is not null group by recipient");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                letters.put(String.valueOf(rows.getString(1)), rows.getLong(2));
            }
        }
        for (Account account : accounts) {
            long missing = account.desk() - letters.getOrDefault(account.agency(), 0L);
            if (missing > 0) {
                faults.add("%s: %d deliveries are at the desk without an open letter"
                        .formatted(account.agency(), missing));
            }
        }
    }

    private static long count(Connection connection, String sql) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
