/**
 * The desk for what could not go on: capture with original bytes and cause, list, show, send again.
 *
 * <p>Letters are kept by the ledger's stage in the ledger's own transaction, see
 * {@link org.referralhub.ledger.LedgerEntry}.
 */
@NullMarked
package org.referralhub.deadletter;

import org.jspecify.annotations.NullMarked;
