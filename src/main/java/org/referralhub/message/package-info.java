/**
 * The vocabulary of referrals: envelope, message types, identifiers, urgency and findings.
 *
 * <p>Everything else in the hub speaks in these terms. Nothing here knows a framework, a file or a queue; the only library
 * is Jackson's tree, the form in which a canonical message travels.
 */
@NullMarked
package org.referralhub.message;

import org.jspecify.annotations.NullMarked;
