package org.referralhub.ledger;

import java.util.List;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;

/**
 * Whether everything that was accepted is accounted for: owed = delivered + waiting + at the desk + withdrawn, and the same
 * seen from outside the tables.
 */
public final class Books {

    /**
     * Deliveries owed to one agency and where they are.
     *
     * @param agency the agency, or {@code *} for the total
     */
    public record Account(String agency, long owed, long delivered, long waiting, long desk, long withdrawn) {
        /** True when the sum is right. */
        public boolean balanced() {
            return owed == delivered + waiting + desk + withdrawn;
        }
    }

    /**
     * The books at one moment.
     *
     * @param acceptedMessages messages accepted from agencies
     * @param refusedMessages messages refused after they were taken in
     * @param openLetters letters at the desk, deliveries and messages that never came to be one
     * @param faults what does not agree, in words with ids and counts only
     */
    public record BooksView(
            Account total,
            List<Account> byAgency,
            long acceptedMessages,
            long refusedMessages,
            long openLetters,
            List<String> faults) {
        /** True when nothing disagrees. */
        public boolean balanced() {
            return faults.isEmpty();
        }
    }

    private final DataSource readers;
    private final ToLongFunction<String> depth;

    /**
     * @param readers connections to the ledger's database
     * @param depth number of messages on a queue, those being worked on included
     */
    public Books(DataSource readers, ToLongFunction<String> depth) {
        this.readers = readers;
        this.depth = depth;
    }

    /** Counts. */
    public BooksView books() {
        throw new UnsupportedOperationException("" + readers + depth);
    }
}
