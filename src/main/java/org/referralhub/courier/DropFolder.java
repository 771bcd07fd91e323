package org.referralhub.courier;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder in which one side leaves files for the other, here or on a server. A file gets its name when it is whole; what begins
 * with a dot is not there yet.
 */
interface DropFolder extends AutoCloseable {
    /** A file that lies there. */
    record Found(String name, long size, Instant changed) {}

    /**
     * Leaves a file, whole or not at all. One of that name that has as many bytes is the same, left before.
     *
     * @throws UndeliveredException when it could not be left
     */
    void leave(String name, byte[] content) throws IOException;

    /**
     * The files of a folder, by name, without those that begin with a dot.
     *
     * @param folder within this one, none when it is missing; empty for this one itself
     */
    List<Found> look(String folder) throws IOException;

    /**
     * The content of a file, the name being within the folder; null when there is none.
     *
     * @param most no more bytes than this are read
     */
    byte @Nullable [] read(String name, int most) throws IOException;

    /** Puts a file into a folder within this one, which is made when it is missing; one of that name there gives way. */
    void move(String name, String folder, String as) throws IOException;

    /** Writes a file into a folder within this one. */
    void note(String folder, String name, byte[] content) throws IOException;

    @Override
    void close();
}
