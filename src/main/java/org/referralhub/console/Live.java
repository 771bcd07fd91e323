package org.referralhub.console;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * fetches the rest itself, with its own rights.
 */
final class Live implements HttpSessionListener, ApplicationListener<ContextClosedEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(Live.class);
    private static final String ENDED = "ended";
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

    /** An open page. A slow one must not keep the others waiting: while it is being told something it is told nothing more. */
    private record Listener(SseEmitter stream, HttpSession session, Caller caller, AtomicBoolean busy) {}

    /** A stream of what changes from now on; empty when there are too many already. */
    synchronized Optional<SseEmitter> open(HttpSession session, Caller caller) {
        if (closed || listeners.size() >= most) {
            return Optional.empty();
        }
        SseEmitter stream = new SseEmitter(0L);
        Listener listener = new Listener(stream, session, caller, new AtomicBoolean());
        stream.onCompletion(() -> listeners.remove(listener));
        stream.onError(failure -> listeners.remove(listener));
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
        return Optional.of(stream);
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
            List<Map<String, Object>> news = news();
            boolean beat = System.nanoTime() - beatAt > BEAT.toNanos();
            for (Listener listener : listeners) {
                news.forEach(item -> send(listener, SseEmitter.event().data(item, MediaType.APPLICATION_JSON)));
                if (beat && news.isEmpty()) {
                    send(listener, SseEmitter.event().comment("still here"));
                }
            }
            if (beat || !news.isEmpty()) {
                beatAt = System.nanoTime();
            }
        } catch (RuntimeException e) {
            LOG.warn(
                    "Open pages can't be told what has changed: {}",
                    e.getClass().getName());
        }
    }

    private List<Map<String, Object>> news() {
        List<Map<String, Object>> news = new ArrayList<>();
        signals.get().forEach(signal -> {
            try {
                Object now = signal.state();
                Object before = seen.put(signal.topic(), now);
                if (before != null && !before.equals(now)) {
                    Map<String, Object> item = new LinkedHashMap<>();
                    item.put("topic", signal.topic());
                    item.put("counters", signal.counters());
                    news.add(item);
                }
            } catch (RuntimeException e) {
                // The database or the broker is away; the pages say so themselves.
                LOG.debug(
                        "{} can't be looked at: {}",
                        signal.topic(),
                        e.getClass().getName());
            }
        });
        return news;
    }

    private void endWhatIsOver() {
        for (Listener listener : listeners) {
            boolean over;
            try {
                over = visit.isOver(listener.session(), listener.caller(), clock.instant());
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
            try {
                listener.stream().send(SseEmitter.event().name(ENDED).data(ENDED));
                listener.stream().complete();
            } catch (IOException | IllegalStateException e) {
                LOG.debug("A page has gone before it was told that its session is over.");
            }
        }
    }

    private void send(Listener listener, SseEmitter.SseEventBuilder event) {
        ScheduledExecutorService writers = threads;
        if (writers == null || !listener.busy().compareAndSet(false, true)) {
            return;
        }
        try {
            writers.execute(() -> {
                try {
                    listener.stream().send(event);
                } catch (IOException | IllegalStateException e) {
                    listeners.remove(listener);
                } finally {
                    listener.busy().set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            listeners.remove(listener);
        }
    }

    @Override
    public void sessionDestroyed(HttpSessionEvent event) {
        String id = event.getSession().getId();
        for (Listener listener : listeners) {
            if (listener.session().getId().equals(id)) {
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
            listener.stream().complete();
        }
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}
