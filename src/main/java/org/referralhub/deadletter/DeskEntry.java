package org.referralhub.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.referralhub.ledger.AuditChain;
import org.referralhub.ledger.LedgerEntry;
import org.referralhub.ledger.LedgerInput;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;

/**
 * Somebody has ordered something at the desk: its effect, its row and one link of the audit chain, once however often the
 * order comes.
 */
final class DeskEntry implements LedgerEntry {
    private static final String INSERT =
            "insert into desk_order (stamp, action, subject, actor, reason, outcome, detail, at)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?)";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int LONGEST_REASON = 1000;
    private static final int LONGEST_SUBJECT = 100;

    private final Map<String, DeskAction> actions = new HashMap<>();
    private final Rulebook rules;

    DeskEntry(List<DeskAction> actions, Rulebook rules) {
        actions.forEach(action -> this.actions.put(action.name(), action));
        this.rules = rules;
    }

    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.DESK, LedgerKind.REPLAY);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        DeskOrder order = read(input);
        DeskAction action = actions.get(order.action());
        transaction.flush();
        PreparedStatement known = transaction.statement("select outcome from desk_order where stamp = ?");
        known.setString(1, order.stamp());
        boolean repeated;
        boolean done = false;
        try (ResultSet rows = known.executeQuery()) {
            repeated = rows.next();
            if (repeated) {
                done = DeskOutcome.DONE.equals(rows.getString(1));
            }
        }
        if (repeated) {
            if (done && action != null) {
                action.again(order, transaction, rules);
            }
            return;
        }
        DeskOutcome outcome = action == null ? DeskOutcome.unknown() : action.perform(order, transaction, rules);
        if (outcome.isDone() || !order.actor().equals(Letters.HUB)) {
            insert(transaction, order, outcome);
        }
        if (outcome.isDone()) {
            AuditChain.append(
                    transaction, order.actor(), order.action(), cut(order.subject(), LONGEST_SUBJECT), order.reason());
        }
    }

    private static DeskOrder read(LedgerInput input) {
        String stamp = input.property(Headers.STAMP);
        String actor = input.property(Headers.SENDER);
        if (stamp == null || actor == null) {
            throw new IllegalArgumentException("an order without its actor or its stamp");
        }
        if (input.kind() == LedgerKind.REPLAY) {
            return new DeskOrder(
                    stamp, actor, "replay", input.property(Headers.REPLAY_OF, ""), null, "", MAPPER.createObjectNode());
        }
        JsonNode body = tree(input.body());
        JsonNode expected = body.path(DeskOrder.EXPECTED);
        return new DeskOrder(
                stamp,
                actor,
                body.path(DeskOrder.ACTION).asText(),
                body.path(DeskOrder.SUBJECT).asText(),
                expected.isInt() ? Integer.valueOf(expected.intValue()) : null,
                body.path(DeskOrder.REASON).asText(""),
                body);
    }

    private static JsonNode tree(byte[] body) {
        try {
            JsonNode tree = MAPPER.readTree(body);
            if (tree != null && tree.isObject()) {
                return tree;
            }
        } catch (IOException e) {
            // Jackson's text may quote the order, so it is not kept as the cause.
        }
        throw new IllegalArgumentException("an order that is no JSON object");
    }

    private static void insert(LedgerTransaction transaction, DeskOrder order, DeskOutcome outcome)
            throws SQLException {
        PreparedStatement row = transaction.statement(INSERT);
        row.setString(1, order.stamp());
        row.setString(2, cut(order.action(), 40));
        row.setString(3, cut(order.subject(), LONGEST_SUBJECT));
        row.setString(4, cut(order.actor(), 100));
        row.setString(5, cut(order.reason(), LONGEST_REASON));
        row.setString(6, outcome.code());
        row.setString(7, Letters.json(outcome.detail()));
        row.setLong(8, transaction.now().toEpochMilli());
        row.executeUpdate();
    }

    /** What the hub itself did to a letter: a row of its history, without an order of anybody's. */
    static void note(LedgerTransaction transaction, String action, String letter, Map<String, String> detail)
            throws SQLException {
        Letters.Row now = Letters.find(transaction, letter);
        String stamp = Identifiers.derive("desk", action, letter, now == null ? "" : Integer.toString(now.revision()));
        insert(
                transaction,
                new DeskOrder(stamp, Letters.HUB, action, letter, null, "", MAPPER.createObjectNode()),
                DeskOutcome.done(detail));
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }
}
