package org.referralhub.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.Foreseen.Change;
import org.referralhub.deadletter.Foreseen.Difference;
import org.referralhub.deadletter.Foreseen.Outcome;
import org.referralhub.dialect.Inbound;
import org.referralhub.dialect.Received;
import org.referralhub.ledger.Departure;
import org.referralhub.ledger.Foresight;
import org.referralhub.ledger.Prospect;
import org.referralhub.message.Finding;
import org.referralhub.message.Parcel;
import org.referralhub.message.Queues;
import org.referralhub.message.Report;
import org.referralhub.validation.ReportJson;

/** Tells of one letter after another what would become of it. It follows the way that a replay takes. */
final class Rehearser {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Which of the messages of one file decides what becomes of its letter: the worst. */
    private static final List<Outcome> WORST = List.of(
            Outcome.FAILS, Outcome.UNKNOWN, Outcome.REFUSED, Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.NOTHING);

    private final Today today;
    private final Foresight ledger;
    private final Clock clock;

    Rehearser(Today today, Foresight ledger, Clock clock) {
        this.today = today;
        this.ledger = ledger;
        this.clock = clock;
    }

    /**
     * A letter as far as a replay looks at it.
     *
     * @param original as personal as the letter
     * @param findings JSON array; empty when there were none
     */
    record Material(
            String id,
            boolean open,
            String origin,
            @Nullable String sender,
            @Nullable String dialect,
            @Nullable String deliveryId,
            byte[] original,
            byte[] findings) {
        /** The original is personal. */
        @Override
        public String toString() {
            return "Material[" + id + "]";
        }
    }

    Foreseen foresee(int number, Material letter) throws SQLException {
        return attempt(letter).of(number, letter.id());
    }

    private Attempt attempt(Material letter) throws SQLException {
        if (!letter.open()) {
            return Attempt.nothing("not-open");
        }
        String delivery = letter.deliveryId();
        if (delivery != null) {
            return delivery(letter, delivery);
        }
        String sender = letter.sender();
        String dialect = letter.dialect();
        if (sender != null && dialect != null && letter.original().length > 0) {
            return intake(letter, sender, dialect);
        }
        return letter.origin().equals(Queues.LEDGER)
                ? Attempt.of(Outcome.UNKNOWN, "goes-to-the-ledger")
                : Attempt.of(Outcome.FAILS, DeskOutcome.NOTHING_TO_SEND);
    }

    private Attempt delivery(Material letter, String delivery) throws SQLException {
        Departure departure = ledger.departure(delivery);
        if (departure instanceof Departure.Goes goes) {
            return delivery(letter, goes);
        }
        if (departure instanceof Departure.CalledOff) {
            return Attempt.of(Outcome.WITHDRAWN, "called-off");
        }
        return Attempt.nothing(
                departure instanceof Departure.Elsewhere elsewhere
                        ? elsewhere.state().name().toLowerCase(Locale.ROOT)
                        : "unknown-delivery");
    }

    private Attempt delivery(Material letter, Departure.Goes goes) {
        Stages.Written written = today.stages().delivery(goes.recipient(), goes.canonical());
        List<Difference> differences;
        if (letter.origin().equals(Queues.DELIVERY)) {
            differences = Differences.between(tree(letter.original()), tree(goes.canonical()));
        } else {
            boolean same = written.cause() != null || java.util.Arrays.equals(letter.original(), written.document());
            differences = same ? List.of() : List.of(new Difference("document", Change.CHANGED));
        }
        return new Attempt(
                written.cause() == null ? Outcome.DELIVERED : Outcome.FAILS,
                written.cause(),
                goes.type().name(),
                List.of(new Foreseen.Recipient(goes.recipient(), "", written.cause())),
                written.report().findings(),
                differences,
                written.cause() == null && today.stages().hasCourier(goes.recipient())
                        ? List.of("courier-not-tried")
                        : List.of());
    }

    private static JsonNode tree(byte[] json) {
        try {
            JsonNode tree = JSON.readTree(json);
            return tree == null ? JSON.missingNode() : tree;
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    private Attempt intake(Material letter, String sender, String dialect) throws SQLException {
        List<Received> messages;
        try {
            messages = today.stages().intake(sender, dialect, letter.original(), clock.instant());
        } catch (Stages.StageFailure e) {
            return Attempt.of(Outcome.FAILS, e.code());
        }
        List<Attempt> attempts = new ArrayList<>();
        for (Received message : messages) {
            attempts.add(message(letter, sender, dialect, message));
        }
        Optional<Attempt> worst =
                attempts.stream().min(Comparator.comparingInt(attempt -> WORST.indexOf(attempt.outcome())));
        if (worst.isEmpty()) {
            return Attempt.of(Outcome.FAILS, DeskOutcome.NOTHING_TO_SEND);
        }
        return messages.size() == 1 ? worst.get() : worst.get().ofSeveral();
    }

    private Attempt message(Material letter, String sender, String dialect, Received message) throws SQLException {
        Report report = message.inbound().report();
        List<Difference> differences = Differences.between(before(letter), report);
        if (!(message.inbound() instanceof Inbound.Accepted accepted)) {
            return new Attempt(Outcome.REFUSED, "refused", null, List.of(), report.findings(), differences, List.of());
        }
        Prospect prospect;
        String type = accepted.canonical().path("messageType").asText();
        try {
            prospect = ledger.arrival(
                    sender,
                    dialect,
                    new Parcel(
                            JSON.writeValueAsBytes(accepted.canonical()),
                            message.part().document(),
                            ReportJson.toBytes(report)));
        } catch (IllegalArgumentException | IllegalStateException | JsonProcessingException e) {
            // What stops the ledger ends at the desk again.
            return Attempt.of(Outcome.FAILS, "ledger-failed");
        }
        if (prospect instanceof Prospect.Taken told) {
            return new Attempt(
                    Outcome.ACCEPTED, null, type, recipients(told), report.findings(), differences, remarks(accepted));
        }
        if (prospect instanceof Prospect.Refused refused) {
            List<Finding> findings = new ArrayList<>(refused.findings());
            findings.addAll(report.findings());
            return new Attempt(
                    Outcome.REFUSED,
                    "lifecycle",
                    type,
                    List.of(),
                    findings,
                    differences,
                    refused.early() ? List.of("waits-for-another-first") : List.of());
        }
        if (prospect instanceof Prospect.Repeat) {
            return Attempt.nothing("repeat");
        }
        return Attempt.of(Outcome.FAILS, prospect instanceof Prospect.Conflict ? "conflict" : "no-recipient");
    }

    private static List<String> remarks(Inbound.Accepted accepted) {
        return accepted.incomplete() ? List.of("urgent-core-only") : List.of();
    }

    private List<Foreseen.Recipient> recipients(Prospect.Taken taken) {
        return taken.told().stream()
                .map(told -> new Foreseen.Recipient(
                        told.recipient(),
                        told.rule(),
                        today.stages()
                                .delivery(told.recipient(), told.canonical())
                                .cause()))
                .toList();
    }

    private static Report before(Material letter) {
        try {
            return letter.findings().length == 0 ? Report.CLEAN : ReportJson.fromBytes(letter.findings());
        } catch (IllegalArgumentException e) {
            return Report.CLEAN;
        }
    }

    /** What a letter came to. */
    private record Attempt(
            Outcome outcome,
            @Nullable String cause,
            @Nullable String type,
            List<Foreseen.Recipient> recipients,
            List<Finding> findings,
            List<Difference> differences,
            List<String> remarks) {

        static Attempt of(Outcome outcome, String cause) {
            return new Attempt(outcome, cause, null, List.of(), List.of(), List.of(), List.of());
        }

        static Attempt nothing(String why) {
            return of(Outcome.NOTHING, why);
        }

        /** Of a file, of which not every message needs to come to the same. */
        Attempt ofSeveral() {
            List<String> all = new ArrayList<>(Set.copyOf(remarks));
            all.add("several-messages");
            return new Attempt(outcome, cause, type, recipients, findings, differences, all);
        }

        Foreseen of(int number, String letter) {
            List<Finding> shown = findings.stream()
                    .map(finding -> finding.at(Places.shown(finding), finding.line(), finding.column()))
                    .toList();
            return new Foreseen(number, letter, outcome, cause, type, recipients, shown, differences, remarks);
        }
    }
}
