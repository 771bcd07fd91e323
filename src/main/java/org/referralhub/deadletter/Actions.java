package org.referralhub.deadletter;

import java.util.List;
import org.referralhub.ledger.Obligations;

/** What every desk can do with a letter. */
final class Actions {
    private Actions() {}

    static List<DeskAction> all(Obligations obligations) {
        return List.of(
                new ReplayAction(obligations),
                new DiscardAction(obligations),
                new RestoreAction(obligations),
                new ReturnAction(obligations),
                new LabelAction("own", "letter", "id", "owner", 100),
                new LabelAction("note", "letter", "id", "note", 500),
                new LabelAction("own-group", "letter_group", "fingerprint", "owner", 100),
                new LabelAction("note-group", "letter_group", "fingerprint", "note", 500),
                new HastenAction(),
                new CloseAction("withdraw", LetterState.WITHDRAWN, LetterState.OPEN),
                new CloseAction("resolve", LetterState.RESOLVED, LetterState.REPLAYED),
                new CloseAction(
                        "supersede",
                        LetterState.SUPERSEDED,
                        LetterState.OPEN,
                        LetterState.REPLAYED,
                        LetterState.DISCARDED));
    }
}
