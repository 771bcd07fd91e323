package org.referralhub.broker;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long the journal waits for company before it syncs: less than this disk takes for one sync. What comes in while a sync
 * runs goes into the next one together, so a busy journal gathers by itself and an idle one answers at once.
 *
 * <p>A wait of about one sync looks natural and is a trap. Artemis sleeps for what is left of it after the sync, some
 * microseconds, finds that twenty such short sleeps took longer than asked, and from then on spins for ever, which costs up
 * to a whole core.
 */
final class JournalCalibration {
    private static final Logger LOG = LoggerFactory.getLogger(JournalCalibration.class);
    private static final String FILE = "journal.properties";
    private static final String NANOS = "journal.sync.nanos";
    private static final int BLOCK = 4096;
    private static final int WARM_UP = 20;
    private static final int WRITES = 200;
    private static final long LONGEST_NANOS = 500_000_000L;
    /** The time of a sync varies; the fastest one still takes longer than the wait. */
    private static final long PART = 8;

    static final long LEAST = 1_000;
    /** A quick disk may take over from a slow one in the same folder. */
    static final long MOST = 50_000;

    private JournalCalibration() {}

    /** The buffer timeout in nanoseconds: from the data folder when it was measured before, else measured now and kept. */
    static long bufferTimeout(Path data) {
        Path file = data.resolve(FILE);
        try {
            if (Files.isRegularFile(file)) {
                Properties kept = new Properties();
                try (Reader reader = Files.newBufferedReader(file)) {
                    kept.load(reader);
                }
                return clamp(Long.parseLong(kept.getProperty(NANOS, "").strip()));
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{} can't be read, measuring again", file);
        }
        try {
            long nanos = measure(data);
            Properties measured = new Properties();
            measured.setProperty(NANOS, Long.toString(nanos));
            try (Writer writer = Files.newBufferedWriter(file)) {
                measured.store(
                        writer,
                        "Median of one synced write of 4 KiB, measured " + Instant.now()
                                + ". Delete to measure again.");
            }
            LOG.info("one synced write takes {} µs here", nanos / 1000);
            return clamp(nanos);
        } catch (IOException e) {
            throw new BrokerException(data + ": can't write to the data folder", e);
        }
    }

    /** Median time of one synced write, in nanoseconds. */
    static long measure(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path probe = Files.createTempFile(folder, "sync", ".probe");
        try (FileChannel channel = FileChannel.open(probe, StandardOpenOption.WRITE)) {
            // Like a journal file: full size first, so that a sync is of data and not of the file's length.
            channel.write(ByteBuffer.allocate(BLOCK * (WRITES + WARM_UP)), 0);
            channel.force(true);
            long[] times = new long[WRITES];
            int taken = 0;
            long start = System.nanoTime();
            for (int i = 0; i < WARM_UP + WRITES && System.nanoTime() - start < LONGEST_NANOS; i++) {
                long before = System.nanoTime();
                channel.write(ByteBuffer.allocate(BLOCK), (long) i * BLOCK);
                channel.force(false);
                if (i >= WARM_UP) {
                    times[taken++] = System.nanoTime() - before;
                }
            }
            if (taken == 0) {
                return MOST;
            }
            Arrays.sort(times, 0, taken);
            return times[taken / 2];
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    private static long clamp(long nanos) {
        return Math.max(LEAST, Math.min(MOST, nanos / PART));
    }
}
