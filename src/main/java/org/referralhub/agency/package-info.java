/**
 * Who takes part: the agencies, where they serve, when they are awake, how they are reached and how they prove who they
 * are; and the operators who watch the hub.
 *
 * <p>Read once from {@code config/agencies/} and {@code config/operators.yaml}, checked whole, and never changed after.
 * Secrets stay inside as salted digests; nothing here prints one.
 */
@NullMarked
package org.referralhub.agency;

import org.jspecify.annotations.NullMarked;
