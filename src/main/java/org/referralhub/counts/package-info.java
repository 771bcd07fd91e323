/**
 * What the authority is told in figures: {@link org.referralhub.counts.Counts} counts referrals and what became of them, and
 * hides each figure that so few children stand behind that one of them could be recognised, together with as many others as
 * it takes that nobody computes it back ({@link org.referralhub.counts.Cube}). It only reads the ledger.
 */
@NullMarked
package org.referralhub.counts;

import org.jspecify.annotations.NullMarked;
