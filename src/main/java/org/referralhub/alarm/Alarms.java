package org.referralhub.alarm;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Looks every few seconds and sends over each channel. What a channel does not take is tried again, and does not keep the
 * others waiting longer than its own time limit. Which alarm stands is kept in a file, so that a restart neither repeats it
 * nor forgets the all-clear.
 */
public final class Alarms implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);
    private static final Duration PACE = Duration.ofSeconds(5);
    /** Notices that wait for one channel; the oldest is dropped first. */
    private static final int WAITING = 20;

    private final Troubles troubles;
    private final Map<Channel, Deque<Notice>> channels = new LinkedHashMap<>();
    private final Gathering gathering;
    private final Path file;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Duration pace;
    private volatile long open;
    /** What the file holds; null when there is none. */
    private @Nullable Set<String> kept;

    private final Loop loop = new Loop("alarms", Duration.ofSeconds(15), this::run);

    /** @param file where to keep which alarm stands */
    Alarms(
            Troubles troubles,
            List<Channel> channels,
            AlarmSettings settings,
            Path file,
            Clock clock,
            MeterRegistry meters,
            Duration pace) {
        this.troubles = troubles;
        channels.forEach(channel -> this.channels.put(channel, new ArrayDeque<>()));
        this.gathering = new Gathering(settings.gather(), settings.window(), settings.named(), told(file));
        this.kept = gathering.told();
        this.file = file;
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
            Path file,
            Clock clock,
            MeterRegistry meters) {
        this(troubles, channels, settings, file, clock, meters, PACE);
    }

    private static @Nullable List<String> told(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : null;
        } catch (IOException e) {
            // The alarm is raised again then.
            return null;
        }
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    private void run() {
        do {
            try {
                look();
            } catch (SQLException | IOException | RuntimeException e) {
                LOG.error("Alarms can't be raised for now: {}", e.getClass().getName());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } while (loop.pause(pace));
    }

    /** Looks once, and sends what is to be sent. */
    void look() throws SQLException, IOException, InterruptedException {
        List<Trouble> now = troubles.open();
        open = now.size();
        Notice notice = gathering.look(now, clock.instant()).orElse(null);
        if (notice != null) {
            LOG.warn("{}", notice.headline());
            for (Deque<Notice> waiting : channels.values()) {
                if (waiting.size() == WAITING) {
                    waiting.removeFirst();
                }
                waiting.add(notice);
            }
        }
        keep(gathering.told());
        for (Map.Entry<Channel, Deque<Notice>> channel : channels.entrySet()) {
            send(channel.getKey(), channel.getValue());
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
    private void keep(@Nullable Set<String> told) throws IOException {
        if (Objects.equals(told, kept)) {
            return;
        }
        kept = told;
        if (told == null) {
            Files.deleteIfExists(file);
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, told, StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
