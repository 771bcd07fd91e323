package org.referralhub.dialect;

import java.util.Arrays;

/**
 * A document as its recipient reads it.
 *
 * @param bytes the document
 * @param contentType its media type
 */
public record Outbound(byte[] bytes, String contentType) {
    @Override
    public boolean equals(Object other) {
        return other instanceof Outbound outbound
                && Arrays.equals(bytes, outbound.bytes)
                && contentType.equals(outbound.contentType);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bytes) + contentType.hashCode();
    }

    /** Size only: the bytes are personal. */
    @Override
    public String toString() {
        return "Outbound[%d bytes, %s]".formatted(bytes.length, contentType);
    }
}
