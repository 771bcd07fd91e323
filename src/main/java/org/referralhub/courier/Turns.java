package org.referralhub.courier;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.referralhub.ledger.CourierLines;
import org.referralhub.ledger.CourierLines.Place;
import org.referralhub.ledger.LedgerUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one agency is told of one referral in order: while a document waits to be tried again, later ones of its referral wait
 * behind it. The lines are the ledger's, so they hold on every node and over restarts; while it can't be asked a document goes,
 * since late is worse than out of order.
 *
 * <p>Nobody waits for ever for one that never comes again, because somebody else has taken it from the inbox: one that has not
 * come for as long as the patience allows is forgotten. Only the time counts in which documents are taken; at a pause, and while
 * the hub is down, nothing can come.
 */
final class Turns {
    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

    private final String agency;
    private final CourierLines lines;
    private final Duration patience;
    private final Clock clock;
    private volatile Instant takingSince;

    /** @param patience so long after it was last in hand a document keeps others waiting */
    Turns(String agency, CourierLines lines, Duration patience, Clock clock) {
        this.agency = agency;
        this.lines = lines;
        this.patience = patience;
        this.clock = clock;
        this.takingSince = clock.instant();
    }

    /** Nothing is taken now. */
    void rest() {
        takingSince = clock.instant();
    }

    /** The line of the document's referral, itself included when it has failed or waited; mostly empty. */
    List<Place> line(Document document) {
        if (document.referralId() == null) {
            return List.of();
        }
        try {
            return lines.read(agency, document.referralId());
        } catch (LedgerUnavailableException e) {
            LOG.warn("What waits for {} can't be read now; {} goes as it comes", agency, document.id());
            return List.of();
        }
    }

    /** True when one that came into the inbox before this document is still to be brought. */
    boolean mustWait(Document document, List<Place> line) {
        // One that has not waited yet may have been fetched before the earlier one came back, so it waits at least
        // once.
        boolean first = line.stream().noneMatch(place -> isIts(document, place));
        return line.stream().anyMatch(place -> isBefore(document, place) && (first || !isForgotten(place)));
    }

    /** The document will be tried again. */
    void again(Document document) {
        keep(
                document,
                referral -> lines.stand(agency, referral, new Place(document.id(), document.since(), clock.instant())));
    }

    /** The document will not be tried again: it has been taken, or is the operators' now. */
    void settled(Document document, List<Place> line) {
        for (Place place : line) {
            if (isIts(document, place) || isBefore(document, place) && isForgotten(place)) {
                keep(document, referral -> lines.leave(agency, referral, place.delivery()));
            }
        }
    }

    private static boolean isIts(Document document, Place place) {
        return place.delivery().equals(document.id());
    }

    private static boolean isBefore(Document document, Place place) {
        return place.isBefore(document.since(), document.id());
    }

    private boolean isForgotten(Place place) {
        Instant since = place.seen().isAfter(takingSince) ? place.seen() : takingSince;
        return !clock.instant().isBefore(since.plus(patience));
    }

    private void keep(Document document, Consumer<String> change) {
        if (document.referralId() == null) {
            return;
        }
        try {
            change.accept(document.referralId());
        } catch (LedgerUnavailableException e) {
            // What becomes of the document is decided; its line is out of date until it comes again or is forgotten.
            LOG.warn("What waits for {} can't be written now, as {} should be", agency, document.id());
        }
    }
}
