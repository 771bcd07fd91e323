/**
 * Wakes operators when a child in danger waits: {@link org.referralhub.alarm.Alarms} looks at what is overdue or at the desk
 * and tells them over the channels of {@code config/alarms.yaml}, gathered, and again when nothing is open any more. It only
 * reads the ledger and has a thread of its own, so that a channel that hangs holds nothing up.
 */
@NullMarked
package org.referralhub.alarm;

import org.jspecify.annotations.NullMarked;
