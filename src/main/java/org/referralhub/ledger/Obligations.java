package org.referralhub.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Types;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.Finding;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;
import org.referralhub.message.Severity;
import org.referralhub.message.Urgency;
import org.referralhub.validation.Findings;

/** What the desk may do with what is owed to agencies. Every method works within the ledger's transaction. */
public final class Obligations {
    /** A delivery {@code d} as {@link #read} reads it. */
    static final String SELECT =
            "select d.id, d.cause, d.content, coalesce(d.body, m.canonical), d.recipient, d.type, d.referral_id,"
                    + " d.message_id, d.urgency, d.sending from delivery d left join message m on m.id = d.content where ";

    private static final String OF_REFERRAL = "select d.id from message m cross join delivery d where m.referral_id = ?"
            + " and " + Delivery.OF_MESSAGE + " and d.recipient = ? and ";
    private static final String NOT_GONE = OF_REFERRAL
            + "d.type <> 'RECEIPT' and (d.state = 'DESK' or d.state = 'WAITING' and exists"
            + " (select 1 from delivery e where e.id = d.held_by and " + Order.KEEPS_BACK + "))";
    private static final String TOLD =
            OF_REFERRAL + "d.type = 'REQUEST' and (d.state <> 'WITHDRAWN' or d.basis is not null) limit 1";

    private static final String REQUEST_AT_DESK = OF_REFERRAL + "d.type = 'REQUEST' and d.state = 'DESK' limit 1";
    private static final String REQUEST_NOT_GONE = OF_REFERRAL + "d.type = 'REQUEST' and (d.state = 'DESK' or"
            + " d.state = 'WAITING' and exists (select 1 from delivery e where e.id = d.held_by and "
            + Order.KEEPS_BACK
            + "))";

    private static final String KEPT_BACK = OF_REFERRAL
            + "d.type not in ('REQUEST', 'RECEIPT') and d.state = 'WAITING' and exists"
            + " (select 1 from delivery e where e.id = d.held_by and " + Order.KEEPS_BACK + ")";

    /** What waited for a delivery that was put aside: of the same referral, found by the indexes that its messages have. */
    private static final String SUSPENDED =
            "select d.id from delivery f cross join message m cross join delivery d where f.id = ?"
                    + " and m.referral_id = f.referral_id and " + Delivery.OF_MESSAGE
                    + " and d.held_by = ? and d.state = 'WITHDRAWN'"
                    + " union select d.id from delivery f join delivery d on d.referral_id = f.referral_id"
                    + " and d.recipient = f.recipient and d.content is null and d.type <> 'RECEIPT' where f.id = ?"
                    + " and d.held_by = ? and d.state = 'WITHDRAWN'";

    private final Receipts receipts;
    private final StandingRequest standing;

    /** Without state of its own. */
    public Obligations() {
        this(new ObjectMapper());
    }

    private Obligations(ObjectMapper mapper) {
        // What is owed already is owed to parties, whom an exercise may reach.
        this(new Receipts(mapper), new StandingRequest(mapper, sender -> false));
    }

    Obligations(Receipts receipts, StandingRequest standing) {
        this.receipts = receipts;
        this.standing = standing;
    }

    /**
     * The delivery is now the operators' to deal with.
     *
     * @param fromInbox the agency had it and gave it back, so that having been delivered doesn't count
     * @param sending how often it had left the desk again when this happened
     * @return whether that is what became of it; false when it has left the desk again since, which counts
     */
    public boolean toDesk(LedgerTransaction transaction, String deliveryId, boolean fromInbox, int sending)
            throws SQLException {
        transaction.flush();
        Accounts.Entry entry = Accounts.find(transaction, deliveryId);
        if (entry == null) {
            return true;
        }
        if (sending < entry.sending()) {
            return false;
        }
        if (entry.state() == DeliveryState.WAITING || fromInbox && entry.state() == DeliveryState.DELIVERED) {
            move(
                    transaction,
                    deliveryId,
                    entry,
                    DeliveryState.DESK,
                    transaction.now().toEpochMilli());
        } else if (entry.state() != DeliveryState.DESK) {
            return true;
        }
        ((Batch) transaction).order().release(List.of(deliveryId));
        tellSender(transaction, deliveryId);
        return true;
    }

    /**
     * Tells the author of a message that one of those it is for has not been reached yet: a receipt with the finding
     * {@code delivery.not-reached}, once for each delivery. Nobody is told of the hub's own notices.
     */
    private void tellSender(LedgerTransaction transaction, String deliveryId) throws SQLException {
        String cause = notReached(deliveryId);
        PreparedStatement select = transaction.statement("select m.sender, m.message_id, d.recipient, d.referral_id,"
                + " d.urgency, d.settled_at, (select r.created_at from delivery r where r.id between ? and ?"
                + " and r.cause = ?) from delivery d join message m on m.id = d.cause"
                + " where d.id = ? and d.type <> 'RECEIPT'");
        select.setString(1, Delivery.first(cause));
        select.setString(2, Delivery.last(cause));
        select.setString(3, cause);
        select.setString(4, deliveryId);
        Receipts.About about;
        String recipient;
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return;
            }
            long toldAt = rows.getLong(7);
            if (!rows.wasNull()) {
                // It goes again only with what it was first sent with, when that comes again, and not with a later
                // failure.
                if (toldAt == rows.getLong(6)) {
                    emitAgain(transaction, cause);
                }
                return;
            }
            recipient = rows.getString(3);
            about = new Receipts.About(
                    cause, rows.getString(1), rows.getString(2), rows.getString(4), Urgency.valueOf(rows.getString(5)));
        }
        ((Batch) transaction)
                .owe(receipts.receipt(
                        about,
                        cause,
                        Receipts.Status.ACCEPTED,
                        false,
                        List.of(),
                        new byte[0],
                        List.of(Findings.of(Severity.WARNING, "delivery.not-reached", "", Map.of("agency", recipient))),
                        transaction.now()));
    }

    /** The cause of the receipt that tells its author that this delivery has not reached its recipient. */
    static String notReached(String deliveryId) {
        return Identifiers.derive("not-reached", deliveryId);
    }

    /** @throws SQLTransientException when another node was faster */
    private static void move(
            LedgerTransaction transaction,
            String deliveryId,
            Accounts.Entry entry,
            DeliveryState to,
            @Nullable Long settledAt)
            throws SQLException {
        PreparedStatement update = transaction.statement(
                "update delivery set state = ?, settled_at = ?, held_by = null where id = ? and state = ?");
        update.setString(1, to.name());
        if (settledAt == null) {
            update.setNull(2, Types.BIGINT);
        } else {
            update.setLong(2, settledAt);
        }
        update.setString(3, deliveryId);
        update.setString(4, entry.state().name());
        moved(transaction, update.executeUpdate(), entry, to);
    }

    private static void moved(LedgerTransaction transaction, int rows, Accounts.Entry entry, DeliveryState to)
            throws SQLException {
        if (rows == 0) {
            throw new SQLTransientException("another node moved the delivery", "40001");
        }
        ((Batch) transaction).accounts().moved(entry.recipient(), entry.hour(), entry.state(), to);
    }

    /**
     * The delivery goes on its way again, from the canonical message and as the referral stands now. A REQUEST goes neither to
     * one who must not be told any more nor to one whose part is over: then it is withdrawn.
     *
     * @param letter the letter that it is sent again from
     * @return what to emit; empty when it is not at the desk, for example delivered or withdrawn by now
     */
    public Optional<Emission> again(
            LedgerTransaction transaction, String deliveryId, String letter, AgencyRegistry agencies)
            throws SQLException {
        transaction.flush();
        Accounts.Entry entry = Accounts.find(transaction, deliveryId);
        if (entry == null || entry.state() != DeliveryState.DESK) {
            return Optional.empty();
        }
        Batch batch = (Batch) transaction;
        if (!renew(batch, deliveryId, agencies)) {
            return Optional.empty();
        }
        move(transaction, deliveryId, entry, DeliveryState.WAITING, null);
        PreparedStatement count = transaction.statement("update delivery set sending = sending + 1 where id = ?");
        count.setString(1, deliveryId);
        count.executeUpdate();
        batch.order().again(deliveryId);
        return waiting(transaction, deliveryId, letter);
    }

    /** Brings up to date what leaves late. False when it was called off instead. */
    private boolean renew(Batch batch, String deliveryId, AgencyRegistry agencies) throws SQLException {
        Delivery delivery = find(batch, deliveryId);
        Referral referral = delivery == null ? null : ofReferral(batch, delivery);
        if (delivery == null || referral == null) {
            return true;
        }
        Optional<Leaving> leaving = leaving(batch, delivery, referral, agencies);
        if (leaving.isEmpty()) {
            callOff(batch, referral, delivery.recipient());
            return false;
        }
        if (delivery.type() == MessageType.REQUEST) {
            refresh(batch, referral, delivery.recipient());
        } else if (leaving.get().renewed()) {
            rewrite(batch, deliveryId, leaving.get().canonical(), delivery.urgency());
        }
        return true;
    }

    /**
     * What of a delivery leaves when it goes now.
     *
     * @param renewed whether that is something else than what is kept with the delivery
     */
    record Leaving(byte[] canonical, boolean renewed) {}

    /** Decides, without changing anything, what leaves if this delivery goes now; empty when it must be called off. */
    Optional<Leaving> leaving(Batch batch, Delivery delivery, AgencyRegistry agencies) throws SQLException {
        Referral referral = ofReferral(batch, delivery);
        return referral == null
                ? Optional.of(new Leaving(delivery.body(), false))
                : leaving(batch, delivery, referral, agencies);
    }

    private Optional<Leaving> leaving(Batch batch, Delivery delivery, Referral referral, AgencyRegistry agencies)
            throws SQLException {
        if (delivery.type() != MessageType.REQUEST) {
            Optional<byte[]> now = standing.renew(delivery.body(), referral, batch);
            return Optional.of(now.map(body -> new Leaving(body, true)).orElse(new Leaving(delivery.body(), false)));
        }
        Referral.Assignment part = referral.assignments.get(delivery.recipient());
        if (part == null
                || !part.state.isOpen()
                || !standing.mayBeTold(agencies.find(delivery.recipient()), referral, batch)) {
            return Optional.empty();
        }
        Batch.Standing now = batch.standing(referral);
        return Optional.of(now.amended() ? new Leaving(now.canonical(), true) : new Leaving(delivery.body(), false));
    }

    /** Null for what belongs to no referral, and for receipts, which nothing that comes later changes. */
    private static @Nullable Referral ofReferral(Batch batch, Delivery delivery) throws SQLException {
        String referral = delivery.referralId();
        return referral == null || delivery.type() == MessageType.RECEIPT ? null : batch.referral(referral);
    }

    /** The delivery with this id; null when there is none. */
    static @Nullable Delivery find(LedgerTransaction transaction, String deliveryId) throws SQLException {
        PreparedStatement select = transaction.statement(SELECT + "d.id = ?");
        select.setString(1, deliveryId);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? read(rows) : null;
        }
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

    /**
     * Calls off what this agency has not been told of the referral yet: what is at the desk, or kept back until something
     * else has arrived. What is on its way arrives.
     */
    void withdraw(LedgerTransaction transaction, String referralId, String recipient) throws SQLException {
        Deque<String> rest = new ArrayDeque<>(ids((Batch) transaction, NOT_GONE, referralId, recipient));
        while (!rest.isEmpty()) {
            String delivery = rest.pop();
            Accounts.Entry entry = Accounts.find(transaction, delivery);
            if (entry == null || entry.state() == DeliveryState.WITHDRAWN) {
                continue;
            }
            // The hub's own notices too, which follow from no message: what they wait for does not arrive any more.
            rest.addAll(heldBy(transaction, delivery));
            move(
                    transaction,
                    delivery,
                    entry,
                    DeliveryState.WITHDRAWN,
                    transaction.now().toEpochMilli());
            if (entry.state() == DeliveryState.DESK) {
                closeLetters(transaction, delivery);
            }
        }
    }

    /**
     * What this delivery keeps back; what it kept back once, and does no longer, has left. Another node that puts something
     * more behind it at the same moment comes before, and is seen, or after, and finds it gone.
     */
    private static List<String> heldBy(LedgerTransaction transaction, String delivery) throws SQLException {
        if (!Order.touch(transaction, delivery)) {
            return List.of();
        }
        PreparedStatement select =
                transaction.statement("select id from delivery d where held_by = ? and state = 'WAITING' and exists"
                        + " (select 1 from delivery e where e.id = d.held_by and " + Order.KEEPS_BACK + ")");
        select.setString(1, delivery);
        List<String> held = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                held.add(rows.getString(1));
            }
        }
        return held;
    }

    /** What was called off needs nobody at the desk any more. */
    private static void closeLetters(LedgerTransaction transaction, String delivery) throws SQLException {
        PreparedStatement select =
                transaction.statement("select id, revision from letter where delivery_id = ? and state = 'OPEN'");
        select.setString(1, delivery);
        Map<String, String> letters = new LinkedHashMap<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                letters.put(rows.getString(1), rows.getString(2));
            }
        }
        for (Map.Entry<String, String> letter : letters.entrySet()) {
            // One that comes back and is called off once more is another withdrawal.
            DeskNote.tell(transaction, "withdraw", letter.getKey(), letter.getValue());
        }
    }

    /**
     * Who wrote what is to be delivered.
     *
     * @param messageId as its sender gave it
     */
    public record Author(
            String sender, String messageId, @Nullable String referralId, String recipient) {}

    /** Who is told when the delivery is given back; empty for receipts and the hub's own notices. */
    public Optional<Author> author(LedgerTransaction transaction, String deliveryId) throws SQLException {
        transaction.flush();
        PreparedStatement select = transaction.statement("select m.sender, m.message_id, d.referral_id, d.recipient"
                + " from delivery d join message m on m.id = d.cause where d.id = ? and d.type <> 'RECEIPT'");
        select.setString(1, deliveryId);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? Optional.of(
                            new Author(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)))
                    : Optional.empty();
        }
    }

    /**
     * Tells the sender that an operator gives its message back: a receipt with what was found at which places and the
     * operator's words.
     *
     * @param order the stamp of the operator's order, from which the receipt follows
     * @param recipient who was not reached; null when the message never came so far, which makes it a refusal
     * @param report what was found, as a JSON array; may be empty
     * @param words the operator's own
     */
    public void giveBack(
            LedgerTransaction transaction,
            String order,
            String sender,
            @Nullable String messageId,
            @Nullable String referralId,
            @Nullable String recipient,
            Urgency urgency,
            byte[] report,
            String words)
            throws SQLException {
        String cause = returned(order);
        ((Batch) transaction)
                .owe(receipts.receipt(
                        new Receipts.About(cause, sender, messageId, referralId, urgency),
                        cause,
                        recipient == null ? Receipts.Status.REFUSED : Receipts.Status.ACCEPTED,
                        false,
                        List.of(),
                        report,
                        List.of(
                                recipient == null
                                        ? Findings.of(Severity.ERROR, "desk.returned", "", Map.of("words", words))
                                        : Findings.of(
                                                Severity.WARNING,
                                                "desk.not-delivered",
                                                "",
                                                Map.of("agency", recipient, "words", words))),
                        transaction.now()));
    }

    /** Sends the receipt of {@link #giveBack} again while it is on its way. */
    public void giveBackAgain(LedgerTransaction transaction, String order) throws SQLException {
        emitAgain(transaction, returned(order));
    }

    private static String returned(String order) {
        return Identifiers.derive("returned", order);
    }

    /** Whether nobody waits for this delivery any more. */
    public boolean isCalledOff(LedgerTransaction transaction, String deliveryId) throws SQLException {
        transaction.flush();
        Accounts.Entry entry = Accounts.find(transaction, deliveryId);
        return entry != null && entry.state() == DeliveryState.WITHDRAWN;
    }

    /**
     * An operator has put away what is at the desk, or given it back: it is not owed any more, nor is what waits for it.
     * {@link #takeBack} undoes it.
     */
    public void putAside(LedgerTransaction transaction, String deliveryId) throws SQLException {
        transaction.flush();
        Accounts.Entry entry = Accounts.find(transaction, deliveryId);
        if (entry == null || entry.state() != DeliveryState.DESK) {
            return;
        }
        Deque<String> behind = new ArrayDeque<>(heldBy(transaction, deliveryId));
        move(
                transaction,
                deliveryId,
                entry,
                DeliveryState.WITHDRAWN,
                transaction.now().toEpochMilli());
        while (!behind.isEmpty()) {
            String held = behind.pop();
            behind.addAll(heldBy(transaction, held));
            suspend(transaction, held, DeliveryState.WAITING, DeliveryState.WITHDRAWN);
        }
    }

    /** What was put aside is at the desk again, and what waited for it waits again. */
    public void takeBack(LedgerTransaction transaction, String deliveryId) throws SQLException {
        transaction.flush();
        Accounts.Entry entry = Accounts.find(transaction, deliveryId);
        if (entry == null || entry.state() != DeliveryState.WITHDRAWN) {
            return;
        }
        move(
                transaction,
                deliveryId,
                entry,
                DeliveryState.DESK,
                transaction.now().toEpochMilli());
        Deque<String> behind = new ArrayDeque<>(suspendedBehind(transaction, deliveryId));
        while (!behind.isEmpty()) {
            String held = behind.pop();
            behind.addAll(suspendedBehind(transaction, held));
            suspend(transaction, held, DeliveryState.WITHDRAWN, DeliveryState.WAITING);
        }
    }

    /** Moves a delivery and leaves it noted what it waits for. */
    private static void suspend(LedgerTransaction transaction, String delivery, DeliveryState from, DeliveryState to)
            throws SQLException {
        Accounts.Entry entry = Accounts.find(transaction, delivery);
        if (entry == null || entry.state() != from) {
            return;
        }
        PreparedStatement update =
                transaction.statement("update delivery set state = ?, settled_at = ? where id = ? and state = ?");
        update.setString(1, to.name());
        if (to == DeliveryState.WAITING) {
            update.setNull(2, Types.BIGINT);
        } else {
            update.setLong(2, transaction.now().toEpochMilli());
        }
        update.setString(3, delivery);
        update.setString(4, from.name());
        moved(transaction, update.executeUpdate(), entry, to);
    }

    private static List<String> suspendedBehind(LedgerTransaction transaction, String delivery) throws SQLException {
        PreparedStatement select = transaction.statement(SUSPENDED);
        select.setString(1, delivery);
        select.setString(2, delivery);
        select.setString(3, delivery);
        select.setString(4, delivery);
        List<String> ids = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }

    /**
     * This recipient is not told of the referral any more: what has not left for it is withdrawn, and its part has ended.
     *
     * @return whether it has heard of the referral all the same, having given its REQUEST back; if not, it owes no answer
     */
    boolean callOff(Batch batch, Referral referral, String recipient) throws SQLException {
        withdraw(batch, referral.id, recipient);
        Referral.Assignment assignment = referral.assignments.get(recipient);
        if (assignment != null && assignment.state.isOpen()) {
            referral.changed = true;
            for (Steps.Move move : Steps.calledOff(referral, assignment)) {
                batch.apply(referral, move);
            }
        }
        boolean told = told(batch, referral.id, recipient);
        if (!told) {
            Recalls.moot(referral, recipient, batch);
        }
        return told;
    }

    /** Whether a REQUEST of this referral waits at the desk for somebody to send it to this agency again. */
    boolean isRequestAtDesk(Batch batch, String referralId, String recipient) throws SQLException {
        return !ids(batch, REQUEST_AT_DESK, referralId, recipient).isEmpty();
    }

    /** A REQUEST that has not left yet leaves as it stands now, and as urgently. */
    void refresh(Batch batch, Referral referral, String recipient) throws SQLException {
        Batch.Standing now = batch.standing(referral);
        if (now.amended()) {
            for (String delivery : ids(batch, REQUEST_NOT_GONE, referral.id, recipient)) {
                rewrite(batch, delivery, now.canonical(), referral.facts.urgency());
            }
        }
    }

    /** What the sender has said since, and has not left yet, is held to the consent and the fields as they stand now. */
    void renewKeptBack(Batch batch, Referral referral, String recipient) throws SQLException {
        for (String id : ids(batch, KEPT_BACK, referral.id, recipient)) {
            Delivery delivery = find(batch, id);
            if (delivery == null) {
                continue;
            }
            Optional<byte[]> now = standing.renew(delivery.body(), referral, batch);
            if (now.isPresent()) {
                rewrite(batch, id, now.get(), delivery.urgency());
            }
        }
    }

    /** The referral is more pressing than its letters say, or otherwise dangerous: the desk puts them where they belong now. */
    static void hasten(Batch batch, Referral referral, String why) throws SQLException {
        batch.flush();
        PreparedStatement select = batch.statement("select l.id from letter l where l.referral_id = ?"
                + " and l.state in ('OPEN', 'REPLAYED', 'DISCARDED') and not exists"
                + " (select 1 from delivery d where d.id = l.delivery_id and d.type = 'RECEIPT')");
        select.setString(1, referral.id);
        List<String> letters = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                letters.add(rows.getString(1));
            }
        }
        for (String letter : letters) {
            DeskNote.tell(batch, "hasten", letter, why);
        }
    }

    private static void rewrite(Batch batch, String delivery, byte[] canonical, Urgency urgency) throws SQLException {
        PreparedStatement update =
                batch.statement("update delivery set content = null, body = ?, urgency = ? where id = ?");
        update.setBytes(1, canonical);
        update.setString(2, urgency.name());
        update.setString(3, delivery);
        update.executeUpdate();
    }

    private static List<String> ids(Batch batch, String sql, String referralId, String recipient) throws SQLException {
        batch.flush();
        List<String> ids = new ArrayList<>();
        PreparedStatement select = batch.statement(sql);
        select.setString(1, referralId);
        select.setString(2, recipient);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }

    /** Whether a REQUEST of this referral is in the agency's inbox, was there, or is on its way there. */
    boolean told(Batch batch, String referralId, String recipient) throws SQLException {
        return !ids(batch, TOLD, referralId, recipient).isEmpty();
    }

    /**
     * Emits again what followed from this cause and is still on its way. A deadline's REQUEST for the next office follows from
     * the first REQUEST too, but came in a later batch: it goes again with the deadline, and with that alone.
     */
    void emitAgain(LedgerTransaction transaction, String cause) throws SQLException {
        transaction.flush();
        PreparedStatement select = transaction.statement(SELECT
                + "d.id between ? and ? and d.cause = ? and d.state = 'WAITING' and d.held_by is null"
                + " and not exists (select 1 from message own where own.id = d.cause"
                + " and own.recorded_at <> d.created_at)"
                + " order by d.created_at, d.id");
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
     * @param document the sender's own bytes; null when they are not all that it sent
     * @param report the findings as a JSON array; may be empty
     */
    public void refuse(
            LedgerTransaction transaction,
            String letter,
            String sender,
            @Nullable String messageId,
            byte @Nullable [] document,
            Urgency urgency,
            byte[] report)
            throws SQLException {
        if (receipt(transaction, letter, sender) != null) {
            emitAgain(transaction, letter);
            return;
        }
        Receipts.About about = new Receipts.About(letter, sender, messageId, null, urgency);
        ((Batch) transaction)
                .owe(receipts.receipt(
                        about,
                        letter,
                        Receipts.Status.REFUSED,
                        false,
                        List.of(),
                        report,
                        messageId != null || document == null ? List.of() : List.of(unnamed(document)),
                        transaction.now()));
    }

    /** By what a sender finds the message of which no identifier could be read, among all that it has sent over a queue. */
    private static Finding unnamed(byte[] document) {
        return Findings.of(
                Severity.INFORMATION,
                "document.unnamed",
                "",
                Map.of("bytes", Integer.toString(document.length), "digest", Identifiers.digest(document)));
    }

    /**
     * What became of a redirection.
     *
     * @param refusal a code of why it was not allowed; null when it was done
     * @param delivery to the other agency; empty when it was not allowed
     */
    public record Redirection(@Nullable String refusal, String delivery) {
        static Redirection refused(String code) {
            return new Redirection(code, "");
        }

        static Redirection to(String delivery) {
            return new Redirection(null, delivery);
        }
    }

    /**
     * A REQUEST at the desk goes to another agency instead, if that may be told: it gets the assignment, the first one's ends,
     * and the sender learns of it.
     *
     * @param to the other agency
     * @param order stamp of the order, from which the new delivery's id follows
     */
    public Redirection redirect(
            LedgerTransaction transaction, String deliveryId, String to, String order, Rulebook rules)
            throws SQLException {
        transaction.flush();
        return new Redirects(this, receipts).redirect((Batch) transaction, deliveryId, to, order, rules);
    }

    /** Emits again what a redirection had emitted and is still on its way. */
    public void redirectedAgain(LedgerTransaction transaction, String delivery) throws SQLException {
        waiting(transaction, delivery, null).ifPresent(transaction::emit);
        emitAgain(transaction, Redirects.told(delivery));
    }

    static Delivery read(ResultSet row) throws SQLException {
        return new Delivery(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getBytes(4),
                row.getString(5),
                MessageType.valueOf(row.getString(6)),
                row.getString(7),
                row.getString(8),
                Urgency.valueOf(row.getString(9)),
                row.getInt(10));
    }
}
