package org.referralhub.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    /** Counts the rows, and compares them with the queues and with the messages they should follow from. */
    public BooksView books() {
        try (Connection connection = readers.getConnection()) {
            long pending = pending();
            long onTheWay = depth.applyAsLong(Queues.DELIVERY);
            List<Account> accounts = accounts(connection);
            Account total = total(accounts);
            long accepted = count(connection, "select count(*) from message where status = 'accepted'");
            long refused = count(connection, "select count(*) from message where status = 'refused'");
            long letters = count(connection, "select count(*) from letter where state = 'OPEN'");
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
            unanswered(connection, faults);
            deskWithoutLetter(connection, faults);
            boolean quiet = pending == 0 && pending() == 0 && depth.applyAsLong(Queues.DELIVERY) == onTheWay;
            if (quiet && total.waiting() != onTheWay) {
                faults.add("%d deliveries are waiting, but %d messages are on %s"
                        .formatted(total.waiting(), onTheWay, Queues.DELIVERY));
            }
            return new BooksView(total, accounts, accepted, refused, letters, List.copyOf(faults));
        } catch (SQLException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /** What the ledger has still to hear of; while there is any, rows and queues may differ for good reason. */
    private long pending() {
        return depth.applyAsLong(Queues.LEDGER) + depth.applyAsLong(Queues.DEAD_LETTER);
    }

    private static List<Account> accounts(Connection connection) throws SQLException {
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "select recipient, state, count(*) from delivery group by recipient, state");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                counts.computeIfAbsent(rows.getString(1), agency -> new HashMap<>())
                        .put(rows.getString(2), rows.getLong(3));
            }
        }
        List<Account> accounts = new ArrayList<>();
        counts.forEach((agency, states) -> accounts.add(new Account(
                agency,
                states.values().stream().mapToLong(Long::longValue).sum(),
                states.getOrDefault(DeliveryState.DELIVERED.name(), 0L),
                states.getOrDefault(DeliveryState.WAITING.name(), 0L),
                states.getOrDefault(DeliveryState.DESK.name(), 0L),
                states.getOrDefault(DeliveryState.WITHDRAWN.name(), 0L))));
        return accounts;
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

    /** Every accepted message is owed to somebody besides the receipt for its sender; every message has its receipt. */
    private static void unanswered(Connection connection, List<String> faults) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                        "select m.sender, count(*) from message m where (m.status = 'accepted' and not exists"
                                + " (select 1 from delivery d where d.cause = m.id and d.type <> 'RECEIPT')) or not exists"
                                + " (select 1 from delivery d where d.cause = m.id and d.type = 'RECEIPT')"
                                + " group by m.sender order by m.sender");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                faults.add("%s: %d messages were taken from it that nobody is owed"
                        .formatted(rows.getString(1), rows.getLong(2)));
            }
        }
        try (PreparedStatement select = connection.prepareStatement(
                        "select a.recipient, count(*) from assignment a where not exists (select 1 from delivery d"
                                + " join message m on m.id = d.cause where m.referral_id = a.referral_id"
                                + " and d.recipient = a.recipient and d.type = 'REQUEST')"
                                + " group by a.recipient order by a.recipient");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                faults.add("%s: %d referrals are assigned to it that it is not owed"
                        .formatted(rows.getString(1), rows.getLong(2)));
            }
        }
    }

    /** A delivery is at the desk exactly while an operator can see its letter. */
    private static void deskWithoutLetter(Connection connection, List<String> faults) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                        "select d.recipient, count(*) from delivery d where d.state = 'DESK' and not exists (select 1 from"
                                + " letter l where l.delivery_id = d.id and l.state = 'OPEN')"
                                + " group by d.recipient order by d.recipient");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                faults.add("%s: %d deliveries are at the desk without an open letter"
                        .formatted(rows.getString(1), rows.getLong(2)));
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
