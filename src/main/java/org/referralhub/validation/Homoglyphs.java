package org.referralhub.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Characters that look like others: Latin letters that stand among Cyrillic ones, letters that stand for digits. A keyboard
 * that was left in the other layout makes them, and no eye finds them.
 */
final class Homoglyphs {
    private static final String LATIN = "ABCEHKMOPTXYVË";
    private static final String CYRILLIC = "АВСЕНКМОРТХУҮЁ";
    private static final String LETTERS_AS_DIGITS = "OОIlІLЗБQD";
    private static final String DIGITS = "0011113600";

    private Homoglyphs() {}

    /**
     * One character to be typed again.
     *
     * @param position from 1
     * @param instead what it is to be
     */
    record Correction(int position, char instead) {}

    /** The Cyrillic letter that a Latin one looks like, in the same case; empty when it looks like none. */
    static Optional<Character> cyrillic(char latin) {
        int at = LATIN.indexOf(Character.toUpperCase(latin));
        if (at < 0) {
            return Optional.empty();
        }
        char capital = CYRILLIC.charAt(at);
        return Optional.of(Character.isUpperCase(latin) ? capital : Character.toLowerCase(capital));
    }

    /** The digit that a letter looks like; empty when it looks like none. */
    static Optional<Character> digit(char letter) {
        int at = LETTERS_AS_DIGITS.indexOf(letter);
        return at < 0 ? Optional.empty() : Optional.of(DIGITS.charAt(at));
    }

    /** The Latin letters that stand in a word with Cyrillic ones and look like Cyrillic ones; none in a word of one alphabet. */
    static List<Correction> amongCyrillic(String text) {
        List<Correction> corrections = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || !Character.isLetter(text.charAt(i))) {
                word(text, start, i, corrections);
                start = i + 1;
            }
        }
        return corrections;
    }

    private static void word(String text, int start, int end, List<Correction> corrections) {
        boolean cyrillic = false;
        for (int i = start; i < end; i++) {
            cyrillic |= Character.UnicodeBlock.of(text.charAt(i)) == Character.UnicodeBlock.CYRILLIC;
        }
        if (cyrillic) {
            for (int i = start; i < end; i++) {
                int position = i + 1;
                cyrillic(text.charAt(i)).ifPresent(letter -> corrections.add(new Correction(position, letter)));
            }
        }
    }

    /** As it is told: the positions and what to type there. */
    static String told(List<Correction> corrections) {
        StringJoiner told = new StringJoiner(", ");
        corrections.forEach(correction -> told.add(correction.position() + " → " + correction.instead()));
        return told.toString();
    }
}
