package org.referralhub.ledger;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.referralhub.message.LedgerKind;

/**
 * Notes on the audit chain who looked for what is personal, and who came in. The value that was looked for is never part of it.
 */
public final class AccessLog {
    private final Notes notes;

    AccessLog(Notes notes) {
        this.notes = notes;
    }

    /**
     * The note is on the broker's disk when this returns, so nothing is shown that is not noted.
     *
     * @param actor who looks
     * @param action what is done, a code
     * @throws LedgerUnavailableException when it can't be noted; then it must not be shown
     */
    public void note(String actor, String action) {
        notes.bring(of(actor, action, UUID.randomUUID().toString()));
    }

    /**
     * The same, with what it was that somebody was shown.
     *
     * @param subject opaque id of at most 60 characters
     */
    public void note(String actor, String action, String subject) {
        notes.bring(of(actor, action, subject + '/' + UUID.randomUUID()));
    }

    /** For what shows nothing: it is noted as soon as the broker answers, and nobody waits for that. */
    public void noteLater(String actor, String action) {
        notes.bringLater(of(actor, action, UUID.randomUUID().toString()));
    }

    private static Notes.Note of(String actor, String action, String stamp) {
        return new Notes.Note(LedgerKind.ACCESS, stamp, actor, action.getBytes(StandardCharsets.UTF_8));
    }
}
