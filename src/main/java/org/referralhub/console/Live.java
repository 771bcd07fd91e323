package org.referralhub.console;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.api.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells open pages what has changed. Looks every few seconds while anybody listens, once for all of them; there are at most so
 * many listeners, and each goes with its session. What a page is told is the name of what has changed and a few numbers; it
 * fetches the rest itself, with its own rights. A page says up to which change it knows, so that one between its making and its
 * listening, or while its connection was broken, is not missed.
 */
final class Live implements HttpSessionListener, ApplicationListener<ContextClosedEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(Live.class);
    /** The event that a page is told when its session is over. */
    static final String ENDED = "ended";

    private static final int WRITERS = 2;
    /** So often something is sent in any case, so that nobody on the way takes the silence for an end. */
    private static final Duration BEAT = Duration.ofSeconds(15);

    private final int most;
    private final Duration look;
    private final Visit visit;
    private final Clock clock;
    private final Supplier<Stream<Signal>> signals;
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private final Map<String, Object> seen = new HashMap<>();
    /** When each topic was last seen to have changed. */
    private final Map<String, Long> changes = new ConcurrentHashMap<>();
    /** The last look that found a change, in milliseconds since 1970, so that it also ascends over a start. */
    private volatile long revision;

    private long beatAt;
    private boolean closed;
    private @Nullable ScheduledExecutorService threads;

    Live(ConsoleSettings settings, Visit visit, Clock clock, Supplier<Stream<Signal>> signals) {
        this.most = settings.streams();
        this.look = settings.look();
        this.visit = visit;
        this.clock = clock;
        this.signals = signals;
    }

    /**
     * An open page. A slow one must not keep the others waiting: while it is being told something it is told nothing more. No
     * record: what it has missed changes, and with it a record's place in a set.
     */
    private static final class Listener {
        final SseEmitter stream = new SseEmitter(0L);
        final AtomicBoolean busy = new AtomicBoolean();
        final Set<String> missed = ConcurrentHashMap.newKeySet();
        final HttpSession session;
        final Caller caller;

        Listener(HttpSession session, Caller caller) {
            this.session = session;
            this.caller = caller;
        }
    }

    /** The change that a page made now knows of. */
    long revision() {
        return revision;
    }

    /** A stream of what changes after this revision; empty when there are too many already. */
    synchronized Optional<SseEmitter> open(HttpSession session, Caller caller, long since) {
        if (closed || listeners.size() >= most) {
            return Optional.empty();
        }
        Listener listener = new Listener(session, caller);
        changes.forEach((topic, at) -> {
            if (at > since) {
                listener.missed.add(topic);
            }
        });
        listener.stream.onCompletion(() -> listeners.remove(listener));
        listener.stream.onError(failure -> listeners.remove(listener));
        listeners.add(listener);
        if (threads == null) {
            ScheduledExecutorService started = Executors.newScheduledThreadPool(1 + WRITERS, task -> {
                Thread thread = new Thread(task, "console-live");
                thread.setDaemon(true);
                return thread;
            });
            started.scheduleWithFixedDelay(this::tell, 0, look.toMillis(), TimeUnit.MILLISECONDS);
            threads = started;
        }
        send(listener, SseEmitter.event().comment("here"));
        return Optional.of(listener.stream);
    }

    /** How many pages listen. */
    int listeners() {
        return listeners.size();
    }

    private void tell() {
        try {
            endWhatIsOver();
            if (listeners.isEmpty()) {
                return;
            }
            Map<String, Long> counters = new TreeMap<>();
            Set<String> changed = changed(counters);
            if (!changed.isEmpty()) {
                long now = Math.max(revision + 1, clock.millis());
                changed.forEach(topic -> changes.put(topic, now));
                revision = now;
            }
            boolean beat = System.nanoTime() - beatAt > BEAT.toNanos();
            if (beat || !changed.isEmpty()) {
                beatAt = System.nanoTime();
            }
            for (Listener listener : listeners) {
                tell(listener, changed, counters, beat);
            }
        } catch (RuntimeException e) {
            LOG.warn(
                    "Open pages can't be told what has changed: {}",
                    e.getClass().getName());
        }
    }

    private void tell(Listener listener, Set<String> changed, Map<String, Long> counters, boolean beat) {
        listener.missed.addAll(changed);
        Set<String> topics = new TreeSet<>(listener.missed);
        if (topics.isEmpty()) {
            if (beat) {
                send(listener, SseEmitter.event().comment("still here"));
            }
        } else if (send(
                listener,
                SseEmitter.event()
                        .id(Long.toString(revision))
                        .data(Map.of("topics", topics, "counters", counters), MediaType.APPLICATION_JSON))) {
            listener.missed.removeAll(topics);
        }
    }

    /**
     * The topics that have changed since the last look, with the numbers for the navigation as they are now. At the first look
     * everything has: nobody knows what a page that was made before it has seen.
     */
    private Set<String> changed(Map<String, Long> counters) {
        Set<String> changed = new TreeSet<>();
        signals.get().forEach(signal -> {
            try {
                Object now = signal.state();
                Object before = seen.put(signal.topic(), now);
                counters.putAll(signal.counters());
                if (!now.equals(before)) {
                    changed.add(signal.topic());
                }
            } catch (RuntimeException e) {
                // The database or the broker is away; the pages say so themselves.
                LOG.debug(
                        "{} can't be looked at: {}",
                        signal.topic(),
                        e.getClass().getName());
            }
        });
        return changed;
    }

    private void endWhatIsOver() {
        for (Listener listener : listeners) {
            boolean over;
            try {
                over = visit.isOver(listener.session, listener.caller, clock.instant());
            } catch (IllegalStateException e) {
                over = true;
            }
            if (over) {
                end(listener);
            }
        }
    }

    private void end(Listener listener) {
        if (listeners.remove(listener)) {
            // Who logs out does not wait until the slowest of their pages has read it.
            later(listener, () -> {
                write(listener, SseEmitter.event().name(ENDED).data(ENDED));
                listener.stream.complete();
            });
        }
    }

    /** False when the page is still being told something else. */
    @CanIgnoreReturnValue
    private boolean send(Listener listener, SseEmitter.SseEventBuilder event) {
        if (!listener.busy.compareAndSet(false, true)) {
            return false;
        }
        later(listener, () -> {
            write(listener, event);
            listener.busy.set(false);
        });
        return true;
    }

    private void later(Listener listener, Runnable task) {
        ScheduledExecutorService writers = threads;
        try {
            if (writers != null) {
                writers.execute(task);
            }
        } catch (RejectedExecutionException e) {
            // The hub stops.
            listeners.remove(listener);
        }
    }

    private void write(Listener listener, SseEmitter.SseEventBuilder event) {
        try {
            listener.stream.send(event);
        } catch (IOException e) {
            listeners.remove(listener);
        } catch (RuntimeException e) {
            // Not gone, but not to be told anything either: the page must see that, and listen anew.
            listeners.remove(listener);
            listener.stream.complete();
        }
    }

    @Override
    public void sessionDestroyed(HttpSessionEvent event) {
        String id = event.getSession().getId();
        for (Listener listener : listeners) {
            if (listener.session.getId().equals(id)) {
                end(listener);
            }
        }
    }

    /** An orderly stop waits for requests under way, and these would never end by themselves. */
    @Override
    public synchronized void onApplicationEvent(ContextClosedEvent event) {
        closed = true;
        for (Listener listener : listeners) {
            listeners.remove(listener);
            listener.stream.complete();
        }
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}
