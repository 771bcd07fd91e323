package org.referralhub.deadletter;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Obligations;
import org.referralhub.ledger.Rulebook;

/**
 * The next letter of a run goes: the letter, its place in the run and the link of the audit chain change in one transaction.
 * The order's stamp follows from the run and the place, so that a driver that was killed may send it again. Whether the ledger
 * has the same message once more, after a crash, or another with the same stamp, tells {@code sending}: only in the first case
 * did nothing leave.
 */
final class RunReplay implements DeskAction {
    static final String NAME = "run-replay";
    static final String RUN = "run";
    static final String NUMBER = "number";
    static final String EPOCH = "epoch";
    static final String SENDING = "sending";

    private static final String ITEM =
            "select state, sending, delivery from desk_run_item where run = ? and number = ? and letter = ?";
    private static final String SENT = "update desk_run_item set state = 'SENT', stamp = ?, sending = ?, delivery = ?,"
            + " sent_at = ? where run = ? and number = ?";
    private static final String SKIP = "update desk_run_item set state = 'SKIPPED', reason = ?, stamp = ?, sending = ?,"
            + " settled_at = ? where run = ? and number = ?";

    private final DeskAction replay;
    private final Obligations obligations;

    /** @param replay sends a letter again to the recipient that it was for */
    RunReplay(DeskAction replay, Obligations obligations) {
        this.replay = replay;
        this.obligations = obligations;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** A letter's place in a run. */
    private record Item(
            RunItem.State state,
            @Nullable String sending,
            @Nullable String delivery) {}

    private static @Nullable Item item(DeskOrder order, LedgerTransaction transaction) throws SQLException {
        PreparedStatement select = transaction.statement(ITEM);
        select.setString(1, order.parameter(RUN));
        select.setInt(2, order.parameters().path(NUMBER).asInt());
        select.setString(3, order.subject());
        try (ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? new Item(RunItem.State.valueOf(rows.getString(1)), rows.getString(2), rows.getString(3))
                    : null;
        }
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        String id = order.parameter(RUN);
        RunRows.Row run = id == null ? null : RunRows.find(transaction, id);
        Item item = run == null ? null : item(order, transaction);
        if (run == null || item == null) {
            return DeskOutcome.unknown();
        }
        boolean going = run.state() == RunState.RUNNING
                && run.epoch() == order.parameters().path(EPOCH).asInt();
        if (!going || item.state() != RunItem.State.WAITING) {
            return run.refused();
        }
        return run.target() == null
                ? same(order, transaction, rules)
                : redirect(order, run.target(), transaction, rules);
    }

    private DeskOutcome same(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        DeskOutcome outcome = replay.perform(order, transaction, rules);
        Letters.Row letter = Letters.find(transaction, order.subject());
        if (outcome.isDone() && letter != null && letter.state() == LetterState.REPLAYED) {
            sent(order, null, transaction);
        } else {
            skip(order, reason(outcome, letter), transaction);
        }
        return outcome;
    }

    /** Why a letter did not go: what it is by now, or what it turned out to be. */
    private static String reason(DeskOutcome outcome, Letters.@Nullable Row letter) {
        if (letter == null) {
            return DeskOutcome.UNKNOWN;
        }
        return letter.state() == LetterState.OPEN
                ? outcome.code()
                : letter.state().name().toLowerCase(java.util.Locale.ROOT);
    }

    private DeskOutcome redirect(DeskOrder order, String to, LedgerTransaction transaction, Rulebook rules)
            throws SQLException {
        Letters.Row letter = Letters.find(transaction, order.subject());
        DeskOutcome refusal = letter == null ? DeskOutcome.unknown() : Letters.refusal(order, letter, LetterState.OPEN);
        if (letter == null || refusal != null) {
            DeskOutcome outcome = Objects.requireNonNullElseGet(refusal, DeskOutcome::unknown);
            skip(order, reason(outcome, letter), transaction);
            return outcome;
        }
        if (letter.deliveryId() == null) {
            return refuse(order, "not-a-delivery", transaction);
        }
        Obligations.Redirection redirection =
                obligations.redirect(transaction, letter.deliveryId(), to, order.stamp(), rules);
        if (redirection.refusal() != null) {
            return refuse(order, redirection.refusal(), transaction);
        }
        sent(order, redirection.delivery(), transaction);
        return DeskOutcome.done(Map.of("to", to, "delivery", redirection.delivery()));
    }

    private static DeskOutcome refuse(DeskOrder order, String code, LedgerTransaction transaction) throws SQLException {
        skip(order, code, transaction);
        return new DeskOutcome(code, Map.of());
    }

    private static void sent(DeskOrder order, @Nullable String delivery, LedgerTransaction transaction)
            throws SQLException {
        PreparedStatement update = transaction.statement(SENT);
        update.setString(1, order.stamp());
        update.setString(2, order.parameter(SENDING));
        update.setString(3, delivery);
        update.setLong(4, transaction.now().toEpochMilli());
        update.setString(5, order.parameter(RUN));
        update.setInt(6, order.parameters().path(NUMBER).asInt());
        update.executeUpdate();
    }

    private static void skip(DeskOrder order, String reason, LedgerTransaction transaction) throws SQLException {
        PreparedStatement update = transaction.statement(SKIP);
        update.setString(1, reason);
        update.setString(2, order.stamp());
        update.setString(3, order.parameter(SENDING));
        update.setLong(4, transaction.now().toEpochMilli());
        update.setString(5, order.parameter(RUN));
        update.setInt(6, order.parameters().path(NUMBER).asInt());
        update.executeUpdate();
    }

    @Override
    public void again(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        Item item = item(order, transaction);
        if (item == null || item.sending() == null || !item.sending().equals(order.parameter(SENDING))) {
            return;
        }
        if (item.delivery() == null) {
            replay.again(order, transaction, rules);
        } else {
            obligations.redirectedAgain(transaction, item.delivery());
        }
    }
}
