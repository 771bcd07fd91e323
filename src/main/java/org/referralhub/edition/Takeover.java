package org.referralhub.edition;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Exchanges one edition for another, with all that follows it, or leaves everything as it was. */
final class Takeover {
    private static final Logger LOG = LoggerFactory.getLogger(LiveChange.class);

    private final HubHome home;
    private final Editions editions;
    private final List<Follower> followers;

    Takeover(HubHome home, Editions editions, List<Follower> followers) {
        this.home = home;
        this.editions = editions;
        this.followers = List.copyOf(followers);
    }

    /** Whatever stands in the way of it becomes a fault. */
    void check(Edition now, Edition next, Faults faults) {
        for (Follower follower : followers) {
            follower.check(now, next, faults);
        }
    }

    /** True when it runs now; otherwise the one before does, and what went wrong is a fault. */
    boolean run(Edition now, Edition next, Faults faults) {
        List<Follower> gone = new ArrayList<>();
        try {
            for (Follower follower : followers) {
                follower.prepare(now, next);
            }
            editions.swap(next);
            for (Follower follower : followers) {
                gone.add(follower);
                follower.follow(now, next);
            }
            return true;
        } catch (Exception e) {
            LOG.error("Configuration {} could not take over and is taken back", next.version(), e);
            editions.swap(now);
            Collections.reverse(gone);
            for (Follower follower : gone) {
                try {
                    follower.follow(next, now);
                } catch (Exception again) {
                    LOG.error("Nor could all of {} be put back: start the hub again", now.version(), again);
                }
            }
            faults.add(
                    home.shown(home.root()),
                    0,
                    0,
                    "it passed every check but could not take over: "
                            + e.getClass().getSimpleName(),
                    "See the log; the version before it runs");
            return false;
        }
    }
}
