package org.referralhub.validation;

import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The register number of a person: two Cyrillic letters and eight digits, {@code YYMMDD} and two more. Months 01 to 12 are
 * of 19YY, 21 to 32 of 20YY; the last digit but one is odd for a male and even for a female. How the last digit is
 * computed is not published, so it is not checked.
 */
public final class RegisterNumber {
    private static final int LENGTH = 10;
    private static final int LETTERS = 2;

    private static final String LOOKS = "ABCEHKMOPTXYËЁҮVΘƟ";
    private static final String MEANS = "АВСЕНКМОРТХУЕЕУУӨӨ";

    /** What a register number turned out to be. */
    public sealed interface Reading {}

    /**
     * A number of the right form.
     *
     * @param birthDate the date it holds
     * @param male true when it is a male's
     */
    public record Valid(LocalDate birthDate, boolean male) implements Reading {}

    /**
     * A number that can't be one.
     *
     * @param code code of the finding
     * @param arguments what its text names: positions and what to type there, never what was typed
     */
    public record Invalid(String code, Map<String, Object> arguments) implements Reading {}

    private RegisterNumber() {}

    /** As it is carried: without spaces of any kind and hyphens, in upper case. */
    public static String normalise(String written) {
        StringBuilder bare = new StringBuilder(written.length());
        written.codePoints()
                .filter(c -> !Character.isWhitespace(c) && !Character.isSpaceChar(c) && c != '-')
                .forEach(bare::appendCodePoint);
        return bare.toString().toUpperCase(Locale.ROOT);
    }

    /** Reads a normalised number. */
    public static Reading read(String number) {
        List<Homoglyphs.Correction> corrections = new ArrayList<>();
        boolean form = number.length() == LENGTH;
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            if (i < LETTERS ? !isCyrillic(c) : c < '0' || c > '9') {
                Optional<Character> meant = i < LETTERS ? Homoglyphs.cyrillic(c) : Homoglyphs.digit(c);
                int position = i + 1;
                form &= meant.isPresent();
                meant.ifPresent(letter -> corrections.add(new Homoglyphs.Correction(position, letter)));
            }
        }
        if (!form) {
            return new Invalid("register-number.form", Map.of());
        }
        if (!corrections.isEmpty()) {
            return new Invalid("register-number.homoglyph", Map.of("correction", Homoglyphs.told(corrections)));
        }
        LocalDate birthDate = birthDate(number);
        return birthDate == null
                ? new Invalid("register-number.date", Map.of())
                : new Valid(birthDate, (number.charAt(8) - '0') % 2 == 1);
    }

    /**
     * The text as it is compared: in upper case, with Cyrillic letters for the Latin ones that look like them, and one letter
     * where people write two for the same key. Only for comparing: what is folded can't be shown.
     */
    public static String fold(String written) {
        StringBuilder folded = new StringBuilder(written.length());
        Normalizer.normalize(written, Normalizer.Form.NFKC)
                .toUpperCase(Locale.ROOT)
                .codePoints()
                .forEach(c -> {
                    int at = LOOKS.indexOf(c);
                    folded.appendCodePoint(at < 0 ? c : MEANS.charAt(at));
                });
        return folded.toString();
    }

    /** Capital letters of the Mongolian Cyrillic alphabet. */
    private static boolean isCyrillic(char c) {
        return (c >= 'А' && c <= 'Я') || c == 'Ё' || c == 'Ө' || c == 'Ү';
    }

    private static @Nullable LocalDate birthDate(String number) {
        int year = Integer.parseInt(number.substring(2, 4));
        int month = Integer.parseInt(number.substring(4, 6));
        int day = Integer.parseInt(number.substring(6, 8));
        int century = month > 20 ? 2000 : 1900;
        try {
            return LocalDate.of(century + year, month > 20 ? month - 20 : month, day);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
