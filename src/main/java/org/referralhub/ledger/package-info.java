/**
 * The one stage that remembers: which messages were taken, what they did to a referral, who is owed what, and what each
 * sender was told.
 *
 * <p>{@link org.referralhub.ledger.LedgerStage} takes messages from the broker in batches,
 * {@link org.referralhub.ledger.Ledger} turns a batch into one database transaction and the messages that follow from it.
 * Every identifier it makes follows from what it names, so that doing the same again changes nothing.
 * {@link org.referralhub.ledger.Tracking} and {@link org.referralhub.ledger.Books} read.
 */
@NullMarked
package org.referralhub.ledger;

import org.jspecify.annotations.NullMarked;
