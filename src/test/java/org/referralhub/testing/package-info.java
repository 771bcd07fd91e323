/** What tests of several rooms share: a broker in a moment, a STOMP client without a library. */
package org.referralhub.testing;
