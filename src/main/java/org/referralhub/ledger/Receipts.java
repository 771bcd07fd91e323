package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Identifiers;
import org.referralhub.message.MessageType;
import org.referralhub.message.Report;
import org.referralhub.message.Text;
import org.referralhub.message.Urgency;
import org.referralhub.message.Withheld;
import org.referralhub.recipient.Choice;
import org.referralhub.validation.ReportJson;

/** Writes the hub's answers to senders. */
final class Receipts {
    /** What the hub calls itself as a sender. */
    static final String HUB = "hub";

    private static final DateTimeFormatter OFFSET =
            DateTimeFormatter.ISO_OFFSET_DATE_TIME.withZone(ZoneOffset.ofHours(8));
    private static final String CONTENT = "receipt";

    private final ObjectMapper mapper;

    /** What was decided. */
    enum Status {
        ACCEPTED,
        REFUSED,
        CONFLICT;

        String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * What a receipt is about.
     *
     * @param subject from which the receipt's own identifier follows
     * @param sender of the message, who gets the receipt
     * @param messageId of the message; null when it could not be read
     */
    record About(
            String subject,
            String sender,
            @Nullable String messageId,
            @Nullable String referralId,
            Urgency urgency) {}

    /**
     * One that a message goes to, and what the sender learns of it.
     *
     * @param acknowledgeBy when it must have acknowledged; null when nothing is to be acknowledged
     * @param acceptBy when it must have accepted or declined; null when nothing is to be accepted
     * @param withheld what it is not shown
     */
    record Told(
            Choice choice,
            @Nullable Instant acknowledgeBy,
            @Nullable Instant acceptBy,
            Withheld withheld) {}

    Receipts(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * A receipt to send.
     *
     * @param cause to which the delivery belongs
     * @param report findings of intake as its JSON array; may be empty
     * @param more findings of the ledger
     */
    Delivery receipt(
            About about,
            String cause,
            Status status,
            boolean incomplete,
            Collection<Told> recipients,
            byte[] report,
            List<Finding> more,
            Instant now) {
        ObjectNode message = mapper.createObjectNode();
        String messageId = Identifiers.derive(CONTENT, about.subject());
        message.put("messageId", messageId);
        message.put("messageType", MessageType.RECEIPT.name());
        message.put("schemaVersion", "1.0");
        if (about.referralId() != null) {
            message.put("referralId", about.referralId());
        }
        if (about.messageId() != null) {
            message.put("correlationId", about.messageId());
        }
        message.put("sentAt", OFFSET.format(now.truncatedTo(ChronoUnit.MILLIS)));
        message.put("sender", HUB);
        message.put("recipient", about.sender());
        ObjectNode body = message.putObject("body");
        body.put("status", status.code());
        body.put("inReplyTo", about.messageId());
        if (about.referralId() != null) {
            body.put("referralId", about.referralId());
            body.put("reference", Identifiers.reference(about.referralId()));
        }
        if (incomplete) {
            body.put("incomplete", true);
        }
        if (!recipients.isEmpty()) {
            ArrayNode list = body.putArray("recipients");
            for (Told told : recipients) {
                Choice choice = told.choice();
                ObjectNode recipient = list.addObject();
                recipient.put("agency", choice.agency().id());
                recipient.put("kind", choice.agency().kind().name());
                recipient
                        .putObject("name")
                        .put("mn", choice.agency().name().mn())
                        .put("en", choice.agency().name().en());
                recipient.put("rule", choice.rule());
                deadline(recipient, "acknowledgeBy", told.acknowledgeBy());
                deadline(recipient, "acceptBy", told.acceptBy());
                groups(recipient, "withheld", told.withheld().whole());
                groups(recipient, "reduced", told.withheld().partly());
            }
        }
        ArrayNode findings = findings(report);
        if (!more.isEmpty()) {
            findings.addAll(ReportJson.toArray(new Report(more)));
        }
        if (!findings.isEmpty()) {
            body.set("findings", findings);
        }
        return new Delivery(
                Delivery.id(cause, about.sender(), CONTENT),
                cause,
                null,
                MessageEntry.bytes(mapper, message),
                about.sender(),
                MessageType.RECEIPT,
                about.referralId(),
                messageId,
                about.urgency());
    }

    private static void deadline(ObjectNode recipient, String field, @Nullable Instant at) {
        if (at != null) {
            // Rounded down, so that who keeps to it is never late.
            recipient.put(field, OFFSET.format(at.truncatedTo(ChronoUnit.MILLIS)));
        }
    }

    private static void groups(ObjectNode recipient, String field, List<Text> groups) {
        if (!groups.isEmpty()) {
            ArrayNode list = recipient.putArray(field);
            groups.forEach(group -> list.addObject().put("mn", group.mn()).put("en", group.en()));
        }
    }

    /** The receipt for a message that was taken or refused here. */
    Delivery answer(
            Arrival arrival,
            @Nullable Referral referral,
            Status status,
            boolean incomplete,
            List<Told> told,
            List<Finding> findings,
            Instant now) {
        boolean accepted = status == Status.ACCEPTED;
        About about = new About(
                arrival.key(),
                arrival.sender(),
                arrival.envelope().messageId(),
                // What was refused may not even belong to a referral that the sender may know of.
                accepted && referral != null ? referral.id : null,
                accepted && referral != null ? referral.facts.urgency() : arrival.urgency());
        return receipt(
                about, arrival.key(), status, incomplete, told, arrival.parcel().report(), findings, now);
    }

    /** The id of the delivery of a receipt with this cause. */
    static String deliveryId(String cause, String sender) {
        return Delivery.id(cause, sender, CONTENT);
    }

    private ArrayNode findings(byte[] report) {
        if (report.length == 0) {
            return mapper.createArrayNode();
        }
        try {
            JsonNode array = mapper.readTree(report);
            if (array instanceof ArrayNode findings) {
                return findings;
            }
        } catch (IOException e) {
            // Jackson's text may quote the document, so it is not kept as the cause.
            throw new IllegalArgumentException("a parcel's report is not JSON");
        }
        throw new IllegalArgumentException("a parcel's report is not an array");
    }
}
