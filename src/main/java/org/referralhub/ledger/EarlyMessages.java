package org.referralhub.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;

/**
 * Messages that have overtaken the one they follow. They wait here, in order, for a short time. What was decided with one
 * message is sent again with that one, when its batch is repeated.
 */
final class EarlyMessages {
    /** How long a message waits unless the configuration says otherwise: longer than a failing message is tried again. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    /** As many messages of one agency wait for one referral; each is looked at again whenever something about it is taken. */
    static final int MOST = 32;

    /** An announcement that was lost is made again after this time. */
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private static final int ANNOUNCEMENTS = 256;

    private static final String FIRST = "select min(look_at) from early where decided_by is null";
    private static final String INSERT =
            "insert into early (id, referral_id, sender, properties, parcel, kept_at, place, look_at)"
                    + " values (?, ?, ?, ?, ?, ?, (select coalesce(max(place), 0) + 1 from early), ?)";
    private static final String COUNT =
            "select count(*) from early where referral_id = ? and sender = ? and decided_by is null";
    private static final String OF_REFERRAL =
            "select id from early where referral_id = ? and decided_by is null order by place";
    private static final String FIND = "select properties, parcel, decided_by from early where id = ?";
    private static final String DECIDE =
            "update early set decided_by = ?, properties = '{}', parcel = ? where id = ? and decided_by is null";
    private static final String DECIDED = "select id from early where decided_by = ? order by place";
    private static final String DUE = "select id, properties from early where decided_by is null and look_at <= ?"
            + " order by look_at limit " + ANNOUNCEMENTS;
    private static final String ANNOUNCED = "update early set look_at = ? where id = ?";

    /** By now a batch that decided one has been committed by the broker too, or never will be. */
    private static final Duration KEPT = Duration.ofDays(90);

    private static final String FORGET = "delete from early where decided_by is not null and kept_at < ?";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final LedgerTransaction transaction;
    private final Duration patience;
    private boolean read;
    /** When the first of those that wait is to be looked at; null when none waits. */
    private @Nullable Long first;

    /**
     * One that waits or has waited.
     *
     * @param input as it came; without content when it was decided
     * @param decidedBy what it was decided with; null while it waits
     */
    record Early(LedgerInput input, @Nullable String decidedBy) {}

    EarlyMessages(LedgerTransaction transaction, Duration patience) {
        this.transaction = transaction;
        this.patience = patience;
    }

    /** Whether any message waits: nearly always none does, and then nothing else need be asked. */
    boolean any() throws SQLException {
        return first() != null;
    }

    private @Nullable Long first() throws SQLException {
        if (!read) {
            try (ResultSet rows = transaction.statement(FIRST).executeQuery()) {
                rows.next();
                long at = rows.getLong(1);
                first = rows.wasNull() ? null : at;
            }
            read = true;
        }
        return first;
    }

    /** Lets the message wait; false when too many of its sender wait for this referral already. */
    boolean keep(Arrival arrival) throws SQLException {
        if (any() && count(arrival) >= MOST) {
            return false;
        }
        long lookAt = transaction.now().plus(patience).toEpochMilli();
        PreparedStatement row = transaction.statement(INSERT);
        row.setString(1, arrival.key());
        row.setString(2, arrival.envelope().referralId());
        row.setString(3, arrival.sender());
        row.setString(4, json(arrival.input().properties()));
        row.setBytes(5, arrival.input().body());
        row.setLong(6, transaction.now().toEpochMilli());
        row.setLong(7, lookAt);
        row.executeUpdate();
        if (first() == null) {
            first = lookAt;
        }
        return true;
    }

    private int count(Arrival arrival) throws SQLException {
        PreparedStatement select = transaction.statement(COUNT);
        select.setString(1, arrival.envelope().referralId());
        select.setString(2, arrival.sender());
        try (ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** Keys of those that wait for something about this referral, in order. */
    List<String> of(String referralId) throws SQLException {
        return keys(OF_REFERRAL, referralId);
    }

    /** The message with this key, if it waits or has waited. */
    @Nullable
    Early find(String key) throws SQLException {
        PreparedStatement select = transaction.statement(FIND);
        select.setString(1, key);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? new Early(input(rows.getString(1), rows.getBytes(2)), rows.getString(3)) : null;
        }
    }

    /** It waits no longer. */
    void decide(String key, String with) throws SQLException {
        PreparedStatement update = transaction.statement(DECIDE);
        update.setString(1, with);
        update.setBytes(2, new byte[0]);
        update.setString(3, key);
        update.executeUpdate();
    }

    /** Keys of the messages that were decided with this one. */
    List<String> decidedWith(String cause) throws SQLException {
        return keys(DECIDED, cause);
    }

    private List<String> keys(String sql, String of) throws SQLException {
        List<String> keys = new ArrayList<>();
        PreparedStatement select = transaction.statement(sql);
        select.setString(1, of);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                keys.add(rows.getString(1));
            }
        }
        return keys;
    }

    /**
     * Puts those whose time is up on the ledger's own queue: what is decided then has a message that comes again when the
     * process dies in between.
     */
    void announce() throws SQLException {
        Long at = first();
        long now = transaction.now().toEpochMilli();
        if (at == null || at > now) {
            return;
        }
        Map<String, Map<String, String>> due = new TreeMap<>();
        PreparedStatement select = transaction.statement(DUE);
        select.setLong(1, now);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                due.put(rows.getString(1), properties(rows.getString(2)));
            }
        }
        for (Map.Entry<String, Map<String, String>> early : due.entrySet()) {
            PreparedStatement update = transaction.statement(ANNOUNCED);
            update.setLong(1, transaction.now().plus(AGAIN).toEpochMilli());
            update.setString(2, early.getKey());
            update.executeUpdate();
            Map<String, String> properties = new TreeMap<>();
            properties.put(Headers.KIND, LedgerKind.EARLY.name());
            properties.put(Headers.SENDER, early.getValue().getOrDefault(Headers.SENDER, ""));
            properties.put(Headers.MESSAGE_ID, early.getValue().getOrDefault(Headers.MESSAGE_ID, ""));
            transaction.emit(new Emission(Queues.LEDGER, Urgency.URGENT.priority(), properties, new byte[0]));
        }
    }

    /** Forgets those that were decided long ago. */
    void forget() throws SQLException {
        PreparedStatement delete = transaction.statement(FORGET);
        delete.setLong(1, transaction.now().minus(KEPT).toEpochMilli());
        delete.executeUpdate();
    }

    private static LedgerInput input(String properties, byte[] parcel) {
        return new LedgerInput("early", LedgerKind.MESSAGE, properties(properties), parcel);
    }

    private static String json(Map<String, String> properties) {
        try {
            return MAPPER.writeValueAsString(new TreeMap<>(properties));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of texts can always be written", e);
        }
    }

    private static Map<String, String> properties(String json) {
        try {
            return MAPPER.readValue(json, new TypeReference<TreeMap<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the properties of an early message are not JSON");
        }
    }
}
