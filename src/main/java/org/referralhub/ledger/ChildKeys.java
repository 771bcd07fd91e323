package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.referralhub.validation.RegisterNumber;

/**
 * Turns what identifies a child into keyed hashes (HMAC-SHA-256, cut to 128 bits), so that a child can be looked for and
 * recognised while nobody who has the database, but not the key, can read or guess a name from it.
 */
public final class ChildKeys {
    /** Without a key: nothing is indexed and nothing is found. */
    public static final ChildKeys OFF = new ChildKeys(null);

    /** Terms that two reports share only when they are about the same child. */
    static final String SAME = "same:";

    private static final String NAME = "name:";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEPT = 16;
    private static final int WHOLE_DATE = "2016-05-04".length();

    private final @Nullable SecretKeySpec key;

    /**
     * What is known of a child, as somebody wrote it; empty where it is not known.
     *
     * @param birthDate counts only when it is a whole date
     */
    public record Child(String registerNo, String givenName, String patronymic, String birthDate) {
        /** Nobody should find it in a log. */
        @Override
        public String toString() {
            return "Child[...]";
        }
    }

    private ChildKeys(@Nullable SecretKeySpec key) {
        this.key = key;
    }

    /** Hashes under this secret. Others can't be compared with those: a new secret finds nothing that is older. */
    public static ChildKeys of(char[] secret) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret));
        try {
            return new ChildKeys(new SecretKeySpec(bytes.array(), bytes.position(), bytes.remaining(), ALGORITHM));
        } finally {
            Arrays.fill(bytes.array(), (byte) 0);
        }
    }

    /** False without a key. */
    public boolean isOn() {
        return key != null;
    }

    /** Every term under which the child of this REQUEST body can be found. */
    Set<String> terms(JsonNode body) {
        JsonNode child = body.path("child");
        return key == null || !child.isObject()
                ? Set.of()
                : terms(new Child(
                        child.path("registerNo").asText(""),
                        child.path("givenName").asText(""),
                        child.path("patronymic").asText(""),
                        child.path("birthDate").asText("")));
    }

    private Set<String> terms(Child child) {
        Plain plain = Plain.of(child);
        Set<String> terms = new LinkedHashSet<>();
        if (!plain.number().isEmpty()) {
            terms.add(number(plain));
        }
        if (!plain.given().isEmpty()) {
            if (!plain.patronymic().isEmpty()) {
                terms.add(names(plain));
            }
            if (!plain.birthDate().isEmpty()) {
                terms.add(nameAndBirth(plain));
            }
            if (!plain.patronymic().isEmpty() && !plain.birthDate().isEmpty()) {
                terms.add(person(plain));
            }
        }
        return terms;
    }

    /**
     * The terms that a referral about this child must all have. A given name alone is not looked for: thousands share it.
     *
     * @return empty when too little is given to look for
     */
    Set<String> wanted(Child child) {
        Plain plain = Plain.of(child);
        Set<String> terms = new LinkedHashSet<>();
        if (key == null) {
            return terms;
        }
        if (!plain.number().isEmpty()) {
            terms.add(number(plain));
        }
        if (!plain.given().isEmpty()) {
            boolean patronymic = !plain.patronymic().isEmpty();
            if (patronymic && !plain.birthDate().isEmpty()) {
                terms.add(person(plain));
            } else if (patronymic) {
                terms.add(names(plain));
            } else if (!plain.birthDate().isEmpty()) {
                terms.add(nameAndBirth(plain));
            }
        }
        return terms;
    }

    private String number(Plain plain) {
        return SAME + hash("register-number", plain.number());
    }

    private String person(Plain plain) {
        return SAME + hash("person", plain.given(), plain.patronymic(), plain.birthDate());
    }

    private String names(Plain plain) {
        return NAME + hash("names", plain.given(), plain.patronymic());
    }

    private String nameAndBirth(Plain plain) {
        return NAME + hash("name-birth", plain.given(), plain.birthDate());
    }

    private String hash(String... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                // Lengths in front, so that no two lists of parts have the same bytes.
                mac.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                mac.update(bytes);
            }
            return HexFormat.of().formatHex(mac.doFinal(), 0, KEPT);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return key == null ? "ChildKeys[off]" : "ChildKeys[on]";
    }

    /** The same for every way of writing it. */
    private record Plain(String number, String given, String patronymic, String birthDate) {
        static Plain of(Child child) {
            String normal = RegisterNumber.normalise(child.registerNo());
            return new Plain(
                    RegisterNumber.fold(normal),
                    name(child.givenName()),
                    name(child.patronymic()),
                    birthDate(child.birthDate().strip(), RegisterNumber.fold(normal)));
        }

        private static String name(String written) {
            return RegisterNumber.fold(written.strip()).replaceAll("[\\s\\p{Zs}-]+", " ");
        }

        /** The date, or the one that the number holds. */
        private static String birthDate(String written, String number) {
            if (written.length() == WHOLE_DATE) {
                return written;
            }
            return RegisterNumber.read(number) instanceof RegisterNumber.Valid valid
                    ? valid.birthDate().toString()
                    : "";
        }
    }
}
