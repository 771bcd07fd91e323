/**
 * Invented agencies at work, so that a newcomer has something to see. Only in the profile {@code demo}; the agencies use the
 * doors and the credentials that real ones would.
 */
@NullMarked
package org.referralhub.demo;

import org.jspecify.annotations.NullMarked;
