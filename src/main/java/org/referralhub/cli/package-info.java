/**
 * The command line {@code ./hub}. {@code run} starts the hub, {@code check} and {@code places} work on its files, every
 * other command is a plain HTTP client of a hub that runs, and so starts in the time Java takes and no more.
 *
 * <p>Exit codes: 0 done, 1 refused or faults found, 2 wrong usage, 3 hub not reachable.
 */
@NullMarked
package org.referralhub.cli;

import org.jspecify.annotations.NullMarked;
