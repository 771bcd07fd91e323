/**
 * Who gets a referral: rules over concern, risk, urgency, place, age and time of day choose kinds of agency, the registry
 * finds the office. Every choice keeps the name of its rule.
 */
@NullMarked
package org.referralhub.recipient;

import org.jspecify.annotations.NullMarked;
