package org.referralhub.validation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
final class Utf8 {
    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /** True when all of it is UTF-8. */
    static boolean isValid(byte[] bytes) {
        int at = 0;
        int wide = bytes.length - Long.BYTES;
        while (at < bytes.length) {
            if (bytes[at] >= 0) {
                while (at <= wide && ((long) EIGHT_BYTES.get(bytes, at) & HIGH_BITS) == 0) {
                    at += Long.BYTES;
                }
                while (at < bytes.length && bytes[at] >= 0) {
                    at++;
                }
                continue;
            }
            // Cyrillic: two bytes a letter, so this is where Mongolian text is spent.
            if (bytes[at] >= (byte) 0xC2
                    && bytes[at] <= (byte) 0xDF
                    && at + 1 < bytes.length
                    && bytes[at + 1] < (byte) 0xC0) {
                at += 2;
                continue;
            }
            int length = sequence(bytes, at);
            if (length < 0) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /**
     * The length of the character that begins here, in bytes; or, negated, of what should count as one wrong character: the
     * longest beginning of a character that was cut short, otherwise one byte.
     */
    static int sequence(byte[] bytes, int at) {
        int first = bytes[at] & 0xFF;
        if (first < 0x80) {
            return 1;
        }
        if (first < 0xC2 || first > 0xF4) {
            return -1;
        }
        int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        int low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        for (int i = 1; i < length; i++) {
            int next = at + i < bytes.length ? bytes[at + i] & 0xFF : -1;
            if (next < low || next > high) {
                return -i;
            }
            low = 0x80;
            high = 0xBF;
        }
        return length;
    }

    /** True when a surrogate, written as if it were a character, begins here. */
    static boolean isSurrogate(byte[] bytes, int at) {
        return at + 2 < bytes.length
                && (bytes[at] & 0xFF) == 0xED
                && (bytes[at + 1] & 0xE0) == 0xA0
                && (bytes[at + 2] & 0xC0) == 0x80;
    }
}
