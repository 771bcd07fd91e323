package org.referralhub.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.Envelope;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;

/**
 * A deadline has run out: the next office up the ladder gets the referral, and the sender and the late recipient are told.
 * The clock's row says whether that has been done, so a message that comes twice, or after the answer, does nothing more.
 */
final class DueEntry implements LedgerEntry {
    /** The rule of those who were added because somebody was late. */
    static final String RULE = "escalated-by-clock";

    private static final DateTimeFormatter OFFSET =
            DateTimeFormatter.ISO_OFFSET_DATE_TIME.withZone(ZoneOffset.ofHours(8));
    private static final String NOTICE = "escalation";
    private static final String FIRE = "update clock set state = 'OVERDUE', fired_at = ?, fired_by = ? where "
            + Referral.ROWS + " and agency = ? and kind = ?" + " and due_at = ? and state = 'RUNNING'";
    private static final String SETTLE =
            "update clock set escalated_to = ?, ladder_end = ? where " + Referral.ROWS + " and agency = ? and kind = ?";
    private static final String FIRED = "select escalated_to from clock where " + Referral.ROWS
            + " and agency = ? and kind = ? and due_at = ?" + " and fired_by = ?";
    private static final String LATE =
            "select 1 from clock where " + Referral.ROWS + " and agency = ? and state = 'OVERDUE' and ended_at is null";

    private static final String ADDED =
            "select 1 from progress where " + Referral.ROWS + " and recipient = ? and cause = ?";

    private final AgencyRegistry agencies;
    private final ResponseTimes responseTimes;
    private final Ladder ladder;
    private final Obligations obligations;
    private final ObjectMapper mapper = new ObjectMapper();
    private final StandingRequest standing;
    private final Timer firing;

    DueEntry(
            AgencyRegistry agencies,
            ResponseTimes responseTimes,
            Ladder ladder,
            Obligations obligations,
            MeterRegistry meters) {
        this.agencies = agencies;
        this.responseTimes = responseTimes;
        this.ladder = ladder;
        this.obligations = obligations;
        this.standing = new StandingRequest(mapper, agencies::isExercise);
        this.firing = Timer.builder("hub.clocks.firing")
                .description("Time from a deadline to its escalation")
                .register(meters);
    }

    @Override
    public Set<LedgerKind> kinds() {
        return Set.of(LedgerKind.DUE);
    }

    /** Which deadline, and the message that announced it. The id follows from it, and names what comes of it. */
    private record Due(
            String referralId, String agency, Clocks.Kind kind, Instant dueAt, String announcement, String cause) {
        static Due of(LedgerInput input) {
            return new Due(
                    input.property(Headers.REFERRAL_ID, ""),
                    input.property(Headers.RECIPIENT, ""),
                    Clocks.Kind.valueOf(input.property(Headers.CLOCK, "")),
                    Instant.ofEpochMilli(Long.parseLong(input.property(Headers.DUE_AT, ""))),
                    input.token(),
                    input.property(Headers.STAMP, input.token()));
        }

        String id() {
            return Ticker.id(referralId, agency, kind.name(), dueAt.toEpochMilli());
        }
    }

    @Override
    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
        Batch batch = (Batch) transaction;
        Due due = Due.of(input);
        batch.flush();
        if (!fire(due, batch)) {
            again(due, batch);
            return;
        }
        Referral referral = batch.referral(due.referralId());
        if (referral == null) {
            throw new IllegalStateException("a clock without its referral");
        }
        Referral.Assignment late = referral.assignments.get(due.agency());
        if (due.kind() != Clocks.Kind.RECALL && (late == null || !Clocks.isAwaited(due.kind(), late.state))) {
            batch.clocks().stop(due.referralId(), due.agency(), due.kind());
            return;
        }
        Duration lateness = Duration.between(due.dueAt(), batch.now());
        firing.record(lateness.isNegative() ? Duration.ZERO : lateness);
        // Another node that works on the referral at this moment takes its batch again.
        referral.changed = true;
        // Nobody new is told of a referral that was called off.
        Optional<Agency> next = due.kind() == Clocks.Kind.RECALL ? Optional.empty() : climb(due, referral, batch);
        settle(due, next, batch);
        notice(due, referral, referral.sender, next, batch);
        if (!due.agency().equals(referral.sender)) {
            notice(due, referral, due.agency(), next, batch);
        }
    }

    private static boolean fire(Due due, Batch batch) throws SQLException {
        PreparedStatement update = batch.statement(FIRE);
        update.setLong(1, batch.now().toEpochMilli());
        update.setString(2, due.announcement());
        update.setString(3, due.referralId());
        update.setString(4, due.referralId());
        update.setString(5, due.agency());
        update.setString(6, due.kind().name());
        update.setLong(7, due.dueAt().toEpochMilli());
        return update.executeUpdate() == 1;
    }

    private static void settle(Due due, Optional<Agency> next, Batch batch) throws SQLException {
        PreparedStatement update = batch.statement(SETTLE);
        update.setString(1, next.map(Agency::id).orElse(null));
        update.setInt(2, next.isPresent() ? 0 : 1);
        update.setString(3, due.referralId());
        update.setString(4, due.referralId());
        update.setString(5, due.agency());
        update.setString(6, due.kind().name());
        update.executeUpdate();
    }

    /**
     * When the batch is being repeated, what followed and is still on its way goes out again. Nothing follows when the answer
     * was faster, or when the same deadline was announced twice.
     */
    private void again(Due due, Batch batch) throws SQLException {
        PreparedStatement select = batch.statement(FIRED);
        select.setString(1, due.referralId());
        select.setString(2, due.referralId());
        select.setString(3, due.agency());
        select.setString(4, due.kind().name());
        select.setLong(5, due.dueAt().toEpochMilli());
        select.setString(6, due.announcement());
        String escalatedTo;
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return;
            }
            escalatedTo = rows.getString(1);
        }
        Referral referral = batch.referral(due.referralId());
        if (escalatedTo != null && referral != null && isAddedBy(due, escalatedTo, batch)) {
            obligations.waiting(batch, requestId(referral, escalatedTo), null).ifPresent(batch::emit);
        }
        obligations.emitAgain(batch, due.id());
    }

    /** Two deadlines may name the same office, and only the first of them has sent it the REQUEST. */
    private static boolean isAddedBy(Due due, String office, Batch batch) throws SQLException {
        PreparedStatement select = batch.statement(ADDED);
        select.setString(1, due.referralId());
        select.setString(2, due.referralId());
        select.setString(3, office);
        select.setString(4, due.cause());
        try (ResultSet rows = select.executeQuery()) {
            return rows.next();
        }
    }

    private static String requestId(Referral referral, String recipient) {
        return Delivery.id(referral.request, recipient, RULE);
    }

    /**
     * The office that is on it from now on. One that was asked because another recipient is late, and is itself in time,
     * stays the one: two silent recipients need not wake the whole ladder at once.
     */
    private Optional<Agency> climb(Due due, Referral referral, Batch batch) throws SQLException {
        Optional<Agency> late = agencies.find(due.agency());
        if (late.isEmpty()) {
            return Optional.empty();
        }
        for (Agency office : ladder.above(late.get(), referral.facts.place(), batch.now())) {
            Referral.Assignment party = referral.assignments.get(office.id());
            if (party != null) {
                if (party.rule.equals(RULE) && party.state.isOpen() && !isLate(referral, office, batch)) {
                    return Optional.of(office);
                }
            } else if (!office.id().equals(referral.sender)
                    && standing.mayBeTold(Optional.of(office), referral, batch)) {
                add(office, referral, batch);
                return Optional.of(office);
            }
        }
        return Optional.empty();
    }

    private static boolean isLate(Referral referral, Agency office, Batch batch) throws SQLException {
        PreparedStatement select = batch.statement(LATE);
        select.setString(1, referral.id);
        select.setString(2, referral.id);
        select.setString(3, office.id());
        try (ResultSet rows = select.executeQuery()) {
            return rows.next();
        }
    }

    /** The office gets the REQUEST as it stands. It follows from the REQUEST, as every recipient's does. */
    private void add(Agency office, Referral referral, Batch batch) throws SQLException {
        batch.insert(
                referral,
                new Referral.Assignment(office.id(), RULE, Lifecycle.State.REQUESTED, null, null),
                responseTimes.deadlines(referral.facts.urgency(), office.hours(), batch.now()));
        Batch.Standing request = batch.standing(referral);
        batch.owe(new Delivery(
                requestId(referral, office.id()),
                referral.request,
                // A later amendment must not change what this recipient was sent.
                request.amended() ? null : referral.request,
                request.canonical(),
                office.id(),
                MessageType.REQUEST,
                referral.id,
                request.messageId(),
                referral.facts.urgency()));
    }

    private void notice(Due due, Referral referral, String recipient, Optional<Agency> next, Batch batch)
            throws SQLException {
        String messageId = Identifiers.derive(NOTICE, due.id(), recipient);
        Envelope envelope = new Envelope(
                messageId,
                MessageType.ESCALATE,
                "1.0",
                referral.id,
                referral.version,
                null,
                OFFSET.format(batch.now().truncatedTo(ChronoUnit.MILLIS)),
                Receipts.HUB,
                recipient,
                null);
        ObjectNode message = envelope.writeTo(mapper.createObjectNode());
        ObjectNode body = message.putObject("body");
        body.put("reason", reason(due, agencies.find(due.agency()).orElse(null), next.isPresent()));
        next.ifPresent(office -> body.put("to", office.id()));
        body.put("late", due.agency());
        batch.owe(new Delivery(
                Delivery.id(due.id(), recipient, NOTICE),
                due.id(),
                null,
                MessageEntry.bytes(mapper, message),
                recipient,
                MessageType.ESCALATE,
                referral.id,
                messageId,
                referral.facts.urgency()));
    }

    /** In both languages, since the canonical reason is one text. Names of offices only. */
    private static String reason(Due due, @Nullable Agency late, boolean climbed) {
        String mn = late == null ? due.agency() : late.name().mn();
        String en = late == null ? due.agency() : late.name().en();
        String done =
                switch (due.kind()) {
                    case ACKNOWLEDGE ->
                        "%s хугацаандаа хүлээн авснаа мэдэгдээгүй.%s / %s has not acknowledged in time.%s";
                    case ACCEPT -> "%s хугацаандаа хариу өгөөгүй.%s / %s has not accepted or declined in time.%s";
                    case RECALL ->
                        "%s буцаан татсаныг хүлээн авснаа мэдэгдээгүй.%s"
                                + " / %s has not acknowledged that the referral was called off.%s";
                };
        boolean end = !climbed && due.kind() != Clocks.Kind.RECALL;
        return done.formatted(
                mn,
                end ? " Дараагийн шатны байгууллага алга; операторт мэдэгдэв." : "",
                en,
                end ? " Nobody is left to ask; the operators know." : "");
    }
}
