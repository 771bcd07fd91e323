package org.referralhub.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hub's own notes for the ledger. Each is written once, however often it is brought. One that may be late lies in a folder
 * until the broker has it, so that the end of the process, too, only makes it later.
 */
final class Notes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notes.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NOTE = ".json";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ConnectionFactory connections;
    private final Path folder;
    private final Duration again;
    private final ScheduledThreadPoolExecutor late = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "late-notes");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param stamp tells it from all others
     * @param actor null when its body says it
     */
    record Note(LedgerKind kind, String stamp, @Nullable String actor, byte[] body) {}

    /**
     * Brings what an earlier process has left.
     *
     * @param folder where notes wait that may be late; it need not be there yet
     * @param again after which time a note is brought again that the broker has not taken
     */
    Notes(ConnectionFactory connections, Path folder, Duration again) {
        this.connections = connections;
        this.folder = folder;
        this.again = again;
        late.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        for (Path file : left()) {
            late.execute(() -> bringLeft(file));
        }
    }

    private List<Path> left() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(NOTE)).toList();
        } catch (IOException e) {
            LOG.warn("What waits in {} can't be read: {}", folder, e.getClass().getName());
            return List.of();
        }
    }

    private void bringLeft(Path file) {
        try {
            bringOrWait(JSON.readValue(file.toFile(), Note.class), file);
        } catch (IOException e) {
            LOG.warn(
                    "The note {} can't be read and stays where it is: {}",
                    file,
                    e.getClass().getName());
        }
    }

    /**
     * The note is on the broker's disk when this returns.
     *
     * @throws LedgerUnavailableException when the broker does not take it
     */
    void bring(Note note) {
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.LEDGER))) {
            BytesMessage message = session.createBytesMessage();
            message.setStringProperty(Headers.KIND, note.kind().name());
            message.setStringProperty(Headers.STAMP, note.stamp());
            if (note.actor() != null) {
                message.setStringProperty(Headers.SENDER, note.actor());
            }
            message.writeBytes(note.body());
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            producer.send(message);
        } catch (JMSException e) {
            throw new LedgerUnavailableException(e);
        }
    }

    /** For what has happened already: it is brought soon, and again until the broker has it. */
    void bringLater(Note note) {
        Path kept = keep(note);
        late.execute(() -> bringOrWait(note, kept));
    }

    /** The same, but on the broker's disk when this returns, if the broker answers. */
    void bringOrWait(Note note) {
        bringOrWait(note, keep(note));
    }

    private void bringOrWait(Note note, @Nullable Path kept) {
        try {
            bring(note);
        } catch (LedgerUnavailableException e) {
            LOG.warn("A note of the kind {} waits: the broker does not answer", note.kind());
            late.schedule(() -> bringOrWait(note, kept), again.toMillis(), TimeUnit.MILLISECONDS);
            return;
        }
        if (kept != null) {
            try {
                Files.deleteIfExists(kept);
            } catch (IOException e) {
                LOG.warn(
                        "The note {} will be brought again, to no effect: {}",
                        kept,
                        e.getClass().getName());
            }
        }
    }

    /** Where it lies now; null when it can only be kept in memory. */
    private @Nullable Path keep(Note note) {
        Path file = folder.resolve(UUID.randomUUID() + NOTE);
        Path part = folder.resolve(file.getFileName() + ".part");
        try {
            Files.createDirectories(folder);
            try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(note));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            return file;
        } catch (IOException e) {
            LOG.warn(
                    "A note of the kind {} is kept in memory only, because {} can't be written: {}",
                    note.kind(),
                    folder,
                    e.getClass().getName());
            return null;
        }
    }

    @Override
    public void close() {
        late.shutdown();
        try {
            late.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
