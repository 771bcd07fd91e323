package org.referralhub.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Types;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.message.Urgency;

/** The rows of letters, as everything that works within the ledger's transaction reads and changes them. */
final class Letters {
    /** The hub itself, as the one who changed something. */
    static final String HUB = "hub";

    private static final String SELECT =
            "select id, state, revision, fingerprint, origin, cause, sender, recipient, dialect, referral_id, message_id,"
                    + " delivery_id, urgency, replay, capture, parent, changed_at, changed_by,"
                    + " closed_at from letter where id = ?";
    private static final String MOVE =
            "update letter set state = ?, replay = ?, closed_at = ?, revision = revision + 1, changed_at = ?, changed_by = ?"
                    + " where id = ? and revision = ?";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Letters() {}

    /** A letter as it stands in this transaction. */
    record Row(
            String id,
            LetterState state,
            int revision,
            String fingerprint,
            String origin,
            String cause,
            @Nullable String sender,
            @Nullable String recipient,
            @Nullable String dialect,
            @Nullable String referralId,
            @Nullable String messageId,
            @Nullable String deliveryId,
            @Nullable Urgency urgency,
            @Nullable String replay,
            String capture,
            @Nullable String parent,
            Instant changedAt,
            String changedBy,
            @Nullable Instant closedAt) {}

    /** The letter; null when there is none. */
    static @Nullable Row find(LedgerTransaction transaction, String id) throws SQLException {
        PreparedStatement select = transaction.statement(SELECT);
        select.setString(1, id);
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return null;
            }
            String urgency = rows.getString(13);
            long closed = rows.getLong(19);
            boolean open = rows.wasNull();
            return new Row(
                    rows.getString(1),
                    LetterState.valueOf(rows.getString(2)),
                    rows.getInt(3),
                    rows.getString(4),
                    rows.getString(5),
                    rows.getString(6),
                    rows.getString(7),
                    rows.getString(8),
                    rows.getString(9),
                    rows.getString(10),
                    rows.getString(11),
                    rows.getString(12),
                    urgency == null ? null : Urgency.valueOf(urgency),
                    rows.getString(14),
                    rows.getString(15),
                    rows.getString(16),
                    Instant.ofEpochMilli(rows.getLong(17)),
                    rows.getString(18),
                    open ? null : Instant.ofEpochMilli(closed));
        }
    }

    /** What the letter holds; null when its time is over and its bytes were removed. */
    static @Nullable LetterContent content(LedgerTransaction transaction, String id) throws SQLException {
        PreparedStatement select =
                transaction.statement("select headers, original, findings from letter_content where id = ?");
        select.setString(1, id);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? new LetterContent(headers(rows.getString(1)), rows.getBytes(2), rows.getBytes(3))
                    : null;
        }
    }

    /**
     * Why the order can't be carried out: the letter has changed since the actor looked, or its state does not allow it. Null
     * when it can.
     */
    static @Nullable DeskOutcome refusal(DeskOrder order, Row letter, Set<LetterState> allowed) {
        if (order.expected() != null && order.expected() != letter.revision()) {
            return refused(DeskOutcome.CHANGED, letter);
        }
        return allowed.contains(letter.state()) ? null : refused(DeskOutcome.NOT_ALLOWED, letter);
    }

    static @Nullable DeskOutcome refusal(DeskOrder order, Row letter, LetterState first, LetterState... others) {
        return refusal(order, letter, EnumSet.of(first, others));
    }

    /** A refusal with what the letter is by now. */
    static DeskOutcome refused(String code, Row letter) {
        return new DeskOutcome(
                code,
                Map.of(
                        "state",
                        letter.state().name(),
                        "revision",
                        Integer.toString(letter.revision()),
                        "by",
                        letter.changedBy(),
                        "at",
                        letter.changedAt().toString()));
    }

    /**
     * The letter takes another state, and its group's count follows.
     *
     * @param replay stamp of the order that sends it again; null when it is not on its way
     * @throws SQLTransientException when another node was faster
     */
    static void move(LedgerTransaction transaction, Row letter, LetterState to, String by, @Nullable String replay)
            throws SQLException {
        PreparedStatement update = transaction.statement(MOVE);
        update.setString(1, to.name());
        update.setString(2, replay);
        closedAt(update, 3, to, transaction.now());
        update.setLong(4, transaction.now().toEpochMilli());
        update.setString(5, by);
        update.setString(6, letter.id());
        update.setInt(7, letter.revision());
        changed(update.executeUpdate());
        Groups.moved(transaction, letter.fingerprint(), letter.state(), to);
    }

    /** From when its retention counts, if it is done with in this state. */
    static void closedAt(PreparedStatement row, int index, LetterState state, Instant now) throws SQLException {
        if (state.isOver()) {
            row.setLong(index, now.toEpochMilli());
        } else {
            row.setNull(index, Types.BIGINT);
        }
    }

    /**
     * What names the revision that it has read has changed this many rows.
     *
     * @throws SQLTransientException when there were none, since another node was faster
     */
    static void changed(int rows) throws SQLTransientException {
        if (rows == 0) {
            throw new SQLTransientException("another node changed the letter", "40001");
        }
    }

    static Map<String, String> headers(String json) {
        try {
            return MAPPER.readValue(json, new TypeReference<TreeMap<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a letter's headers are not JSON");
        }
    }

    static String json(Map<String, String> map) {
        try {
            return MAPPER.writeValueAsString(new TreeMap<>(map));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of texts can always be written", e);
        }
    }
}
