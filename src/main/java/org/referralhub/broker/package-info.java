/**
 * The message broker: Apache ActiveMQ Artemis inside the process, from {@code config/broker.xml}, or one outside. Who may
 * send and receive what follows from the agency registry alone.
 */
@NullMarked
package org.referralhub.broker;

import org.jspecify.annotations.NullMarked;
