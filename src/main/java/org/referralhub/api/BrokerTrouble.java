package org.referralhub.api;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a caller hears when the broker does not answer. */
final class BrokerTrouble {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerTrouble.class);
    private static final long COME_AGAIN_SECONDS = 5;

    private BrokerTrouble() {}

    static ProblemException unavailable(Exception cause) {
        LOG.warn(
                "The broker did not take or give a message: {}",
                cause.getClass().getName());
        return ProblemException.retry(
                Problem.UNAVAILABLE, "The hub's message broker does not answer.", COME_AGAIN_SECONDS, cause);
    }
}
