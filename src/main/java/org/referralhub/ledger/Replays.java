package org.referralhub.ledger;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Headers;
import org.referralhub.message.Report;
import org.referralhub.validation.ReportJson;

/** What became of a message that the desk sent again: its letter is done with when the message is taken, and only then. */
final class Replays {
    private Replays() {}

    private static @Nullable String letter(Arrival arrival) {
        return arrival.input().property(Headers.REPLAY_OF);
    }

    /** It was taken: whatever it takes the place of is over, and the letter that it comes from too. */
    static void taken(Arrival arrival, Batch batch) throws SQLException {
        batch.corrections().accepted(arrival);
        resolve(arrival, batch);
    }

    private static void resolve(Arrival arrival, Batch batch) throws SQLException {
        String letter = letter(arrival);
        if (letter != null) {
            DeskNote.tell(batch, "resolve", letter, arrival.stamp());
        }
    }

    /** The lifecycle does not allow it. The sender knows; the operator who sent it must know as well. */
    static void refused(Arrival arrival, List<Finding> findings, Batch batch) throws SQLException {
        if (letter(arrival) != null) {
            MessageEntry.toDesk(
                    arrival, "lifecycle", "refused", ReportJson.toBytes(new Report(findings)), arrival.stamp(), batch);
        }
    }

    /** It had been decided on before. */
    static void known(Arrival arrival, StoredMessage earlier, Batch batch) throws SQLException {
        if (earlier.status() == StoredMessage.Status.ACCEPTED) {
            resolve(arrival, batch);
        } else {
            refused(arrival, List.of(), batch);
        }
    }

    /** The same is here already and waits for what it follows, in its sender's own name: the letter is not needed for it. */
    static void overtaken(Arrival arrival, Arrival kept, Batch batch) throws SQLException {
        String letter = letter(arrival);
        if (letter != null && !letter.equals(letter(kept))) {
            DeskNote.tell(batch, "supersede", letter, arrival.stamp());
        }
    }
}
