package org.referralhub.courier;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one agency is told of one referral in order: while a document waits to be tried again, later ones of its referral wait
 * behind it. Kept in memory only, so after a restart, or when somebody else has taken the document from the inbox, nobody waits
 * longer than the patience allows.
 */
final class Turns {
    private static final int MOST = 10_000;

    private final Map<String, Failed> waiting = new LinkedHashMap<>();
    private final Duration patience;

    private record Failed(String document, Instant at) {}

    /** @param patience so long after it was last tried a document keeps others waiting */
    Turns(Duration patience) {
        this.patience = patience;
    }

    /** True when an earlier document of the same referral is still to be brought. */
    synchronized boolean mustWait(Document document, Instant now) {
        if (document.referralId() == null) {
            return false;
        }
        Failed first = waiting.get(document.referralId());
        return first != null
                && !first.document().equals(document.id())
                && now.isBefore(first.at().plus(patience));
    }

    /** The document will be tried again. */
    synchronized void failed(Document document, Instant now) {
        if (document.referralId() != null) {
            waiting.put(document.referralId(), new Failed(document.id(), now));
            if (waiting.size() > MOST) {
                waiting.remove(waiting.keySet().iterator().next());
            }
        }
    }

    /** The document will not be tried again: it has been taken, or is the operators' now. */
    synchronized void settled(Document document) {
        if (document.referralId() != null) {
            waiting.computeIfPresent(
                    document.referralId(), (referral, first) -> first.document().equals(document.id()) ? null : first);
        }
    }
}
