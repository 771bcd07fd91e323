/**
 * The checks that need no agency's knowledge: strict JSON, JSON Schema, and the catalogue of what findings say.
 *
 * <p>Every check collects all that is wrong, never only the first. A finding names a place in the sender's own bytes and
 * never repeats a value from the message, so a report can be logged, queued and sent back without care.
 */
@NullMarked
package org.referralhub.validation;

import org.jspecify.annotations.NullMarked;
