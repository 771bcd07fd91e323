package org.referralhub.deadletter;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.dialect.Documents;
import org.referralhub.dialect.Edit;
import org.referralhub.dialect.Inbound;
import org.referralhub.dialect.Translator;

/** Mends a sender's document where it fails, without showing the rest, and sends it in the letter's place. */
public class Corrections {
    /** The most edits of one correction. */
    public static final int MOST_EDITS = 100;

    private static final int LONGEST_FIELDS = 2000;

    private final Desk desk;
    private final Contents contents;
    private final DeskOrders orders;
    private final Supplier<Masking> masking;
    private final Supplier<Translator> translator;
    private final Clock clock;

    public Corrections(
            Desk desk,
            Contents contents,
            DeskOrders orders,
            Supplier<Masking> masking,
            Supplier<Translator> translator,
            Clock clock) {
        this.desk = desk;
        this.contents = contents;
        this.orders = orders;
        this.masking = masking;
        this.translator = translator;
        this.clock = clock;
    }

    /**
     * Makes the edits on a copy of the letter's document, runs the whole chain of checks on it as intake would, and has it sent
     * in the letter's place if they let it pass. What the checks say of a document that nobody sees is an answer too: whoever
     * only asks is noted before, with the fields.
     *
     * @param expected the revision that the caller saw; null when it need not be that one
     * @param edits with pointers as the masked content has them
     * @param send false to see only what the checks would say
     * @param reason without anything personal
     * @return empty when there is no such letter, or when its bytes were removed
     */
    public Optional<Correction> correct(
            String letter, @Nullable Integer expected, List<Edit> edits, boolean send, String caller, String reason) {
        LetterSummary summary = desk.show(letter).map(Letter::summary).orElse(null);
        LetterContent kept = summary == null ? null : desk.content(letter).orElse(null);
        if (summary == null || kept == null) {
            return Optional.empty();
        }
        String sender = summary.sender();
        String dialect = contents.dialect(summary);
        if (summary.deliveryId() != null || sender == null || dialect == null || !dialect.equals(summary.dialect())) {
            return without(Correction.Outcome.NOT_THE_SENDERS);
        }
        Documents documents = masking.get().documents();
        byte[] edited = edited(dialect, kept.original(), edits).orElse(null);
        if (edited == null) {
            return without(Correction.Outcome.NOT_FAITHFUL);
        }
        String messageId = documents.messageId(dialect, kept.original()).orElse(null);
        if (messageId == null
                || !messageId.equals(documents.messageId(dialect, edited).orElse(null))) {
            return without(Correction.Outcome.OTHER_MESSAGE);
        }
        if (!translator.get().leavesToTheSender(dialect, sender, kept.original(), edited, clock.instant())) {
            return without(Correction.Outcome.THE_SENDERS_TO_SAY);
        }
        String fields = fields(edits);
        Inbound inbound = translator.get().inbound(dialect, sender, edited, clock.instant());
        Content content = masking.get().masked(dialect, edited, inbound.report().findings());
        boolean fits = inbound instanceof Inbound.Accepted;
        if (!fits || !send) {
            DeskOrders.Answer noted = orders.order(
                    TryCorrectionAction.NAME, letter, expected, caller, reason, Map.of(CorrectAction.FIELDS, fields));
            if (noted.outcome() != null && !noted.isDone()) {
                return Optional.of(new Correction(Correction.Outcome.ORDERED, null, noted));
            }
            return Optional.of(new Correction(
                    fits ? Correction.Outcome.FITS : Correction.Outcome.REFUSED_BY_CHECKS, content, null));
        }
        DeskOrders.Answer answer = orders.order(
                CorrectAction.NAME,
                letter,
                expected,
                caller,
                reason,
                Map.of(
                        CorrectAction.DOCUMENT,
                        Base64.getEncoder().encodeToString(edited),
                        CorrectAction.MESSAGE_ID,
                        messageId,
                        CorrectAction.FIELDS,
                        fields));
        return Optional.of(new Correction(Correction.Outcome.ORDERED, content, answer));
    }

    private static Optional<Correction> without(Correction.Outcome outcome) {
        return Optional.of(new Correction(outcome, null, null));
    }

    /** As the masked content names them, which shows no name that may be somebody's. */
    private static String fields(List<Edit> edits) {
        String all = edits.stream().map(Edit::pointer).distinct().collect(Collectors.joining(" "));
        return all.length() <= LONGEST_FIELDS ? all : all.substring(0, LONGEST_FIELDS - 1) + '…';
    }

    private Optional<byte[]> edited(String dialect, byte[] document, List<Edit> edits) {
        List<Edit> exact = new ArrayList<>();
        for (Edit edit : edits) {
            String pointer =
                    masking.get().pointer(dialect, document, edit.pointer()).orElse(null);
            if (pointer == null) {
                return Optional.empty();
            }
            exact.add(new Edit(edit.act(), pointer, edit.value()));
        }
        return masking.get().documents().edited(dialect, document, exact);
    }
}
