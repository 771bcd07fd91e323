package org.referralhub.alarm;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.Lease;
import org.referralhub.ledger.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Looks every few seconds and sends over each channel. What a channel does not take is tried again, and does not keep the
 * others waiting longer than its own time limit. Which alarm stands is kept in the ledger's database, so that a restart neither
 * repeats it nor forgets the all-clear. Of several nodes one does this; when it falls silent another takes over.
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
    private volatile long open;
    /** What the next one would know; null when no alarm stands. */
    private @Nullable Set<String> kept;

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
        Gauge.builder("hub.alarms.open", this, alarms -> alarms.open)
                .description("Overdue or dead-lettered referrals that operators are alarmed for")
                .register(meters);
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

    @Override
    public void start() {
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
            gathering = null;
            open = 0;
            return;
        }
        Gathering mine = gathering;
        if (mine == null) {
            String note = lease.note();
            kept = note == null ? null : note.lines().collect(Collectors.toUnmodifiableSet());
            mine = new Gathering(settings.gather(), settings.window(), settings.named(), kept);
            gathering = mine;
        }
        List<Trouble> now = troubles.open();
        open = now.size();
        Notice notice = mine.look(now, clock.instant()).orElse(null);
        if (notice != null) {
            LOG.warn("{}", notice.headline());
            for (Deque<Notice> waiting : channels.values()) {
                if (waiting.size() == WAITING) {
                    waiting.removeFirst();
                }
                waiting.add(notice);
            }
        }
        keep(mine.told());
        for (Map.Entry<Channel, Deque<Notice>> channel : channels.entrySet()) {
            send(channel.getKey(), channel.getValue());
        }
        if (notice != null) {
            witnesses.forEach(witness -> witness.accept(notice));
        }
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

    /** The notice itself may still be waiting for a channel when the process dies; it is also in the log. */
    private void keep(@Nullable Set<String> told) throws SQLException {
        if (!Objects.equals(told, kept)) {
            lease.note(told == null ? null : String.join("\n", told));
            kept = told;
        }
    }
}
