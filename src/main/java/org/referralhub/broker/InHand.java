package org.referralhub.broker;

import jakarta.jms.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.StampedLock;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which messages the hub has in hand, noted where the end of the process leaves it. A message that was in hand at an end is a
 * suspect: it has the hub for itself when it comes again, so that nothing else is in hand should the process end once more. One
 * that was in hand at {@value #ENDS} ends in a row is taken for their cause, and whoever gets it sends it to the desk unread.
 *
 * <p>The notes lie in a page of a file that is mapped into memory, which costs no wait for the disk: it outlives the process,
 * and what ends the machine is no message. They are hints: a lost or damaged file only means that nobody is suspected.
 */
public final class InHand {
    /** So many ends in a row with the same message in hand are no accident. */
    public static final int ENDS = 3;

    /** Notes nothing and suspects nobody. */
    public static final InHand NONE = new InHand();

    private static final Logger LOG = LoggerFactory.getLogger(InHand.class);
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long MAGIC = 0x5246_4855_4248_4e44L;
    /** Messages that can be in hand at once; what is beyond is not noted. */
    private static final int PLACES = 126;

    private static final int SUSPECTS = 128;
    private static final int BATCH_AT = 1;
    private static final int PLACES_AT = 2;
    private static final int SUSPECTS_AT = PLACES_AT + PLACES;
    private static final int SIZE = (SUSPECTS_AT + 2 * SUSPECTS) * Long.BYTES;

    private final @Nullable MappedByteBuffer notes;
    private final Deque<Integer> free = new ArrayDeque<>();
    /** Number of a message, and at how many ends in a row it was in hand. */
    private final Map<Long, Integer> suspects = new ConcurrentHashMap<>();

    private final StampedLock alone = new StampedLock();
    private final int left;

    /** A message that is in hand until this is closed, by whichever thread. */
    @FunctionalInterface
    public interface Hold extends AutoCloseable {
        /** Nothing is in hand. */
        Hold NOTHING = () -> {};

        @Override
        void close();
    }

    private InHand() {
        this.notes = null;
        this.left = 0;
    }

    private InHand(MappedByteBuffer notes) {
        this.notes = notes;
        for (int place = 0; place < PLACES; place++) {
            free.add(place);
        }
        boolean known = get(0) == MAGIC;
        Map<Long, Integer> before = new HashMap<>();
        for (int i = 0; known && i < SUSPECTS; i++) {
            before.put(get(SUSPECTS_AT + 2 * i), (int) get(SUSPECTS_AT + 2 * i + 1));
        }
        for (int place = 0; known && place < PLACES; place++) {
            long message = get(PLACES_AT + place);
            if (message != 0) {
                suspects.put(message, before.getOrDefault(message, 0) + 1);
            }
        }
        // A damaged count must neither stop the ledger from taking batches nor keep it from them for long.
        long batch = known ? Math.max(0, Math.min(get(BATCH_AT), Short.MAX_VALUE)) : 0;
        this.left = suspects.size() + (int) batch;
        set(0, MAGIC);
        set(BATCH_AT, 0);
        // First the suspects, then the places: an end in between must not make anybody innocent.
        writeSuspects();
        for (int place = 0; place < PLACES; place++) {
            set(PLACES_AT + place, 0);
        }
        if (!suspects.isEmpty()) {
            LOG.warn(
                    "The hub ended with {} messages in hand, the same up to {} times in a row; each comes alone now.",
                    suspects.size(),
                    suspects.values().stream().mapToInt(Integer::intValue).max().orElse(0));
        }
    }

    /**
     * Notes from here on, and reads what the last process has left.
     *
     * @param file made when it is not there
     */
    public static InHand in(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                long missing = SIZE - channel.size();
                if (missing > 0) {
                    // Written, not mapped into being: without room on the disk a page that is not there yet ends the
                    // process.
                    ByteBuffer zeros = ByteBuffer.allocate((int) missing);
                    long at = channel.size();
                    while (zeros.hasRemaining()) {
                        at += channel.write(zeros, at);
                    }
                }
                return new InHand(channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be written", e);
        }
    }

    /** At how many ends of the process in a row this message was in hand. */
    public int ends(Message message) {
        return suspects.isEmpty() ? 0 : suspects.getOrDefault(number(message), 0);
    }

    /** With how many messages in hand the last process ended; of a batch nobody knows which of its messages it was. */
    public int left() {
        return left;
    }

    /** Takes one message in hand; waits until it is the only one when it is a suspect, and while a suspect is. */
    public Hold take(Message message) {
        long number = number(message);
        if (notes == null || number == 0) {
            return Hold.NOTHING;
        }
        boolean suspect = suspects.containsKey(number);
        // Suspects only become fewer, so without any there is nobody to be kept from.
        long stamp = suspects.isEmpty() ? 0 : suspect ? alone.writeLock() : alone.readLock();
        int place = place();
        if (place >= 0) {
            set(PLACES_AT + place, number);
        }
        return () -> {
            if (suspect) {
                suspects.remove(number);
                writeSuspects();
            }
            if (place >= 0) {
                set(PLACES_AT + place, 0);
                giveBack(place);
            }
            if (stamp != 0) {
                alone.unlock(stamp);
            }
        };
    }

    /** Takes so many messages in hand, as one. */
    public Hold takeBatch(int messages) {
        if (notes == null) {
            return Hold.NOTHING;
        }
        long stamp = suspects.isEmpty() ? 0 : alone.readLock();
        set(BATCH_AT, messages);
        return () -> {
            set(BATCH_AT, 0);
            if (stamp != 0) {
                alone.unlock(stamp);
            }
        };
    }

    private int place() {
        synchronized (free) {
            Integer place = free.pollLast();
            return place == null ? -1 : place;
        }
    }

    private void giveBack(int place) {
        synchronized (free) {
            free.addLast(place);
        }
    }

    private synchronized void writeSuspects() {
        int at = SUSPECTS_AT;
        for (Map.Entry<Long, Integer> suspect : suspects.entrySet()) {
            if (at < SUSPECTS_AT + 2 * SUSPECTS) {
                set(at, suspect.getKey());
                set(at + 1, suspect.getValue());
                at += 2;
            }
        }
        for (; at < SUSPECTS_AT + 2 * SUSPECTS; at++) {
            set(at, 0);
        }
    }

    private long get(int index) {
        return notes == null ? 0 : (long) LONGS.getAcquire(notes, index * Long.BYTES);
    }

    private void set(int index, long value) {
        if (notes != null) {
            LONGS.setRelease(notes, index * Long.BYTES, value);
        }
    }

    /** The broker's own number, the same after a start; zero when it is no message of the broker's client. */
    private static long number(Message message) {
        return message instanceof ActiveMQMessage own ? own.getCoreMessage().getMessageID() : 0;
    }
}
