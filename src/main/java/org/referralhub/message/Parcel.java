package org.referralhub.message;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A canonical message together with the bytes it was translated from and what the checks found, as one body on a queue.
 * Three length-prefixed blocks; the original bytes are carried as they came, never decoded.
 *
 * @param canonical canonical message, UTF-8 JSON; empty when the original could not be translated
 * @param original the sender's own bytes
 * @param report the findings as a JSON array, UTF-8; empty when there are none
 */
public record Parcel(byte[] canonical, byte[] original, byte[] report) {

    /** The bytes for the queue. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(3 * Integer.BYTES + canonical.length + original.length + report.length)
                .putInt(canonical.length)
                .put(canonical)
                .putInt(original.length)
                .put(original)
                .putInt(report.length)
                .put(report)
                .array();
    }

    /**
     * Reads what {@link #toBytes()} wrote.
     *
     * @throws IllegalArgumentException when the bytes are not a parcel
     */
    public static Parcel of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            Parcel parcel = new Parcel(block(buffer), block(buffer), block(buffer));
            if (buffer.hasRemaining()) {
                throw new IllegalArgumentException("not a parcel: bytes after the last block");
            }
            return parcel;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("not a parcel: a block is longer than the body", e);
        }
    }

    private static byte[] block(ByteBuffer buffer) {
        int length = buffer.getInt();
        if (length < 0 || length > buffer.remaining()) {
            throw new IllegalArgumentException("not a parcel: a block is longer than the body");
        }
        byte[] block = new byte[length];
        buffer.get(block);
        return block;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Parcel parcel
                && Arrays.equals(canonical, parcel.canonical)
                && Arrays.equals(original, parcel.original)
                && Arrays.equals(report, parcel.report);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(
                new int[] {Arrays.hashCode(canonical), Arrays.hashCode(original), Arrays.hashCode(report)});
    }

    /** Sizes only: the blocks are personal. */
    @Override
    public String toString() {
        return "Parcel[canonical=%d bytes, original=%d bytes, report=%d bytes]"
                .formatted(canonical.length, original.length, report.length);
    }
}
