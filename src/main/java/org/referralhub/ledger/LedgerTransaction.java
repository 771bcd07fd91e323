package org.referralhub.ledger;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;

/** The transaction of one batch, as the entries see it. */
public interface LedgerTransaction {
    /** The moment the batch began; the same for all of it. */
    Instant now();

    /** The statement for this SQL, prepared once for each connection; the caller sets every parameter. */
    PreparedStatement statement(String sql) throws SQLException;

    /** Writes that were only collected so far reach the database, so that the next query sees them. */
    void flush() throws SQLException;

    /** Sends after the commit. */
    void emit(Emission emission);

    /** Hands an input to the entry for its kind, in this transaction. */
    void record(LedgerInput input) throws SQLException;
}
