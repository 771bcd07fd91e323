/**
 * The configuration as it runs: one edition of everything that people have written, read and checked as a whole, and how
 * another takes its place while messages flow.
 */
@NullMarked
package org.referralhub.edition;

import org.jspecify.annotations.NullMarked;
