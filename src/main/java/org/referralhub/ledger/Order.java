package org.referralhub.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.MessageType;

/**
 * Keeps what one agency is told of one referral in order. A message that failed and is tried again comes back behind its
 * neighbours, so the next one leaves only when the notice has come that the one before it is in the inbox. A REQUEST at the
 * desk keeps the rest back, any other letter does not. Receipts wait for nobody, and nobody waits for them.
 */
final class Order {
    /** A delivery {@code e} that keeps back what comes after it. */
    static final String KEEPS_BACK = "(e.state = 'WAITING' or e.state = 'DESK' and e.type = 'REQUEST')";

    private static final int LOOKUP = 16;

    // The cross join keeps SQLite from beginning with the deliveries, of which there are most. The second half finds
    // the hub's
    // own notices, which follow from no message, by an index that holds nothing else.
    private static final String LAST = "select id from (select e.id, e.created_at from message m cross join delivery e"
            + " where m.referral_id = ? and " + Delivery.OF_MESSAGE.replace("d.", "e.")
            + " and e.recipient = ? and e.type <> 'RECEIPT' and " + KEEPS_BACK
            + " union all select e.id, e.created_at from delivery e where e.referral_id = ? and e.recipient = ?"
            + " and e.content is null and e.type <> 'RECEIPT' and " + KEEPS_BACK
            + ") as before order by created_at desc, id limit 1";
    /** What waits for a delivery; the hub's own notices, too, which follow from no message. */
    private static final String BEHIND =
            "select id from delivery where held_by = ? and state = 'WAITING'" + " order by created_at desc, id limit 1";
    /** Changes nothing, but another node that settles it at the same moment comes before or after. */
    private static final String TOUCH = "update delivery set held_by = held_by where id = ? and"
            + " (state = 'WAITING' or state = 'DESK' and type = 'REQUEST')";

    private static final String HELD = Obligations.SELECT + "d.held_by in (?" + ", ?".repeat(LOOKUP - 1)
            + ") and d.state = 'WAITING' and not exists (select 1 from delivery e where e.id = d.held_by and "
            + KEEPS_BACK
            + ") order by d.created_at, d.id";
    private static final String FORGET =
            "update delivery set held_by = null where held_by = ? and state = 'WAITING' and exists"
                    + " (select 1 from delivery e where e.id = ? and e.type <> 'REQUEST')";

    private final LedgerTransaction transaction;
    private final Set<String> released = new HashSet<>();

    Order(LedgerTransaction transaction) {
        this.transaction = transaction;
    }

    /** The delivery that must arrive before this one may leave; null when it may leave now. */
    @Nullable
    String before(Delivery delivery) throws SQLException {
        MessageType type = delivery.type();
        String referral = delivery.referralId();
        // The REQUEST that opens a referral is the first, and most messages are one: no query for them.
        boolean first = type == MessageType.REQUEST && delivery.cause().equals(delivery.content());
        if (referral == null || type == MessageType.RECEIPT || first) {
            return null;
        }
        transaction.flush();
        PreparedStatement select = transaction.statement(LAST);
        select.setString(1, referral);
        select.setString(2, delivery.recipient());
        select.setString(3, referral);
        select.setString(4, delivery.recipient());
        String last;
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return null;
            }
            last = end(rows.getString(1));
        }
        return touch(transaction, last) ? last : null;
    }

    /**
     * Keeps other nodes from settling this delivery, or from putting something behind it, until the commit.
     *
     * @return whether it keeps anything back
     */
    static boolean touch(LedgerTransaction transaction, String delivery) throws SQLException {
        PreparedStatement touch = transaction.statement(TOUCH);
        touch.setString(1, delivery);
        return touch.executeUpdate() > 0;
    }

    /** The last in the row of those that wait for this delivery, or the delivery itself. */
    private String end(String delivery) throws SQLException {
        String end = delivery;
        PreparedStatement select = transaction.statement(BEHIND);
        while (true) {
            select.setString(1, end);
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    return end;
                }
                end = rows.getString(1);
            }
        }
    }

    /** This delivery leaves the desk; what it did not keep back has left before. */
    void again(String delivery) throws SQLException {
        PreparedStatement forget = transaction.statement(FORGET);
        forget.setString(1, delivery);
        forget.setString(2, delivery);
        forget.executeUpdate();
    }

    /**
     * Sends what was kept back by these, which no longer keep it back. The same again when the notice comes again, since only
     * a notice that was not committed does.
     */
    void release(List<String> arrived) throws SQLException {
        Iterator<String> rest = arrived.iterator();
        while (rest.hasNext()) {
            PreparedStatement select = transaction.statement(HELD);
            String last = rest.next();
            for (int i = 1; i <= LOOKUP; i++) {
                select.setString(i, last);
                if (rest.hasNext() && i < LOOKUP) {
                    last = rest.next();
                }
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Delivery delivery = Obligations.read(rows);
                    if (released.add(delivery.id())) {
                        transaction.emit(delivery.emission(null));
                    }
                }
            }
        }
    }
}
