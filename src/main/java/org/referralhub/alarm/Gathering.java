package org.referralhub.alarm;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Urgency;

/**
 * Makes one alarm of a storm, and one all-clear. The first trouble is held for a moment so that what comes with it is in the
 * same alarm. While an alarm stands, what is new is gathered: an IMMEDIATE for as long as the first, and twice as long each
 * time, all else for a whole window. Not for use by several threads.
 */
final class Gathering {
    private static final String IMMEDIATE = Urgency.IMMEDIATE.name();

    private final Duration gather;
    private final Duration window;
    private final int named;
    private final Set<String> told = new TreeSet<>();
    private boolean stands;
    private @Nullable Instant firstNew;
    private @Nullable Instant lastAlarm;
    private Duration pause;

    /** @param told keys of troubles that an earlier run has raised an alarm for; null when none stands */
    Gathering(Duration gather, Duration window, int named, @Nullable Collection<String> told) {
        this.gather = gather;
        this.window = window;
        this.named = named;
        this.pause = gather;
        if (told != null) {
            stands = true;
            this.told.addAll(told);
        }
    }

    /** Keys of what the standing alarm was raised for, as far as it is open still; null when none stands. */
    @Nullable
    Set<String> told() {
        return stands ? Set.copyOf(told) : null;
    }

    /**
     * What to send now.
     *
     * @param open every trouble that can be seen
     */
    Optional<Notice> look(List<Trouble> open, Instant now) {
        return look(open, key -> false, now);
    }

    /**
     * What to send now.
     *
     * @param open every trouble that can be seen
     * @param unseen troubles by their key of which nobody can say yet whether they are open: what was told of them stands
     */
    Optional<Notice> look(List<Trouble> open, Predicate<String> unseen, Instant now) {
        // What has ended is forgotten, so that it is told again when it comes back.
        Set<String> seen = open.stream().map(Trouble::key).collect(Collectors.toSet());
        told.removeIf(key -> !seen.contains(key) && !unseen.test(key));
        if (open.isEmpty()) {
            firstNew = null;
            if (!told.isEmpty()) {
                return Optional.empty();
            }
            lastAlarm = null;
            boolean stood = stands;
            stands = false;
            return stood ? Optional.of(Notice.ALL_CLEAR) : Optional.empty();
        }
        Map<String, Trouble> fresh = new LinkedHashMap<>();
        open.stream()
                .filter(trouble -> !told.contains(trouble.key()))
                .forEach(trouble -> fresh.put(trouble.key(), trouble));
        if (fresh.isEmpty()) {
            firstNew = null;
            return Optional.empty();
        }
        Instant since = firstNew;
        if (since == null || since.isAfter(now)) {
            // Also after the clock was set back.
            firstNew = now;
            since = now;
            if (over(window, now)) {
                pause = gather;
            }
        }
        boolean urgent = fresh.values().stream().anyMatch(trouble -> IMMEDIATE.equals(trouble.urgency()));
        if (now.isBefore(since.plus(gather)) || !over(urgent ? pause : window, now)) {
            return Optional.empty();
        }
        if (lastAlarm != null) {
            pause = pause.multipliedBy(2).compareTo(window) < 0 ? pause.multipliedBy(2) : window;
        }
        firstNew = null;
        lastAlarm = now;
        stands = true;
        told.addAll(fresh.keySet());
        return Optional.of(Notice.alarm(new ArrayList<>(fresh.values()), named));
    }

    /** So much time has passed since the last alarm, or the clock was set back. */
    private boolean over(Duration time, Instant now) {
        Instant last = lastAlarm;
        return last == null || last.isAfter(now) || !now.isBefore(last.plus(time));
    }
}
