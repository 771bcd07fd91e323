/**
 * The pace of the hub, measured against what it stands on.
 *
 * <p>One run sends the same seeded referrals three ways: through a bare broker, through the same hops without the hub's
 * work, and through the hub itself. Only the ratios travel from one machine to another, so they are always taken together.
 */
@NullMarked
package org.referralhub.bench;

import org.jspecify.annotations.NullMarked;
