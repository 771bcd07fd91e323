package org.referralhub.deadletter;

import jakarta.jms.ConnectionFactory;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What operators see of the dead letters, and sending one again. */
public final class Desk {
    private final DataSource readers;
    private final ConnectionFactory connections;

    public Desk(DataSource readers, ConnectionFactory connections) {
        this.readers = readers;
        this.connections = connections;
    }

    /** The letters that match, most urgent and oldest first. */
    public Page<LetterSummary> list(DeskFilter filter, int page, int size) {
        throw new UnsupportedOperationException("" + readers + filter + page + size);
    }

    /** One letter with everything that was kept. */
    public Optional<Letter> show(String id) {
        throw new UnsupportedOperationException(id);
    }

    /**
     * Asks the ledger to send the letter again; the ledger does it once however often it is asked.
     *
     * @param actor who asks, for the audit
     * @return false when there is no such letter
     */
    public boolean replay(String id, String actor) {
        throw new UnsupportedOperationException(id + actor + connections + Instant.EPOCH);
    }

    /** Null means any. */
    public record DeskFilter(
            @Nullable LetterState state,
            @Nullable String cause,
            @Nullable String agency) {
        /** What waits for an operator. */
        public static final DeskFilter OPEN = new DeskFilter(LetterState.OPEN, null, null);
    }
}
