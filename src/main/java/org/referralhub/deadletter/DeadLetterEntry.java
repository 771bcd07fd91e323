package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.LedgerEntry;
import org.referralhub.ledger.LedgerInput;
import org.referralhub.ledger.LedgerRoom;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Obligations;
import org.referralhub.ledger.Rulebook;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Urgency;

/** Keeps dead letters, and does with them what is ordered at the desk. */
public final class DeadLetterEntry implements LedgerEntry {
    private static final String INSERT =
            "insert into letter (id, state, revision, rank, due_at, fingerprint, urgency, risk, place, origin, stage, cause,"
                    + " failure, exception, sender, recipient, dialect, referral_id, message_id, message_key, delivery_id,"
                    + " configuration, attempts, capture, captured_at, changed_at, closed_at, changed_by)"
                    + " values (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'hub')";
    private static final String REOPEN =
            "update letter set state = 'OPEN', revision = revision + 1, stage = ?, cause = ?, failure = ?, exception = ?,"
                    + " fingerprint = ?, configuration = ?, rank = ?, urgency = ?, risk = coalesce(?, risk),"
                    + " place = coalesce(?, place), due_at = case when due_at < ? then due_at else ? end,"
                    + " attempts = attempts + ?, capture = ?, replay = null, closed_at = null, changed_at = ?, changed_by = 'hub'"
                    + " where id = ? and revision = ?";
    private static final String ACCEPTED_SINCE = "select 1 from message where id = ? and arrived_at >= ?";

    private final Obligations obligations;
    private final Rulebook rules;
    private final DeskEntry desk;
    private final ToIntFunction<String> attempts;

    private DeadLetterEntry(Obligations obligations, Rulebook rules, DeskEntry desk, ToIntFunction<String> attempts) {
        this.obligations = obligations;
        this.rules = rules;
        this.desk = desk;
        this.attempts = attempts;
    }

    /**
     * The desk's part in the ledger.
     *
     * @param more what can be ordered besides what every desk can do
     * @param attempts how often the broker brings a message of a queue before it gives up
     */
    public static LedgerRoom room(Obligations obligations, List<DeskAction> more, ToIntFunction<String> attempts) {
        List<DeskAction> actions = new ArrayList<>(Actions.all(obligations));
        actions.addAll(more);
        return rules -> new DeadLetterEntry(obligations, rules, new DeskEntry(actions, rules), attempts);
    }

    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.DEAD, LedgerKind.REPLAY, LedgerKind.DESK);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        if (input.kind() == LedgerKind.DEAD) {
            capture(Capture.of(input, rules.agencies(), attempts), transaction);
        } else {
            desk.record(input, transaction);
        }
    }

    private void capture(Capture capture, LedgerTransaction transaction) throws SQLException {
        transaction.flush();
        if (capture.deliveryId() != null
                && !obligations.toDesk(transaction, capture.deliveryId(), capture.fromInbox(), capture.sending())) {
            // It was at the desk for this and has left it: the same notice came again, late.
            return;
        }
        Letters.Row kept = kept(capture, transaction);
        String id = kept == null ? capture.newId() : kept.id();
        if (kept == null) {
            insert(id, capture, transaction);
        } else if (!kept.capture().equals(Capture.cut(capture.input().token(), 200))) {
            reopen(kept, capture, transaction);
        }
        if (capture.owesReport()) {
            obligations.refuse(
                    transaction,
                    id,
                    capture.sender(),
                    capture.input().property(Headers.MESSAGE_ID),
                    // A row is a part of the file that its sender knows; its findings say which.
                    capture.input().property(Headers.ROW) == null ? capture.original() : null,
                    capture.urgencyOrUrgent(),
                    capture.findings());
        }
    }

    private static Letters.@Nullable Row kept(Capture capture, LedgerTransaction transaction) throws SQLException {
        Letters.Row own = Letters.find(transaction, capture.newId());
        return own != null || capture.replayOf() == null ? own : Letters.find(transaction, capture.replayOf());
    }

    private Pressing pressing(Capture capture, LedgerTransaction transaction) throws SQLException {
        return Pressing.of(
                capture.urgency(),
                // A receipt brings nothing of the child that somebody would have to act on.
                MessageType.RECEIPT.name().equals(capture.input().property(Headers.MESSAGE_TYPE))
                        ? null
                        : capture.input().property(Headers.REFERRAL_ID),
                capture.recipient(),
                capture.since(transaction.now()),
                transaction,
                rules);
    }

    private String configuration(Capture capture) {
        return capture.input().property(Headers.CONFIGURATION, rules.version());
    }

    private void insert(String id, Capture capture, LedgerTransaction transaction) throws SQLException {
        // What was called off while it was on its way needs nobody.
        boolean calledOff = capture.deliveryId() != null && obligations.isCalledOff(transaction, capture.deliveryId());
        boolean corrected = !calledOff && isCorrected(capture, transaction);
        LetterState state = calledOff ? LetterState.WITHDRAWN : corrected ? LetterState.SUPERSEDED : LetterState.OPEN;
        Pressing pressing = pressing(capture, transaction);
        Groups.Likeness group = capture.likeness();
        PreparedStatement row = transaction.statement(INSERT);
        int i = 1;
        row.setString(i++, id);
        row.setString(i++, state.name());
        row.setInt(i++, Pressing.rank(pressing.urgency()));
        row.setLong(i++, pressing.dueAt().toEpochMilli());
        row.setString(i++, group.fingerprint());
        row.setString(
                i++, pressing.urgency() == null ? null : pressing.urgency().name());
        row.setString(i++, pressing.risk());
        row.setString(i++, pressing.place());
        row.setString(i++, Capture.cut(capture.origin(), 100));
        row.setString(i++, group.stage());
        row.setString(i++, group.cause());
        row.setString(i++, group.failure());
        row.setString(i++, group.exception());
        row.setString(i++, Capture.cut(capture.author(), 64));
        row.setString(i++, group.recipient());
        row.setString(i++, group.dialect());
        row.setString(i++, Capture.cut(capture.input().property(Headers.REFERRAL_ID), 36));
        row.setString(i++, Capture.cut(capture.input().property(Headers.MESSAGE_ID), 200));
        row.setString(i++, capture.messageKey());
        row.setString(i++, Capture.cut(capture.deliveryId(), 36));
        row.setString(i++, Capture.cut(configuration(capture), 40));
        row.setInt(i++, capture.attempts());
        row.setString(i++, Capture.cut(capture.input().token(), 200));
        row.setLong(i++, transaction.now().toEpochMilli());
        row.setLong(i++, transaction.now().toEpochMilli());
        Letters.closedAt(row, i, state, transaction.now());
        row.executeUpdate();
        keep(id, capture, transaction);
        Groups.joined(transaction, group, state == LetterState.OPEN);
        if (corrected) {
            DeskEntry.note(transaction, "supersede", id, Map.of());
        }
    }

    /** A correction goes another way than the refusal of what it mends, and may have been quicker. */
    private static boolean isCorrected(Capture capture, LedgerTransaction transaction) throws SQLException {
        String key = capture.messageKey();
        Instant arrived = capture.arrivedAt();
        if (!capture.owesReport() || key == null || arrived == null) {
            return false;
        }
        PreparedStatement select = transaction.statement(ACCEPTED_SINCE);
        select.setString(1, key);
        select.setLong(2, arrived.toEpochMilli());
        try (ResultSet rows = select.executeQuery()) {
            return rows.next();
        }
    }

    private static void keep(String id, Capture capture, LedgerTransaction transaction) throws SQLException {
        PreparedStatement row = transaction.statement(
                "insert into letter_content (id, headers, original, findings) values (?, ?, ?, ?)");
        row.setString(1, id);
        row.setString(2, Letters.json(capture.input().properties()));
        row.setBytes(3, capture.original());
        row.setBytes(4, capture.findings());
        row.executeUpdate();
    }

    /** It has failed again. What has been decided about it meanwhile stays decided. */
    private void reopen(Letters.Row letter, Capture capture, LedgerTransaction transaction) throws SQLException {
        switch (letter.state()) {
            case OPEN, REPLAYED, RESOLVED -> {
                // It may wait for a person again.
            }
            case WITHDRAWN, DISCARDED, RETURNED, SUPERSEDED -> {
                return;
            }
        }
        Groups.Likeness group = capture.likeness();
        PreparedStatement row = transaction.statement(REOPEN);
        row.setString(1, group.stage());
        row.setString(2, group.cause());
        row.setString(3, group.failure());
        row.setString(4, group.exception());
        row.setString(5, group.fingerprint());
        row.setString(6, Capture.cut(configuration(capture), 40));
        Pressing pressing = pressing(capture, transaction);
        Urgency urgency = Pressing.sooner(letter.urgency(), pressing.urgency());
        row.setInt(7, Pressing.rank(urgency));
        row.setString(8, urgency == null ? null : urgency.name());
        row.setString(9, pressing.risk());
        row.setString(10, pressing.place());
        // A repair that failed gives nobody more time.
        row.setLong(11, pressing.dueAt().toEpochMilli());
        row.setLong(12, pressing.dueAt().toEpochMilli());
        row.setInt(13, capture.attempts());
        row.setString(14, Capture.cut(capture.input().token(), 200));
        row.setLong(15, transaction.now().toEpochMilli());
        row.setString(16, letter.id());
        row.setInt(17, letter.revision());
        Letters.changed(row.executeUpdate());
        PreparedStatement findings = transaction.statement("update letter_content set findings = ? where id = ?");
        findings.setBytes(1, capture.findings());
        findings.setString(2, letter.id());
        if (findings.executeUpdate() == 0) {
            // It comes back after its bytes have gone.
            keep(letter.id(), capture, transaction);
        }
        if (letter.state() == LetterState.OPEN) {
            Groups.moved(transaction, letter.fingerprint(), LetterState.OPEN, LetterState.REPLAYED);
        }
        Groups.joined(transaction, group, true);
        DeskEntry.note(transaction, "fail-again", letter.id(), Map.of("cause", group.cause(), "stage", group.stage()));
    }
}
