/**
 * Looks at the hub from outside every few seconds and shows it as metrics: the desk, the inboxes, the disk, who is silent. One
 * thread reads, so that a scrape costs nothing and never waits for a database or a broker. Numbers, opaque ids and codes only.
 */
@NullMarked
package org.referralhub.watch;

import org.jspecify.annotations.NullMarked;
