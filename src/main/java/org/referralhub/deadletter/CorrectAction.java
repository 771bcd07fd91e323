package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.Emission;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;

/**
 * Sends a corrected copy of a letter in its place, as a letter of its own: the copy is on its way and the letter superseded in
 * one transaction, so that never both go out. The letter keeps its bytes. Nothing is sent when the sender's own message of
 * that id has been taken meanwhile.
 */
final class CorrectAction implements DeskAction {
    static final String NAME = "correct";
    static final String DOCUMENT = "document";
    static final String MESSAGE_ID = "messageId";
    /** Pointers of what was changed. */
    static final String FIELDS = "fields";
    /** The sender has sent it anew, and that was taken. */
    static final String SENDER_WAS_FASTER = "sender-was-faster";

    private static final String CHILD =
            "insert into letter (id, state, revision, rank, due_at, fingerprint, urgency, risk,"
                    + " place, origin, stage, cause, failure, exception, sender, recipient, dialect, referral_id, message_id,"
                    + " message_key, delivery_id, configuration, attempts, owner, note, parent, replay, capture, captured_at,"
                    + " changed_at, changed_by)"
                    + " select ?, 'REPLAYED', 0, rank, due_at, fingerprint, urgency, risk, place, origin, stage, cause, failure,"
                    + " exception, sender, recipient, dialect, referral_id, ?, ?, null, configuration, 0, owner, note, id, ?, ?, ?, ?,"
                    + " ? from letter where id = ?";
    private static final String CONTENT =
            "insert into letter_content (id, headers, original, findings) select ?, headers, ?, ? from letter_content"
                    + " where id = ?";
    private static final byte[] NOTHING = {};

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        Letters.Row letter = Letters.find(transaction, order.subject());
        if (letter == null) {
            return DeskOutcome.unknown();
        }
        DeskOutcome refusal = Letters.refusal(order, letter, LetterState.OPEN);
        if (refusal != null) {
            return refusal;
        }
        String sender = letter.sender();
        String dialect = letter.dialect();
        String messageId = order.parameter(MESSAGE_ID);
        byte[] document = document(order);
        if (sender == null || dialect == null || messageId == null || document == null || letter.deliveryId() != null) {
            return Letters.refused(DeskOutcome.NOT_ALLOWED, letter);
        }
        String key = Identifiers.derive("message", sender, messageId);
        if (isTaken(transaction, key)) {
            return Letters.refused(SENDER_WAS_FASTER, letter);
        }
        String child = child(order);
        insert(order, transaction, letter, child, messageId, key);
        PreparedStatement content = transaction.statement(CONTENT);
        content.setString(1, child);
        content.setBytes(2, document);
        content.setBytes(3, NOTHING);
        content.setString(4, letter.id());
        if (content.executeUpdate() == 0) {
            throw new IllegalStateException("a letter without its content");
        }
        Letters.move(transaction, letter, LetterState.SUPERSEDED, order.actor(), null);
        transaction.emit(emission(sender, dialect, letter.urgency(), child, document));
        String fields = order.parameter(FIELDS);
        return DeskOutcome.done(Map.of("letter", child, FIELDS, fields == null ? "" : fields));
    }

    @Override
    public void again(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        Letters.Row child = Letters.find(transaction, child(order));
        LetterContent content = child == null ? null : Letters.content(transaction, child.id());
        if (child != null
                && content != null
                && child.state() == LetterState.REPLAYED
                && order.stamp().equals(child.replay())
                && child.sender() != null
                && child.dialect() != null) {
            transaction.emit(
                    emission(child.sender(), child.dialect(), child.urgency(), child.id(), content.original()));
        }
    }

    private static String child(DeskOrder order) {
        return Identifiers.derive("letter", "correction", order.stamp());
    }

    private static byte @Nullable [] document(DeskOrder order) {
        String encoded = order.parameter(DOCUMENT);
        try {
            return encoded == null ? null : Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isTaken(LedgerTransaction transaction, String key) throws SQLException {
        PreparedStatement select = transaction.statement("select 1 from message where id = ?");
        select.setString(1, key);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next();
        }
    }

    private static void insert(
            DeskOrder order,
            LedgerTransaction transaction,
            Letters.Row parent,
            String child,
            String messageId,
            String key)
            throws SQLException {
        long now = transaction.now().toEpochMilli();
        PreparedStatement row = transaction.statement(CHILD);
        int i = 1;
        row.setString(i++, child);
        row.setString(i++, messageId.length() <= 200 ? messageId : messageId.substring(0, 200));
        row.setString(i++, key);
        row.setString(i++, order.stamp());
        row.setString(i++, "correction:" + order.stamp());
        row.setLong(i++, now);
        row.setLong(i++, now);
        row.setString(i++, order.actor());
        row.setString(i, parent.id());
        row.executeUpdate();
    }

    private static Emission emission(
            String sender, String dialect, @Nullable Urgency urgency, String child, byte[] document) {
        return new Emission(
                Queues.intake(dialect),
                (urgency == null ? Urgency.URGENT : urgency).priority(),
                Map.of(Headers.SENDER, sender, Headers.REPLAY_OF, child),
                document);
    }
}
