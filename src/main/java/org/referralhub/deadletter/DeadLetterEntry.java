package org.referralhub.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.ledger.AuditChain;
import org.referralhub.ledger.Emission;
import org.referralhub.ledger.LedgerEntry;
import org.referralhub.ledger.LedgerInput;
import org.referralhub.ledger.LedgerStage;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Obligations;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Parcel;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;

/** Keeps dead letters, and sends them again when an operator says so. */
public final class DeadLetterEntry implements LedgerEntry {
    private static final String HUB = "hub";
    private static final String INTAKE = Queues.intake("");

    private final Obligations obligations;
    private final AgencyRegistry agencies;
    private final ObjectMapper mapper = new ObjectMapper();

    public DeadLetterEntry(Obligations obligations, AgencyRegistry agencies) {
        this.obligations = obligations;
        this.agencies = agencies;
    }

    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.DEAD, LedgerKind.REPLAY);
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        if (input.kind() == LedgerKind.REPLAY) {
            replay(input, transaction);
        } else {
            capture(Capture.of(input, agencies), transaction);
        }
    }

    private void capture(Capture capture, LedgerTransaction transaction) throws SQLException {
        transaction.flush();
        Kept kept = kept(capture, transaction);
        String id = kept == null ? capture.newId() : kept.id();
        if (kept == null) {
            insert(id, capture, transaction);
        } else if (!kept.capture().equals(capture.input().token())) {
            reopen(id, capture, transaction);
        }
        if (capture.deliveryId() != null) {
            obligations.toDesk(transaction, capture.deliveryId(), capture.fromInbox());
        }
        if (capture.owesReport()) {
            obligations.refuse(
                    transaction,
                    id,
                    capture.sender(),
                    capture.input().property(Headers.MESSAGE_ID),
                    null,
                    capture.urgency() == null ? Urgency.URGENT : capture.urgency(),
                    capture.findings());
        }
    }

    /** A letter that is there already. */
    private record Kept(String id, String capture) {}

    private static @Nullable Kept kept(Capture capture, LedgerTransaction transaction) throws SQLException {
        PreparedStatement select = transaction.statement("select id, capture from letter where id in (?, ?)");
        select.setString(1, capture.newId());
        select.setString(2, capture.replayOf() == null ? capture.newId() : capture.replayOf());
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? new Kept(rows.getString(1), rows.getString(2)) : null;
        }
    }

    private void insert(String id, Capture capture, LedgerTransaction transaction) throws SQLException {
        PreparedStatement row = transaction.statement(
                "insert into letter (id, state, origin, stage, cause, failure, exception, sender, recipient, dialect,"
                        + " referral_id, message_id, delivery_id, urgency, priority, attempts, headers, original,"
                        + " findings, capture, captured_at, changed_at)"
                        + " values (?, 'OPEN', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        Urgency urgency = capture.urgency();
        int i = 1;
        row.setString(i++, id);
        row.setString(i++, Capture.cut(capture.origin(), 100));
        row.setString(i++, Capture.cut(capture.stage(), 100));
        row.setString(i++, Capture.cut(capture.cause(), 100));
        row.setString(i++, Capture.cut(capture.failure(), 20));
        row.setString(i++, Capture.cut(capture.input().property(Headers.DEAD_EXCEPTION), 500));
        row.setString(i++, Capture.cut(capture.author(), 64));
        row.setString(i++, Capture.cut(capture.recipient(), 64));
        row.setString(i++, Capture.cut(capture.dialect(), 40));
        row.setString(i++, Capture.cut(capture.input().property(Headers.REFERRAL_ID), 36));
        row.setString(i++, Capture.cut(capture.input().property(Headers.MESSAGE_ID), 200));
        row.setString(i++, Capture.cut(capture.deliveryId(), 36));
        row.setString(i++, urgency == null ? null : urgency.name());
        row.setInt(i++, urgency == null ? Urgency.URGENT.priority() : urgency.priority());
        row.setInt(i++, capture.attempts());
        row.setString(i++, headers(capture.input()));
        row.setBytes(i++, capture.original());
        row.setBytes(i++, capture.findings());
        row.setString(i++, Capture.cut(capture.input().token(), 200));
        row.setLong(i++, transaction.now().toEpochMilli());
        row.setLong(i, transaction.now().toEpochMilli());
        row.executeUpdate();
    }

    private static void reopen(String id, Capture capture, LedgerTransaction transaction) throws SQLException {
        PreparedStatement row = transaction.statement(
                "update letter set state = 'OPEN', stage = ?, cause = ?, failure = ?, exception = ?, findings = ?,"
                        + " attempts = attempts + ?, capture = ?, replay = null, changed_at = ? where id = ?");
        row.setString(1, Capture.cut(capture.stage(), 100));
        row.setString(2, Capture.cut(capture.cause(), 100));
        row.setString(3, Capture.cut(capture.failure(), 20));
        row.setString(4, Capture.cut(capture.input().property(Headers.DEAD_EXCEPTION), 500));
        row.setBytes(5, capture.findings());
        row.setInt(6, capture.attempts());
        row.setString(7, Capture.cut(capture.input().token(), 200));
        row.setLong(8, transaction.now().toEpochMilli());
        row.setString(9, id);
        row.executeUpdate();
    }

    private String headers(LedgerInput input) {
        try {
            return mapper.writeValueAsString(new TreeMap<>(input.properties()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of texts can always be written", e);
        }
    }

    private Map<String, String> headers(String json) {
        try {
            return mapper.readValue(json, new TypeReference<TreeMap<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a letter's headers are not JSON");
        }
    }

    private void replay(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        String letter = input.property(Headers.REPLAY_OF, "");
        String order = input.property(Headers.STAMP, "");
        transaction.flush();
        PreparedStatement select = transaction.statement(
                "select state, replay, origin, sender, dialect, delivery_id, urgency, headers, original from letter"
                        + " where id = ?");
        select.setString(1, letter);
        boolean open;
        String origin;
        String sender;
        String dialect;
        String deliveryId;
        String urgency;
        Map<String, String> headers;
        byte[] original;
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return;
            }
            open = LetterState.OPEN.name().equals(rows.getString(1));
            if (!open && !order.equals(rows.getString(2))) {
                // Sent again already, by another order.
                return;
            }
            origin = rows.getString(3);
            sender = rows.getString(4);
            dialect = rows.getString(5);
            deliveryId = rows.getString(6);
            urgency = rows.getString(7);
            headers = headers(rows.getString(8));
            original = rows.getBytes(9);
        }
        Optional<Emission> emission;
        if (deliveryId != null) {
            emission = open
                    ? obligations.again(transaction, deliveryId, letter, agencies)
                    : obligations.waiting(transaction, deliveryId, letter);
        } else {
            emission = fromTheStart(letter, origin, sender, dialect, urgency, headers, original);
        }
        emission.ifPresent(transaction::emit);
        if (open) {
            PreparedStatement update = transaction.statement(
                    "update letter set state = 'REPLAYED', replay = ?, changed_at = ? where id = ? and state = 'OPEN'");
            update.setString(1, order);
            update.setLong(2, transaction.now().toEpochMilli());
            update.setString(3, letter);
            update.executeUpdate();
            AuditChain.append(transaction, input.property(Headers.SENDER, "unknown"), "replay", letter);
        }
    }

    /** A message that never came to be a delivery goes to its dialect's intake, as its sender's own bytes. */
    private static Optional<Emission> fromTheStart(
            String letter,
            String origin,
            @Nullable String sender,
            @Nullable String dialect,
            @Nullable String urgency,
            Map<String, String> headers,
            byte[] original) {
        int priority = Urgency.valueOf(urgency == null ? "URGENT" : urgency).priority();
        if (sender != null && dialect != null && original.length > 0) {
            return Optional.of(new Emission(
                    Queues.intake(dialect),
                    priority,
                    Map.of(Headers.SENDER, sender, Headers.REPLAY_OF, letter),
                    original));
        }
        if (origin.equals(Queues.LEDGER)) {
            Map<String, String> properties = new HashMap<>(headers);
            properties.keySet().removeIf(name -> name.startsWith("dead") || name.startsWith("_AMQ"));
            return Optional.of(new Emission(Queues.LEDGER, priority, properties, original));
        }
        return Optional.empty();
    }

    /** What a dead letter says about itself, whoever made it. */
    private record Capture(
            LedgerInput input,
            boolean byBroker,
            String origin,
            String stage,
            String cause,
            String failure,
            int attempts,
            @Nullable String author,
            @Nullable String dialect,
            @Nullable String recipient,
            @Nullable String deliveryId,
            @Nullable String replayOf,
            @Nullable Urgency urgency,
            byte[] original,
            byte[] findings,
            boolean knownSender) {

        static Capture of(LedgerInput input, AgencyRegistry agencies) {
            String brokersOrigin =
                    input.property(LedgerStage.ORIGINAL_QUEUE, input.property(LedgerStage.ORIGINAL_ADDRESS, ""));
            boolean byBroker = !brokersOrigin.isEmpty();
            String origin = byBroker ? brokersOrigin : input.property(Headers.DEAD_ORIGIN, Queues.DEAD_LETTER);
            boolean fromIntake = origin.startsWith(INTAKE);
            String user = input.property(LedgerStage.VALIDATED_USER);
            // What an agency wrote into its own message's properties is not to be believed.
            boolean trusted = !(byBroker && fromIntake) || HUB.equals(user);
            String sender = trusted ? input.property(Headers.SENDER) : user;
            String dialect = fromIntake ? origin.substring(INTAKE.length()) : input.property(Headers.DIALECT);
            Parcel parcel = byBroker && !origin.equals(Queues.LEDGER) ? null : parcel(input, origin);
            String recipient = trusted ? input.property(Headers.RECIPIENT) : null;
            if (recipient == null) {
                recipient = Queues.agencyOf(origin);
            }
            String urgency = trusted ? input.property(Headers.URGENCY) : null;
            return new Capture(
                    input,
                    byBroker,
                    origin,
                    byBroker ? origin : input.property(Headers.DEAD_STAGE, "unknown"),
                    byBroker ? "attempts-used-up" : input.property(Headers.DEAD_CAUSE, "unknown"),
                    byBroker ? "exhausted" : input.property(Headers.DEAD_CLASS, "unknown"),
                    attempts(input),
                    sender,
                    dialect,
                    recipient,
                    trusted && !origin.equals(Queues.LEDGER) ? input.property(Headers.DELIVERY_ID) : null,
                    trusted ? input.property(Headers.REPLAY_OF) : null,
                    urgency(urgency),
                    parcel == null ? input.body() : parcel.original(),
                    parcel == null ? new byte[0] : parcel.report(),
                    agencies.find(sender).isPresent());
        }

        private static @Nullable Parcel parcel(LedgerInput input, String origin) {
            boolean expected = origin.equals(Queues.LEDGER) || "refused".equals(input.property(Headers.DEAD_CLASS));
            try {
                return expected ? Parcel.of(input.body()) : null;
            } catch (IllegalArgumentException e) {
                // Kept as it is: what it should have been is for a person to see.
                return null;
            }
        }

        private static int attempts(LedgerInput input) {
            try {
                return Math.max(1, Integer.parseInt(input.property(Headers.DEAD_ATTEMPTS, "1")));
            } catch (NumberFormatException e) {
                return 1;
            }
        }

        private static @Nullable Urgency urgency(@Nullable String name) {
            for (Urgency urgency : Urgency.values()) {
                if (urgency.name().equals(name)) {
                    return urgency;
                }
            }
            return null;
        }

        static @Nullable String cut(@Nullable String text, int most) {
            return text == null || text.length() <= most ? text : text.substring(0, most);
        }

        String sender() {
            return author == null ? "" : author;
        }

        boolean fromInbox() {
            return origin.startsWith("agency.");
        }

        /** One report for each refused message; a letter that was sent again has had its report. */
        boolean owesReport() {
            return failure.equals("refused") && origin.startsWith(INTAKE) && replayOf == null && knownSender;
        }

        String newId() {
            if (deliveryId != null) {
                return Identifiers.derive("letter", "delivery", deliveryId);
            }
            String stamp = byBroker ? null : input.property(Headers.STAMP);
            return stamp == null
                    ? Identifiers.derive("letter", "token", input.token())
                    : Identifiers.derive("letter", "stamp", stamp);
        }
    }
}
