package org.referralhub.courier;

import java.sql.SQLException;
import java.time.Duration;
import org.referralhub.ledger.Lease;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has one node of several collect, so that no file is fetched twice: whoever asks first holds the lease, and says so again
 * whenever it looks for files. When the ledger can't be asked, nobody is sure and nobody collects; the files wait.
 */
final class CollectingNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CollectingNode.class);
    /** Asked often enough that a lease in use never runs out. */
    private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();

    private final Lease lease;
    private boolean ours;
    private boolean asked;
    private boolean closed;
    private long askedAt;

    CollectingNode(Lease lease) {
        this.lease = lease;
    }

    /** True when this node collects. */
    synchronized boolean isThis() {
        long now = System.nanoTime();
        if (!closed && (!asked || now - askedAt > FRESH_NANOS)) {
            boolean before = ours;
            try {
                ours = lease.hold();
            } catch (SQLException e) {
                ours = false;
                LOG.debug("Who collects can't be asked now: {}", e.getSQLState());
            }
            if (ours != before) {
                LOG.info(ours ? "This node collects the files of agencies" : "This node no longer collects files");
            }
            asked = true;
            askedAt = now;
        }
        return ours;
    }

    /** Leaves it to another node at once. */
    @Override
    public synchronized void close() {
        closed = true;
        if (ours) {
            try {
                lease.release();
            } catch (SQLException e) {
                LOG.debug("The lease runs out by itself: {}", e.getSQLState());
            }
            ours = false;
        }
    }
}
