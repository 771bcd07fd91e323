package org.referralhub.testing;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.Failpoint;
import org.springframework.stereotype.Component;

/** Lets a test stop the ledger of a hub in its own process at one place, once; the batch comes again then. */
@Component
public final class StopOnce implements Failpoint {
    private final AtomicReference<@Nullable Place> place = new AtomicReference<>();

    /** The next batch that comes here goes no further. */
    public void at(Place next) {
        place.set(next);
    }

    /** True when it has happened. */
    public boolean happened() {
        return place.get() == null;
    }

    @Override
    public void pass(Place now) {
        if (place.compareAndSet(now, null)) {
            throw new IllegalStateException("stopped here by a test");
        }
    }
}
