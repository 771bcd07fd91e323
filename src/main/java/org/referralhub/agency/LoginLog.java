package org.referralhub.agency;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * When operators were last let in, and whether wrong secrets make them wait. Kept in memory: each node knows what came to it since
 * it started. Names that nobody has are not kept.
 */
public final class LoginLog {
    private final Clock clock;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /**
     * How it went for one user on this node.
     *
     * @param lastSeen when the secret was last right; null when it was not yet
     * @param lastFailed when it was last wrong; null when it was not
     * @param heldUntil until when the next try from where it failed has to wait; null or in the past when it has not to
     */
    public record Entry(
            @Nullable Instant lastSeen,
            @Nullable Instant lastFailed,
            @Nullable Instant heldUntil) {
        private static final Entry NONE = new Entry(null, null, null);

        /** True while tries have to wait. */
        public boolean isHeld(Instant now) {
            return heldUntil != null && heldUntil.isAfter(now);
        }
    }

    public LoginLog(Clock clock) {
        this.clock = clock;
    }

    /** The user was let in. */
    public void seen(String user) {
        entries.compute(
                user,
                (id, known) -> new Entry(
                        clock.instant(),
                        known == null ? null : known.lastFailed(),
                        known == null ? null : known.heldUntil()));
    }

    /**
     * The secret was wrong, or was not looked at because too many were.
     *
     * @param wait seconds until the next try; 0 when it may come at once
     */
    public void failed(String user, long wait) {
        Instant now = clock.instant();
        entries.compute(
                user,
                (id, known) -> new Entry(
                        known == null ? null : known.lastSeen(), now, wait == 0 ? null : now.plusSeconds(wait)));
    }

    /** How it went for this user on this node; all unknown when nobody tried. */
    public Entry of(String user) {
        return entries.getOrDefault(user, Entry.NONE);
    }
}
