package org.referralhub.api;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a caller hears when the broker does not answer. */
final class BrokerTrouble {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerTrouble.class);
    private static final long COME_AGAIN_SECONDS = 5;
    /** Somebody must make room, or recipients must read. */
    private static final long FULL_SECONDS = 60;

    private BrokerTrouble() {}

    static ProblemException full() {
        return ProblemException.retry(
                Problem.UNAVAILABLE, "The hub takes nothing in for now: its disk is too full.", FULL_SECONDS, null);
    }

    static ProblemException unavailable(Exception cause) {
        LOG.warn(
                "The broker did not take or give a message: {}",
                cause.getClass().getName());
        return ProblemException.retry(
                Problem.UNAVAILABLE, "The hub's message broker does not answer.", COME_AGAIN_SECONDS, cause);
    }
}
