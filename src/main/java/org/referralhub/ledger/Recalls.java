package org.referralhub.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who was told that a referral is called off, was sent in error, or goes on without consent, and has said that it knows. Such
 * a message never expires; its clock escalates until the agency acknowledges it.
 */
final class Recalls {
    private static final String INSERT =
            "insert into recall (referral_id, agency, message, told_at) values (?, ?, ?, ?)";
    private static final String OPEN = "select r.message, m.message_id from recall r join message m on m.id = r.message"
            + " where r.referral_id = ? and r.agency = ? and r.acknowledged_at is null";
    private static final String ACKNOWLEDGE =
            "update recall set acknowledged_at = ? where referral_id = ? and agency = ?"
                    + " and message = ? and acknowledged_at is null";

    private static final String ANY = "select 1 from recall where referral_id = ? and acknowledged_at is null limit 1";

    private Recalls() {}

    /**
     * These are told with this message, and must acknowledge it. One that has not acknowledged an earlier one yet gets no more
     * time by this.
     *
     * @return until when each has time; without those whose time is over already
     */
    static Map<String, Instant> tell(
            Arrival arrival, Referral referral, Set<String> agencies, Instant dueAt, Batch batch) throws SQLException {
        Map<String, Instant> until = new HashMap<>();
        batch.flush();
        for (String agency : agencies) {
            Instant due = dueAt;
            if (isAwaited(referral, agency, batch)) {
                due = batch.clocks().shorten(referral.id, agency, Clocks.Kind.RECALL, dueAt);
            } else {
                batch.clocks().start(referral.id, agency, Clocks.Kind.RECALL, dueAt);
            }
            if (due != null) {
                until.put(agency, due);
            }
            PreparedStatement row = batch.statement(INSERT);
            row.setString(1, referral.id);
            row.setString(2, agency);
            row.setString(3, arrival.key());
            row.setLong(4, batch.now().toEpochMilli());
            row.executeUpdate();
            referral.recallOpen = true;
        }
        return until;
    }

    /**
     * What an ACK of this agency acknowledges: the message that it names as the one it answers; without a name all that is
     * open, unless the ACK may as well mean the referral.
     *
     * @param names identifier of the message that the ACK answers, as its sender gave it
     * @param otherwise whether the agency still owes the acknowledgement of the referral itself
     * @return keys of messages; empty when it acknowledges none of them
     */
    static Set<String> answered(
            Referral referral, String agency, @Nullable String names, boolean otherwise, Batch batch)
            throws SQLException {
        Set<String> answered = new LinkedHashSet<>();
        for (Map.Entry<String, String> recall : open(referral, agency, batch).entrySet()) {
            if (names == null ? !otherwise : names.equals(recall.getValue())) {
                answered.add(recall.getKey());
            }
        }
        return answered;
    }

    /** The agencies that wrote these messages. */
    static Set<String> authors(Set<String> messages, Batch batch) throws SQLException {
        Set<String> authors = new LinkedHashSet<>();
        for (String message : messages) {
            PreparedStatement select = batch.statement("select sender from message where id = ?");
            select.setString(1, message);
            try (ResultSet rows = select.executeQuery()) {
                if (rows.next()) {
                    authors.add(rows.getString(1));
                }
            }
        }
        return authors;
    }

    /** True while the agency has something to acknowledge besides the referral. */
    static boolean isAwaited(Referral referral, String agency, Batch batch) throws SQLException {
        return !open(referral, agency, batch).isEmpty();
    }

    /** The agency has said that it knows. */
    static void acknowledge(Referral referral, String agency, Set<String> messages, Batch batch) throws SQLException {
        List<String> rest = new ArrayList<>(open(referral, agency, batch).keySet());
        for (String message : messages) {
            PreparedStatement update = batch.statement(ACKNOWLEDGE);
            update.setLong(1, batch.now().toEpochMilli());
            update.setString(2, referral.id);
            update.setString(3, agency);
            update.setString(4, message);
            update.executeUpdate();
        }
        rest.removeAll(messages);
        if (rest.isEmpty()) {
            batch.clocks().stop(referral.id, agency, Clocks.Kind.RECALL);
        }
        PreparedStatement select = batch.statement(ANY);
        select.setString(1, referral.id);
        try (ResultSet rows = select.executeQuery()) {
            referral.recallOpen = rows.next();
        }
    }

    /** The agency was told of nothing, so that it need not say that it knows. */
    static void moot(Referral referral, String agency, Batch batch) throws SQLException {
        Set<String> open = open(referral, agency, batch).keySet();
        if (!open.isEmpty()) {
            acknowledge(referral, agency, open, batch);
        }
    }

    /** Keys of what the agency has not acknowledged yet, each with the identifier that its sender gave it. */
    private static Map<String, String> open(Referral referral, String agency, Batch batch) throws SQLException {
        Map<String, String> open = new LinkedHashMap<>();
        PreparedStatement select = batch.statement(OPEN);
        select.setString(1, referral.id);
        select.setString(2, agency);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                open.put(rows.getString(1), rows.getString(2));
            }
        }
        return open;
    }
}
