package org.referralhub.ledger;

import java.sql.SQLException;
import java.util.List;

/** Turns messages into rows and into the messages that follow from them. One thread at a time. */
public final class Ledger implements AutoCloseable {

    /**
     * Takes a batch: one transaction in the database, committed when this returns.
     *
     * @return what to send now; the same again when the batch is repeated before it was sent
     * @throws SQLException when the database fails; nothing was recorded then
     */
    public List<Emission> process(List<LedgerInput> batch) throws SQLException {
        throw new UnsupportedOperationException("" + batch.size());
    }

    @Override
    public void close() {}
}
