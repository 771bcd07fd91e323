package org.referralhub.alarm;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.Lease;
import org.referralhub.ledger.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Looks every few seconds and sends over each channel. What a channel does not take is tried again, and does not keep the
 * others waiting longer than its own time limit. Which alarm stands, and which channel has not taken it yet, is kept in the
 * ledger's database, so that a restart neither repeats it nor loses it nor forgets the all-clear. Of several nodes one does this; when it falls silent another takes over.
 */
public final class Alarms implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);
    private static final Duration PACE = Duration.ofSeconds(5);
    /** Notices that wait for one channel; the oldest is dropped first. */
    private static final int WAITING = 20;

    private final Troubles troubles;
    private final Map<Channel, Deque<Notice>> channels = new LinkedHashMap<>();
    private final AlarmSettings settings;
    private final Lease lease;
    /** Null while another node raises alarms. */
    private @Nullable Gathering gathering;

    private final Clock clock;
    private final MeterRegistry meters;
    private final Duration pace;
    private final List<Consumer<Notice>> witnesses = new ArrayList<>();
    private BiConsumer<List<Trouble>, Set<String>> readings = (open, told) -> {};
    private volatile long open;
    /** When the last look came to its end, or the first one could have begun. */
    private volatile Instant looked;
    /** What the next one would know; null before anything was read. */
    private @Nullable Standing kept;

    private final Loop loop = new Loop("alarms", Duration.ofSeconds(15), this::run);

    /** @param lease lets one node raise alarms, and keeps which alarm stands */
    Alarms(
            Troubles troubles,
            List<Channel> channels,
            AlarmSettings settings,
            Lease lease,
            Clock clock,
            MeterRegistry meters,
            Duration pace) {
        this.troubles = troubles;
        channels.forEach(channel -> this.channels.put(channel, new ArrayDeque<>()));
        this.settings = settings;
        this.lease = lease;
        this.clock = clock;
        this.meters = meters;
        this.pace = pace;
        this.looked = clock.instant();
        Gauge.builder("hub.alarms.open", this, alarms -> alarms.open)
                .description("Overdue or dead-lettered referrals that operators are alarmed for")
                .register(meters);
        Gauge.builder("hub.alarms.since.look", this, Alarms::sinceLook)
                .description("Time since alarms were looked for last, to the end, with every channel asked")
                .baseUnit("seconds")
                .register(meters);
    }

    /** A clock that was set back is no news. */
    private double sinceLook() {
        return Math.max(0, Duration.between(looked, clock.instant()).toMillis() / 1000.0);
    }

    Alarms(
            Troubles troubles,
            List<Channel> channels,
            AlarmSettings settings,
            Lease lease,
            Clock clock,
            MeterRegistry meters) {
        this(troubles, channels, settings, lease, clock, meters, PACE);
    }

    /** Is told of every notice that goes out, after it has gone to the channels. Before the first. */
    Alarms tell(Consumer<Notice> witness) {
        witnesses.add(witness);
        return this;
    }

    /** Is given what each look has found open, with the keys of what has been told of. Before the first. */
    Alarms show(BiConsumer<List<Trouble>, Set<String>> reader) {
        readings = reader;
        return this;
    }

    @Override
    public void start() {
        looked = clock.instant();
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
        try {
            lease.release();
        } catch (SQLException e) {
            LOG.warn("Another node raises alarms only in {}: the database does not answer.", Lease.TIME);
        }
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    private void run() {
        do {
            try {
                look();
            } catch (SQLException | RuntimeException e) {
                LOG.error("Alarms can't be raised for now: {}", e.getClass().getName());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } while (loop.pause(pace));
    }

    /** Looks once, and sends what is to be sent. */
    void look() throws SQLException, InterruptedException {
        if (!lease.hold()) {
            // What waits for a channel is the other node's now.
            gathering = null;
            channels.values().forEach(Deque::clear);
            open = 0;
            looked = clock.instant();
            return;
        }
        Gathering mine = gathering;
        if (mine == null) {
            Standing standing = Standing.read(lease.note());
            channels.forEach((channel, waiting) -> {
                waiting.clear();
                waiting.addAll(standing.waiting().getOrDefault(channel.address(), List.of()));
            });
            kept = standing;
            mine = new Gathering(settings.gather(), settings.window(), settings.named(), standing.told());
            gathering = mine;
        }
        // Asked before what is open, so that it is never too sure.
        Predicate<String> unseen = troubles.knowsSilence() ? key -> false : Trouble::isSilence;
        List<Trouble> now = troubles.open();
        open = now.size();
        Notice notice = mine.look(now, unseen, clock.instant()).orElse(null);
        if (notice != null) {
            LOG.warn("{}", notice.headline());
            for (Deque<Notice> waiting : channels.values()) {
                if (waiting.size() == WAITING) {
                    waiting.removeFirst();
                }
                waiting.add(notice);
            }
        }
        Set<String> told = mine.told();
        readings.accept(now, told == null ? Set.of() : told);
        // Before anything is sent, so that a death in between repeats an alarm and never loses one.
        keep(mine);
        for (Map.Entry<Channel, Deque<Notice>> channel : channels.entrySet()) {
            send(channel.getKey(), channel.getValue());
        }
        keep(mine);
        if (notice != null) {
            witnesses.forEach(witness -> witness.accept(notice));
        }
        looked = clock.instant();
    }

    private void send(Channel channel, Deque<Notice> waiting) throws InterruptedException {
        while (!waiting.isEmpty()) {
            try {
                channel.send(waiting.getFirst());
                waiting.removeFirst();
                count(channel, "sent");
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                // Whatever a mail server or a webhook can fail with: by its class only, and again at the next look.
                LOG.error(
                        "An alarm could not be sent by {}: {}",
                        channel.name(),
                        e.getClass().getName());
                count(channel, "failed");
                return;
            }
        }
    }

    private void count(Channel channel, String result) {
        Counter.builder("hub.alarms")
                .description("Alarms and all-clears, by channel and by what became of them")
                .tag("channel", channel.name())
                .tag("result", result)
                .register(meters)
                .increment();
    }

    /** What can't be kept is sent all the same: a disk that is full must not silence the alarm that tells of it. */
    private void keep(Gathering mine) {
        Standing now = Standing.of(mine.told(), channels);
        if (!now.equals(kept)) {
            try {
                lease.note(now.note());
                kept = now;
            } catch (SQLException e) {
                LOG.error(
                        "Which alarms were sent can't be kept for now: {}",
                        e.getClass().getName());
            }
        }
    }
}
