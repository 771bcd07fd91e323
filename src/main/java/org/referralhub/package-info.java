/** Referral Hub: carries child-protection referrals between agencies, and the answers back. */
@NullMarked
package org.referralhub;

import org.jspecify.annotations.NullMarked;
