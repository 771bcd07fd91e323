/**
 * Follows single messages: {@link org.referralhub.trace.Traces} tells a collector of traces what each stage did with them, and
 * {@link org.referralhub.trace.LogContext} lets each line of the log say which message it speaks of. Both know opaque ids and
 * codes only.
 */
@NullMarked
package org.referralhub.trace;

import org.jspecify.annotations.NullMarked;
