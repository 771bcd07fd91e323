package org.referralhub.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Notice;
import org.referralhub.message.Parcel;
import org.referralhub.message.Queues;

/** Builds what intake would put on the ledger's queue. */
public final class Messages {
    private final String sender;
    private final String messageId;
    private final MessageType type;
    private final String referralId;
    private String urgency = "URGENT";
    private String body = "{}";
    private String original;
    private String stamp = UUID.randomUUID().toString();
    private boolean incomplete;
    private String recipient = "";
    private String correlation = "";
    private String sentAt = "2026-11-22T12:00:00+08:00";

    private Messages(String sender, String messageId, MessageType type, String referralId) {
        this.sender = sender;
        this.messageId = messageId;
        this.type = type;
        this.referralId = referralId;
        this.original = "original of " + messageId;
    }

    public static Messages request(String sender, String messageId) {
        return new Messages(sender, messageId, MessageType.REQUEST, Identifiers.referralId(sender, messageId))
                .body("""
                        {"urgency":"URGENT","concerns":["PHYSICAL_VIOLENCE"],\
                        "child":{"givenName":"Тэмүүлэн","address":{"state":"11","district":"1110","subdistrict":"111095"}},\
                        "narrative":"…"}""");
    }

    public static Messages followUp(String sender, String messageId, MessageType type, String referralId) {
        return new Messages(sender, messageId, type, referralId);
    }

    /** Says whom it is for. */
    public Messages recipient(String agency) {
        this.recipient = agency;
        return this;
    }

    /** Says when it was sent, with offset. */
    Messages sentAt(String moment) {
        this.sentAt = moment;
        return this;
    }

    /** Says which message it answers. */
    Messages correlation(String answered) {
        this.correlation = answered;
        return this;
    }

    public Messages body(String json) {
        this.body = json;
        return this;
    }

    public Messages urgency(String code) {
        this.urgency = code;
        this.body = body.replace("\"URGENT\"", "\"" + code + "\"");
        return this;
    }

    public Messages original(String text) {
        this.original = text;
        return this;
    }

    public Messages stamp(String value) {
        this.stamp = value;
        return this;
    }

    public Messages incomplete() {
        this.incomplete = true;
        return this;
    }

    public String referralId() {
        return referralId;
    }

    public LedgerInput input() {
        Map<String, String> properties = new HashMap<>();
        properties.put(Headers.KIND, LedgerKind.MESSAGE.name());
        properties.put(Headers.STAMP, stamp);
        properties.put(Headers.SENDER, sender);
        properties.put(Headers.DIALECT, "canonical");
        properties.put(Headers.ARRIVED_AT, "1800000000000");
        properties.put(Headers.MESSAGE_TYPE, type.name());
        properties.put(Headers.REFERRAL_ID, referralId);
        properties.put(Headers.MESSAGE_ID, messageId);
        properties.put(Headers.URGENCY, urgency);
        return new LedgerInput("ID:" + UUID.randomUUID(), LedgerKind.MESSAGE, properties, parcel());
    }

    private String envelope() {
        return (incomplete ? "\"incomplete\":true," : "")
                + (correlation.isEmpty() ? "" : "\"correlationId\":\"" + correlation + "\",")
                + (recipient.isEmpty() ? "" : "\"recipient\":\"" + recipient + "\",");
    }

    private byte[] parcel() {
        String canonical = """
                {"messageId":"%s","messageType":"%s","schemaVersion":"1.0","referralId":"%s","version":1,\
                "sentAt":"%s","sender":"%s",%s"body":%s}""".formatted(messageId, type, referralId, sentAt, sender, envelope(), body);
        return new Parcel(utf8(canonical), utf8(original), new byte[0]).toBytes();
    }

    public static LedgerInput delivered(String deliveryId) {
        return new LedgerInput(
                "ID:" + UUID.randomUUID(),
                LedgerKind.DELIVERED,
                Map.of(Headers.KIND, "DELIVERED"),
                Notice.toBytes(List.of(new Notice(deliveryId, null, "consent", 1, null))));
    }

    /** Takes the messages, and delivers what follows from them until nothing is on its way; what was sent in all. */
    static List<Emission> arrive(Ledger ledger, List<LedgerInput> inputs) throws SQLException {
        List<Emission> all = new ArrayList<>();
        for (List<Emission> round = ledger.process(inputs); !round.isEmpty(); ) {
            all.addAll(round);
            round = ledger.process(round.stream()
                    .map(emission -> delivered(emission.properties().get(Headers.DELIVERY_ID)))
                    .toList());
        }
        return all;
    }

    /** What the ledger sent to itself, as it comes back. */
    static List<LedgerInput> announced(List<Emission> emissions) {
        return emissions.stream()
                .filter(emission -> emission.queue().equals(Queues.LEDGER))
                .map(emission -> new LedgerInput(
                        "ID:" + UUID.randomUUID(),
                        LedgerKind.valueOf(emission.properties().get(Headers.KIND)),
                        emission.properties(),
                        emission.body()))
                .toList();
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
