package org.referralhub.deadletter;

import java.time.Instant;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.ledger.LedgerInput;
import org.referralhub.ledger.LedgerStage;
import org.referralhub.message.Finding;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Parcel;
import org.referralhub.message.Queues;
import org.referralhub.message.Urgency;
import org.referralhub.validation.ReportJson;

/** What a dead letter says about itself, whoever made it. */
record Capture(
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
        @Nullable Instant arrivedAt,
        byte[] original,
        byte[] findings,
        boolean knownSender) {
    private static final String HUB = "hub";
    private static final String INTAKE = Queues.intake("");
    private static final int LONGEST_FINDINGS = 1000;

    static Capture of(LedgerInput input, AgencyRegistry agencies, ToIntFunction<String> limit) {
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
        String cause = byBroker ? brokersCause(input) : input.property(Headers.DEAD_CAUSE, "unknown");
        return new Capture(
                input,
                byBroker,
                origin,
                byBroker ? origin : input.property(Headers.DEAD_STAGE, "unknown"),
                cause,
                byBroker ? "exhausted" : input.property(Headers.DEAD_CLASS, "unknown"),
                // The broker's copy does not say how often it was brought, but it is made when the limit is reached.
                Math.max(
                        1,
                        cause.equals("attempts-used-up")
                                ? limit.applyAsInt(origin)
                                : number(input, Headers.DEAD_ATTEMPTS, 1)),
                sender,
                dialect,
                recipient,
                trusted && !origin.equals(Queues.LEDGER) ? input.property(Headers.DELIVERY_ID) : null,
                trusted ? input.property(Headers.REPLAY_OF) : null,
                urgency(urgency),
                trusted ? moment(input.property(Headers.ARRIVED_AT)) : null,
                parcel == null ? input.body() : parcel.original(),
                parcel == null ? new byte[0] : parcel.report(),
                agencies.find(sender).isPresent());
    }

    /** Why the broker took it off its queue, by what it writes on what it sets aside. */
    private static String brokersCause(LedgerInput input) {
        if (input.property(LedgerStage.EXPIRED_AT) != null) {
            return "expired";
        }
        return input.property(LedgerStage.ORIGINAL_QUEUE) == null ? "no-queue" : "attempts-used-up";
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

    private static int number(LedgerInput input, String property, int otherwise) {
        try {
            return Integer.parseInt(input.property(property, ""));
        } catch (NumberFormatException e) {
            return otherwise;
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

    private static @Nullable Instant moment(@Nullable String millis) {
        return millis == null || !millis.matches("[0-9]{1,15}") ? null : Instant.ofEpochMilli(Long.parseLong(millis));
    }

    static @Nullable String cut(@Nullable String text, int most) {
        return text == null || text.length() <= most ? text : text.substring(0, most);
    }

    private static String within(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }

    String sender() {
        return author == null ? "" : author;
    }

    /** {@link Urgency#URGENT} where nobody could tell. */
    Urgency urgencyOrUrgent() {
        return urgency == null ? Urgency.URGENT : urgency;
    }

    /** From when its time counts: since the hub has it, not since it failed. */
    Instant since(Instant now) {
        return arrivedAt == null || arrivedAt.isAfter(now) ? now : arrivedAt;
    }

    /** How often it had left the desk again when it failed. */
    int sending() {
        return number(input, Headers.SENDING, 0);
    }

    boolean fromInbox() {
        return Queues.agencyOf(origin) != null;
    }

    /** One report for each refused message; a letter that was sent again has had its report. */
    boolean owesReport() {
        return failure.equals("refused") && origin.startsWith(INTAKE) && replayOf == null && knownSender;
    }

    /** The key that the message will have when it is accepted; null for what had been accepted before it failed. */
    @Nullable
    String messageKey() {
        String messageId = input.property(Headers.MESSAGE_ID);
        return deliveryId == null && author != null && messageId != null
                ? Identifiers.derive("message", author, messageId)
                : null;
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

    /** What it has in common with others: never anything that only this message has. */
    Groups.Likeness likeness() {
        String exception = cut(input.property(Headers.DEAD_EXCEPTION), 500);
        String found = within(masked(), LONGEST_FINDINGS);
        String where = within(stage, 100);
        String why = within(cause, 100);
        String how = within(failure, 20);
        String by = cut(dialect, 40);
        String to = cut(recipient, 64);
        String fingerprint = Identifiers.derive(
                "group",
                where,
                why,
                how,
                Objects.requireNonNullElse(exception, ""),
                Objects.requireNonNullElse(by, ""),
                Objects.requireNonNullElse(to, ""),
                found);
        return new Groups.Likeness(fingerprint, where, why, how, exception, by, to, found);
    }

    /** Codes with the places they were found at; a number in a pointer says which of many, and is no part of the cause. */
    private String masked() {
        if (findings.length == 0) {
            return "";
        }
        TreeSet<String> codes = new TreeSet<>();
        try {
            for (Finding finding : ReportJson.fromBytes(findings).findings()) {
                switch (finding.severity()) {
                    case FATAL, ERROR -> codes.add(finding.code() + '@' + Places.alike(finding));
                    default -> {
                        // A warning has not kept it from going on.
                    }
                }
            }
        } catch (IllegalArgumentException e) {
            return "";
        }
        return String.join(" ", codes);
    }
}
