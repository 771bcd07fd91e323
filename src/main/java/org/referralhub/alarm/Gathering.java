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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes one alarm of a storm, and one all-clear. The first trouble is held for a moment so that what comes with it is in the
 * same alarm; while an alarm stands, what is new is gathered for a whole window. Not for use by several threads.
 */
final class Gathering {
    private final Duration gather;
    private final Duration window;
    private final int named;
    private final Set<String> told = new TreeSet<>();
    private @Nullable Instant firstNew;
    private @Nullable Instant lastAlarm;

    /** @param told keys of troubles that an earlier run has raised an alarm for; it stands when there are any */
    Gathering(Duration gather, Duration window, int named, Collection<String> told) {
        this.gather = gather;
        this.window = window;
        this.named = named;
        this.told.addAll(told);
    }

    /** Keys of what the standing alarm was raised for; empty when none stands. */
    Set<String> told() {
        return told;
    }

    /**
     * What to send now.
     *
     * @param open every trouble there is
     */
    Optional<Notice> look(List<Trouble> open, Instant now) {
        if (open.isEmpty()) {
            firstNew = null;
            lastAlarm = null;
            boolean stood = !told.isEmpty();
            told.clear();
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
        }
        Instant last = lastAlarm;
        boolean windowIsOver = last == null || last.isAfter(now) || !now.isBefore(last.plus(window));
        if (now.isBefore(since.plus(gather)) || !windowIsOver) {
            return Optional.empty();
        }
        firstNew = null;
        lastAlarm = now;
        // What has ended since need not be remembered, unless it alone keeps the alarm standing.
        told.retainAll(open.stream().map(Trouble::key).collect(Collectors.toSet()));
        told.addAll(fresh.keySet());
        return Optional.of(Notice.alarm(new ArrayList<>(fresh.values()), named));
    }
}
