package org.referralhub.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
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
     * @param faults what does not agree, in words with ids and counts only
     */
    public record BooksView(
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

    private static final String SQLITE = "SQLite";
    /** Deliveries that have not left because the one before them has not arrived. */
    private static final String HELD = "select count(*) from delivery d join delivery e on e.id = d.held_by"
            + " where d.held_by is not null and d.state = 'WAITING' and " + Order.KEEPS_BACK;

    private final DataSource readers;
    private final ToLongFunction<String> depth;

    /**
     * @param readers connections to the ledger's database
     * @param depth number of messages on a queue, those being worked on included
     */
    public Books(DataSource readers, ToLongFunction<String> depth) {
        this.readers = readers;
        this.depth = depth;
    }

    /**
     * Reads the accounts, and compares them with the queues and the desk. Costs as much as there are agencies, however many
     * messages there are.
     */
    public BooksView books() {
        return books(false);
    }

    /**
     * As {@link #books()}, and counts every row again: the accounts with what they stand for, each message with what must
     * follow from it. Costs a few seconds for each million messages.
     */
    public BooksView verify() {
        return books(true);
    }

    private BooksView books(boolean rows) {
        try (Connection connection = readers.getConnection()) {
            // One moment for all that is read: the ledger goes on writing meanwhile.
            connection.setAutoCommit(false);
            if (!SQLITE.equals(connection.getMetaData().getDatabaseProductName())) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            }
            try {
                return books(connection, rows);
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    private BooksView books(Connection connection, boolean rows) throws SQLException {
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
        if (rows) {
            recount(connection, accounts, faults);
            unanswered(connection, faults);
        }
        boolean quiet = pending == 0 && pending() == 0 && depth.applyAsLong(Queues.DELIVERY) == onTheWay;
        long waiting = total.waiting() - count(connection, HELD);
        if (quiet && waiting != onTheWay) {
            faults.add("%d deliveries are waiting, but %d messages are on %s"
                    .formatted(waiting, onTheWay, Queues.DELIVERY));
        }
        return new BooksView(total, accounts, accepted, refused, letters, List.copyOf(faults));
    }

    /** What the ledger has still to hear of; while there is any, rows and queues may differ for good reason. */
    private long pending() {
        return depth.applyAsLong(Queues.LEDGER) + depth.applyAsLong(Queues.DEAD_LETTER);
    }

    /** Compares the accounts with the rows they stand for. */
    private static void recount(Connection connection, List<Account> accounts, List<String> faults)
            throws SQLException {
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "select recipient, state, count(*) from delivery group by recipient, state");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                counts.computeIfAbsent(rows.getString(1), agency -> new HashMap<>())
                        .put(rows.getString(2), rows.getLong(3));
            }
        }
        Map<String, Account> posted = new HashMap<>();
        accounts.forEach(account -> posted.put(account.agency(), account));
        Set<String> agencies = new TreeSet<>(posted.keySet());
        agencies.addAll(counts.keySet());
        for (String agency : agencies) {
            Map<String, Long> states = counts.getOrDefault(agency, Map.of());
            Account counted = new Account(
                    agency,
                    states.values().stream().mapToLong(Long::longValue).sum(),
                    states.getOrDefault(DeliveryState.DELIVERED.name(), 0L),
                    states.getOrDefault(DeliveryState.WAITING.name(), 0L),
                    states.getOrDefault(DeliveryState.DESK.name(), 0L),
                    states.getOrDefault(DeliveryState.WITHDRAWN.name(), 0L));
            Account booked = posted.getOrDefault(agency, new Account(agency, 0, 0, 0, 0, 0));
            if (!booked.equals(counted)) {
                faults.add("%s: its account says %s, its deliveries say %s"
                        .formatted(agency, figures(booked), figures(counted)));
            }
        }
    }

    private static String figures(Account account) {
        return "owed %d, delivered %d, waiting %d, desk %d, withdrawn %d"
                .formatted(account.owed(), account.delivered(), account.waiting(), account.desk(), account.withdrawn());
    }

    private static Account total(List<Account> accounts) {
        Account total = new Account("*", 0, 0, 0, 0, 0);
        for (Account account : accounts) {
            total = new Account(
                    "*",
                    total.owed() + account.owed(),
                    total.delivered() + account.delivered(),
                    total.waiting() + account.waiting(),
                    total.desk() + account.desk(),
                    total.withdrawn() + account.withdrawn());
        }
        return total;
    }

    /**
     * Every accepted message is owed to somebody besides the receipt for its sender; only an amendment may change nobody's
     * view, and one that calls a referral off may find nobody who knows of it. Every message has its receipt.
     */
    private static void unanswered(Connection connection, List<String> faults) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                        "select m.sender, count(*) from message m where (m.status = 'accepted' and m.type not in ('AMEND', 'RECALL',"
                                + " 'VOID') and not exists"
                                + " (select 1 from delivery d where " + Delivery.OF_MESSAGE
                                + " and d.type <> 'RECEIPT')) or not exists (select 1 from delivery d where "
                                + Delivery.OF_MESSAGE + " and d.type = 'RECEIPT')"
                                + " group by m.sender order by m.sender");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                faults.add("%s: %d messages were taken from it that nobody is owed"
                        .formatted(rows.getString(1), rows.getLong(2)));
            }
        }
        // The cross join keeps SQLite from beginning with the deliveries, of which there are most.
        try (PreparedStatement select = connection.prepareStatement(
                        "select a.recipient, count(*) from assignment a where not exists (select 1 from message m"
                                + " cross join delivery d where " + Delivery.OF_MESSAGE
                                + " and m.referral_id = a.referral_id and d.recipient = a.recipient"
                                + " and d.type = 'REQUEST') group by a.recipient order by a.recipient");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                faults.add("%s: %d referrals are assigned to it that it is not owed"
                        .formatted(rows.getString(1), rows.getLong(2)));
            }
        }
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
