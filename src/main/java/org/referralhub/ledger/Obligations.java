package org.referralhub.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.MessageType;
import org.referralhub.message.Urgency;

/** What the desk may do with what is owed to agencies. Every method works within the ledger's transaction. */
public final class Obligations {
    private static final String SELECT =
            "select d.id, d.cause, d.content, coalesce(d.body, m.canonical), d.recipient, d.type, d.referral_id,"
                    + " d.message_id, d.urgency from delivery d left join message m on m.id = d.content where ";

    private final Receipts receipts;

    /** Without state of its own. */
    public Obligations() {
        this(new Receipts(new ObjectMapper()));
    }

    Obligations(Receipts receipts) {
        this.receipts = receipts;
    }

    /**
     * The delivery is now the operators' to deal with.
     *
     * @param fromInbox the agency had it and gave it back, so that having been delivered doesn't count
     */
    public void toDesk(LedgerTransaction transaction, String deliveryId, boolean fromInbox) throws SQLException {
        transaction.flush();
        Accounts.Entry entry = Accounts.find(transaction, deliveryId);
        if (entry == null
                || entry.state() != DeliveryState.WAITING && !(fromInbox && entry.state() == DeliveryState.DELIVERED)) {
            return;
        }
        move(
                transaction,
                deliveryId,
                entry,
                DeliveryState.DESK,
                transaction.now().toEpochMilli());
    }

    private static boolean move(
            LedgerTransaction transaction,
            String deliveryId,
            Accounts.Entry entry,
            DeliveryState to,
            @Nullable Long settledAt)
            throws SQLException {
        PreparedStatement update =
                transaction.statement("update delivery set state = ?, settled_at = ? where id = ? and state = ?");
        update.setString(1, to.name());
        if (settledAt == null) {
            update.setNull(2, Types.BIGINT);
        } else {
            update.setLong(2, settledAt);
        }
        update.setString(3, deliveryId);
        update.setString(4, entry.state().name());
        if (update.executeUpdate() == 0) {
            return false;
        }
        ((Batch) transaction).accounts().moved(entry.recipient(), entry.state(), to);
        return true;
    }

    /**
     * The delivery goes on its way again, from the canonical message.
     *
     * @param letter the letter that it is sent again from
     * @return what to emit; empty when it is not at the desk, for example delivered by now
     */
    public Optional<Emission> again(LedgerTransaction transaction, String deliveryId, String letter)
            throws SQLException {
        transaction.flush();
        Accounts.Entry entry = Accounts.find(transaction, deliveryId);
        return entry != null
                        && entry.state() == DeliveryState.DESK
                        && move(transaction, deliveryId, entry, DeliveryState.WAITING, null)
                ? waiting(transaction, deliveryId, letter)
                : Optional.empty();
    }

    /** What to emit for this delivery while it is on its way. */
    public Optional<Emission> waiting(LedgerTransaction transaction, String deliveryId, @Nullable String letter)
            throws SQLException {
        transaction.flush();
        PreparedStatement select = transaction.statement(SELECT + "d.id = ? and d.state = 'WAITING'");
        select.setString(1, deliveryId);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? Optional.of(read(rows).emission(letter)) : Optional.empty();
        }
    }

    /** Emits again what followed from this cause and is still on its way. */
    void emitAgain(LedgerTransaction transaction, String cause) throws SQLException {
        transaction.flush();
        PreparedStatement select = transaction.statement(SELECT
                + "d.id between ? and ? and d.cause = ? and d.state = 'WAITING'" + " order by d.created_at, d.id");
        select.setString(1, Delivery.first(cause));
        select.setString(2, Delivery.last(cause));
        select.setString(3, cause);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                transaction.emit(read(rows).emission(null));
            }
        }
    }

    /** The receipt that was sent because of this cause; null when there was none. */
    @Nullable
    Delivery receipt(LedgerTransaction transaction, String cause, String sender) throws SQLException {
        transaction.flush();
        PreparedStatement select = transaction.statement(SELECT + "d.id = ?");
        select.setString(1, Receipts.deliveryId(cause, sender));
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? read(rows) : null;
        }
    }

    /**
     * Tells the sender that its message was refused before the ledger saw it. Doing it again for the same letter emits the
     * same receipt until it is delivered.
     *
     * @param letter the letter that keeps the message
     * @param messageId of the refused message; null when it could not be read
     * @param report the findings as a JSON array; may be empty
     */
    public void refuse(
            LedgerTransaction transaction,
            String letter,
            String sender,
            @Nullable String messageId,
            @Nullable String referralId,
            Urgency urgency,
            byte[] report)
            throws SQLException {
        if (receipt(transaction, letter, sender) != null) {
            emitAgain(transaction, letter);
            return;
        }
        Receipts.About about = new Receipts.About(letter, sender, messageId, referralId, urgency);
        ((Batch) transaction)
                .owe(receipts.receipt(
                        about,
                        letter,
                        Receipts.Status.REFUSED,
                        false,
                        List.of(),
                        report,
                        List.of(),
                        transaction.now()));
    }

    private static Delivery read(ResultSet row) throws SQLException {
        return new Delivery(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getBytes(4),
                row.getString(5),
                MessageType.valueOf(row.getString(6)),
                row.getString(7),
                row.getString(8),
                Urgency.valueOf(row.getString(9)));
    }
}
