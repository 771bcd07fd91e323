/**
 * Reading the files that people write: configuration, reference data and code lists.
 *
 * <p>Every fault of every file is collected with file, line and remedy before the hub refuses to start, so that one look
 * is enough to mend them all.
 */
@NullMarked
package org.referralhub.configuration;

import org.jspecify.annotations.NullMarked;
