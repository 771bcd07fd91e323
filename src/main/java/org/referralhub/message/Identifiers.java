package org.referralhub.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Identifiers that follow from what they name, so that the same message has the same ones on every node, on every attempt
 * and after every restart.
 */
public final class Identifiers {
    /** Crockford's base 32: no I, L, O or U, so that a reference survives being read out over a telephone. */
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static final int REFERENCE_SYMBOLS = 11;

    private Identifiers() {}

    /** The identifier of the referral that this sender's REQUEST with this message id opens. */
    public static String referralId(String sender, String messageId) {
        return derive("referral", sender, messageId);
    }

    /**
     * A UUID (version 8, RFC 9562) from the SHA-256 of the parts in order. The parts are length-prefixed, so that
     * {@code ("ab", "c")} and {@code ("a", "bc")} differ.
     */
    public static String derive(String... parts) {
        MessageDigest digest = sha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            digest.update(bytes);
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        long most = (hash.getLong() & 0xFFFFFFFFFFFF0FFFL) | 0x8000L;
        long least = (hash.getLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
        return new UUID(most, least).toString();
    }

    /** SHA-256 in lower-case hexadecimal. */
    public static String digest(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    /**
     * The reference that people use: {@code RF-XXXX-XXXX-XXXX}, eleven symbols of Crockford base 32 from the referral's
     * identifier and a check symbol that catches two neighbours swapped and any single wrong symbol but 0 for Z.
     */
    public static String reference(String referralId) {
        byte[] hash = sha256().digest(referralId.getBytes(StandardCharsets.UTF_8));
        long bits = ByteBuffer.wrap(hash).getLong();
        StringBuilder symbols = new StringBuilder();
        for (int i = 0; i < REFERENCE_SYMBOLS; i++) {
            symbols.append(CROCKFORD.charAt((int) (bits >>> (59 - 5 * i)) & 31));
        }
        symbols.append(checkSymbol(symbols));
        return "RF-" + symbols.substring(0, 4) + "-" + symbols.substring(4, 8) + "-" + symbols.substring(8);
    }

    /**
     * The reference as the hub writes it, from what a person typed: any case, with or without prefix and hyphens, O for 0, I
     * or L for 1.
     *
     * @throws IllegalArgumentException when it is not a reference or its check symbol is wrong
     */
    public static String normaliseReference(String typed) {
        String bare = typed.strip()
                .toUpperCase(java.util.Locale.ROOT)
                .replaceFirst("^RF-?", "")
                .replace("-", "")
                .replace(" ", "")
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
        boolean symbols = bare.chars().allMatch(c -> CROCKFORD.indexOf(c) >= 0);
        if (bare.length() != REFERENCE_SYMBOLS + 1
                || !symbols
                || bare.charAt(REFERENCE_SYMBOLS) != checkSymbol(bare.substring(0, REFERENCE_SYMBOLS))) {
            throw new IllegalArgumentException("not a reference of the form RF-XXXX-XXXX-XXXX, or mistyped");
        }
        return "RF-" + bare.substring(0, 4) + "-" + bare.substring(4, 8) + "-" + bare.substring(8);
    }

    /**
     * Sum of the symbols, each times an odd-and-even-safe weight, modulo 31 (a prime below the alphabet's 32). Weights are
     * 1..11, distinct and not zero modulo 31, so neighbours swapped always differ; a wrong symbol differs unless it is 31
     * away, which only 0 against Z is.
     */
    private static char checkSymbol(CharSequence symbols) {
        int sum = 0;
        for (int i = 0; i < symbols.length(); i++) {
            sum += (i + 1) * CROCKFORD.indexOf(symbols.charAt(i));
        }
        return CROCKFORD.charAt(sum % 31);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
