package org.referralhub.agency;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Secrets by user, kept as salted SHA-256. A fast digest is right here: the salt is new at each start, the digests never
 * leave this process, the secrets lie beside it in files anyway, and every REST call asks.
 */
final class Secrets {
    /** One for the process, so that a secret read again unchanged has the same digest. */
    private static final byte[] SALT = random();

    private static final byte[] NOBODY = random();

    private final Map<String, byte[]> digests;

    Secrets(Map<String, char[]> secrets) {
        digests = secrets.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> digest(entry.getValue())));
    }

    /** True when it is this user's secret. Takes the same time for a wrong secret and for a user that does not exist. */
    boolean matches(@Nullable String user, char @Nullable [] secret) {
        byte[] expected = user == null ? null : digests.get(user);
        byte[] given = digest(secret == null ? new char[0] : secret);
        boolean same = MessageDigest.isEqual(expected == null ? NOBODY : expected, given);
        return same && expected != null && secret != null;
    }

    /** True when this user has a secret. */
    boolean knows(String user) {
        return digests.containsKey(user);
    }

    /** Another one when the user's secret is another one; the same for as long as this process runs. Empty without a secret. */
    String fingerprint(String user) {
        byte[] digest = digests.get(user);
        return digest == null ? "" : HexFormat.of().formatHex(digest, 0, 16);
    }

    private static byte[] random() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static byte[] digest(char[] secret) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret));
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(SALT);
            sha256.update(bytes);
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        } finally {
            Arrays.fill(bytes.array(), (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "Secrets[" + digests.size() + " users]";
    }
}
