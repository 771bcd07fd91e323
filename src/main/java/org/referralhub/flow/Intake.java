package org.referralhub.flow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.dialect.Inbound;
import org.referralhub.dialect.Origin;
import org.referralhub.dialect.Part;
import org.referralhub.message.Envelope;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Parcel;
import org.referralhub.message.Urgency;
import org.referralhub.trace.LogContext;
import org.referralhub.validation.ReportJson;

/** The first stage: from a sender's bytes to a canonical message or a refusal. It keeps no state and asks no database. */
public final class Intake {
    private static final byte[] NOTHING = {};
    private static final byte NOT_UTF8 = (byte) 0xFF;
    private static final String HUB = "hub";

    private final Supplier<Handbook> handbook;
    private final ObjectMapper json;
    private final Clock clock;

    /** @param handbook asked once for each message */
    public Intake(Supplier<Handbook> handbook, ObjectMapper json, Clock clock) {
        this.handbook = handbook;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Who sent a message, and by which version of everything it is checked and translated.
     *
     * @param agency the sender
     * @param handbook stays the message's to the end of this stage
     */
    public record Sender(Agency agency, Handbook handbook) {}

    /**
     * The agency that sent the message, as the {@link DoorBinding} found it.
     *
     * @throws UnknownAgencyException when it is not in the registry any more, or the hub did not say for whom it sends
     * @throws ProcessEndedException when the process has ended with this message in hand too often
     */
    public Sender identifySender(
            @Header(Headers.SENDER) @Nullable String sender,
            @ExchangeProperty(StagePolicies.ENDS) @Nullable Integer ends) {
        if (ends != null) {
            throw new ProcessEndedException(ends);
        }
        String id = Objects.requireNonNullElse(sender, "");
        Handbook now = handbook.get();
        return new Sender(now.agencies().find(id).orElseThrow(() -> new UnknownAgencyException(id)), now);
    }

    /** True for a file of several messages, unless it is one that the hub has taken apart already. */
    public boolean holdsSeveral(
            @Variable("sender") Sender sender,
            @Variable("dialect") String dialect,
            @Header(Headers.ROW) @Nullable Integer row,
            @Body @Nullable Object body) {
        return row == null && messages(sender, dialect, body).size() > 1;
    }

    /** The messages of a file, each as a file of its own. */
    public List<Part> messages(
            @Variable("sender") Sender sender, @Variable("dialect") String dialect, @Body @Nullable Object body) {
        return sender.handbook().translator().parts(dialect, bytes(body));
    }

    /**
     * Makes one message of a file a message in its sender's name. It is a new one: when a file is sent again from the desk,
     * its rows are not one letter.
     */
    public byte[] sendAlone(
            @Variable("sender") Sender sender,
            @Body Part part,
            @Header(DoorBinding.PRIORITY) @Nullable Integer priority,
            @org.apache.camel.Headers Map<String, Object> headers) {
        DoorBinding.strip(headers);
        headers.put(Headers.SENDER, sender.agency().id());
        headers.put(Headers.ROW, part.origin().row());
        headers.put(Headers.LINE, part.origin().line());
        headers.put("JMSXGroupID", sender.agency().id());
        if (priority != null) {
            headers.put(DoorBinding.PRIORITY, priority);
        }
        return part.document();
    }

    /** The hub's own order that the letter of a file is done with, whose rows are messages of their own by now. */
    public byte[] resolveFile(
            @Header(Headers.REPLAY_OF) String letter, @org.apache.camel.Headers Map<String, Object> headers)
            throws JsonProcessingException {
        DoorBinding.strip(headers);
        headers.put(Headers.KIND, LedgerKind.DESK.name());
        // The same for every attempt: a letter is resolved once.
        headers.put(Headers.STAMP, Identifiers.derive("rows-of-file", letter));
        headers.put(Headers.SENDER, HUB);
        return json.writeValueAsBytes(Map.of("action", "resolve", "subject", letter));
    }

    /** Runs the whole chain of checks on the sender's bytes. */
    public Verdict checkAndTranslate(
            @Variable("sender") Sender sender,
            @Variable("dialect") String dialect,
            @Header(Headers.ROW) @Nullable Integer row,
            @Header(Headers.LINE) @Nullable Integer line,
            @Body @Nullable Object body) {
        Origin origin = row == null || line == null ? Origin.WHOLE : new Origin(row, line);
        Part part = new Part(bytes(body), origin);
        String id = sender.agency().id();
        return new Verdict(
                id,
                dialect,
                sender.handbook().version(),
                part.document(),
                sender.handbook().translator().inbound(dialect, id, part, clock.instant()));
    }

    /** Replaces every property by the hub's own and packs the canonical message with the original. */
    public byte[] stampArrival(
            @Variable("verdict") Verdict verdict,
            @Header(Headers.REPLAY_OF) @Nullable String replayOf,
            @org.apache.camel.Headers Map<String, Object> headers)
            throws JsonProcessingException {
        Inbound.Accepted accepted = (Inbound.Accepted) verdict.outcome();
        Envelope envelope = Envelope.of(accepted.canonical());
        DoorBinding.strip(headers);
        stamp(headers, verdict, LedgerKind.MESSAGE, replayOf);
        headers.put(Headers.MESSAGE_TYPE, envelope.messageType().name());
        headers.put(Headers.MESSAGE_ID, envelope.messageId());
        headers.put(Headers.REFERRAL_ID, envelope.referralId());
        headers.put("JMSXGroupID", envelope.referralId());
        LogContext.reference(Identifiers.reference(envelope.referralId()));
        if (accepted.incomplete()) {
            headers.put(Headers.INCOMPLETE, Boolean.TRUE);
        }
        Urgency urgency = Urgency.onTheWayIn(accepted.canonical());
        headers.put(Headers.URGENCY, urgency.name());
        headers.put(DoorBinding.PRIORITY, urgency.priority());
        return new Parcel(
                        json.writeValueAsBytes(accepted.canonical()),
                        verdict.original(),
                        ReportJson.toBytes(accepted.report()))
                .toBytes();
    }

    /** Packs a refused original with its findings for the desk, which also answers the sender. */
    public byte[] packRefusal(
            @Variable("verdict") Verdict verdict,
            @Header(Headers.REPLAY_OF) @Nullable String replayOf,
            @org.apache.camel.Headers Map<String, Object> headers) {
        DoorBinding.strip(headers);
        stamp(headers, verdict, LedgerKind.DEAD, replayOf);
        headers.put(Headers.DEAD_ORIGIN, "intake." + verdict.dialect());
        headers.put(Headers.DEAD_STAGE, "intake-" + verdict.dialect());
        headers.put(Headers.DEAD_CAUSE, "refused");
        headers.put(Headers.DEAD_CLASS, "refused");
        headers.put(Headers.DEAD_ATTEMPTS, 1);
        Inbound.Refused refused = (Inbound.Refused) verdict.outcome();
        if (refused.messageId() != null) {
            // By which its correction is recognised.
            headers.put(Headers.MESSAGE_ID, refused.messageId());
        }
        return new Parcel(NOTHING, verdict.original(), ReportJson.toBytes(refused.report())).toBytes();
    }

    private void stamp(Map<String, Object> headers, Verdict verdict, LedgerKind kind, @Nullable String replayOf) {
        headers.put(Headers.KIND, kind.name());
        headers.put(Headers.STAMP, UUID.randomUUID().toString());
        headers.put(Headers.SENDER, verdict.sender());
        headers.put(Headers.DIALECT, verdict.dialect());
        headers.put(Headers.ARRIVED_AT, clock.millis());
        headers.put(Headers.CONFIGURATION, verdict.version());
        if (replayOf != null) {
            headers.put(Headers.REPLAY_OF, replayOf);
        }
    }

    /** Text messages are a client's choice of JMS type, not of encoding: what was said is UTF-8. */
    private static byte[] bytes(@Nullable Object body) {
        if (body instanceof byte[] bytes) {
            return bytes;
        }
        if (body instanceof String text) {
            return utf8(text);
        }
        return NOTHING;
    }

    /** Half a character can't be written in UTF-8. It is not replaced, but left to be found where it stands. */
    private static byte[] utf8(String text) {
        CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
        CharBuffer rest = CharBuffer.wrap(text);
        ByteBuffer bytes = ByteBuffer.allocate(3 * text.length());
        while (encoder.encode(rest, bytes, true).isMalformed()) {
            rest.get();
            bytes.put(NOT_UTF8);
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
